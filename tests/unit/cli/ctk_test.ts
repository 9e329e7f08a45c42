import assert from "node:assert/strict";
import { hostFor, translateCtk, type Translation } from "../../../mod/cli/ctk/ctk.ts";
import { MemoryHost } from "../memory_host.ts";

/** Command lines of the older program, and ours. */
const LINES: [theirs: string, ours: string][] = [
  ["runtime configure", "runtime configure --runtime docker"],
  [
    "runtime configure --runtime=containerd --config-file /etc/containerd/config.toml",
    "runtime configure --runtime containerd --config /etc/containerd/config.toml",
  ],
  [
    "--debug runtime configure -runtime crio --name hooks --path /usr/bin/container-hooks-runtime",
    "runtime configure --runtime crio --name hooks --path /usr/bin/container-hooks-runtime",
  ],
  [
    "runtime configure --runtime docker --set-as-default --dry-run",
    "runtime configure --runtime docker --set-as-default --dry-run",
  ],
  ["runtime configure --set-as-default=false", "runtime configure --runtime docker"],
  [
    "runtime unconfigure --runtime=docker --config=/d.json --set-as-default",
    "runtime unconfigure --runtime docker --config /d.json",
  ],
  [
    "runtime configure --config-file daemon.json",
    "runtime configure --config /srv/daemon.json --runtime docker",
  ],
  ["config -o ./new.toml --set a=b", "config set --output /srv/new.toml a=b"],
  ["config", "config set --output -"],
  ["config --set a.b=c", "config set --output - a.b=c"],
  ["config --in-place --set a.b=c --set=d=1", "config set a.b=c d=1"],
  ["config -i --set a.b", "config set a.b=true"],
  ["config -o /tmp/x --set a=b", "config set --output /tmp/x a=b"],
  [
    "config --set container-hooks-runtime.runtimes=crun:runc",
    'config set --output - container-hooks-runtime.runtimes=["crun","runc"]',
  ],
  [
    'config --set container-hooks-runtime.runtimes=["a:b"]',
    'config set --output - container-hooks-runtime.runtimes=["a:b"]',
  ],
  ["install --toolkit-root /opt/hooks --dry-run", "install --prefix /opt/hooks --dry-run"],
  ["install", "install"],
  ["-v", "version"],
];

function translated(words: string[]): Translation {
  const translation = translateCtk(words, "/srv");
  assert.ok(!("help" in translation));
  return translation;
}

for (const [theirs, ours] of LINES) {
  Deno.test(`container-hooks-ctk ${theirs} is container-hooks ${ours}`, () => {
    const words = theirs.split(" ").filter((word) => word !== "");
    assert.equal(translated(words).argv.join(" "), ours);
  });
}

Deno.test("what the older program did not have is refused, and the word that was meant is named", () => {
  const refused = (line: string) => {
    try {
      translateCtk(line.split(" "), "/");
      return "accepted";
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
  assert.match(refused("runtime configure --set-as-defalt"), /did you mean --set-as-default\?/);
  assert.match(refused("runtime configure --name"), /--name needs a value/);
  assert.match(refused("runtime list"), /does not know the command "runtime list"/);
  assert.match(refused("install somewhere"), /does not know the argument "somewhere"/);
});

Deno.test("a configuration file that is named is the one that is read, from the current folder on", () => {
  const translation = translated(["config", "-c", "etc/config.toml"]);
  assert.equal(translation.config, "/srv/etc/config.toml");
  const host = new MemoryHost();
  host.variables = { HOME: "/root" };
  assert.equal(hostFor(host, translation).env("CONTAINER_HOOKS_CONFIG"), "/srv/etc/config.toml");
  assert.equal(hostFor(host, translation).env("HOME"), "/root");
});

Deno.test("-q keeps a command silent, but for what it was asked to print", () => {
  const host = new MemoryHost();
  for (const line of [["-q", "runtime", "configure"], ["--quiet", "config"]]) {
    hostFor(host, translated(line)).stdout(`${line[1]}\n`);
  }
  assert.equal(host.out, "config\n");
});

/** Command lines, and words that their help has to have. */
const HELP: [line: string, words: RegExp[]][] = [
  ["", [/^ {2}container-hooks-ctk COMMAND/m, /^ {2}runtime {2}/m, /^ {2}config {2}/m, /^ {2}install {2}/m]],
  ["-h", [/^ {2}-q --quiet /m]],
  ["help", [/^ {2}container-hooks-ctk COMMAND/m]],
  ["runtime", [/^ {2}configure {2}/m, /^ {2}unconfigure {2}/m]],
  ["runtime --help", [/^ {2}configure {2}/m, /^ {2}unconfigure {2}/m]],
  ["runtime configure --name x --help", [/--config-file FILE/, /--set-as-default/]],
  ["help runtime unconfigure", [/container-hooks-ctk runtime unconfigure/]],
  ["config --help", [/--set KEY=VALUE/, /-i --in-place/, /-o --output FILE/]],
  ["install -h", [/--toolkit-root DIR/]],
];

for (const [line, words] of HELP) {
  Deno.test(`container-hooks-ctk ${line} tells of the older program's words, not of ours`, () => {
    const answer = translateCtk(line.split(" ").filter((word) => word !== ""), "/");
    assert.ok("help" in answer);
    for (const word of words) assert.match(answer.help, word);
    assert.doesNotMatch(answer.help, /bypass|--prefix|--root /);
  });
}
