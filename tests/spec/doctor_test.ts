/** `container-hooks doctor`, by the built file: what it finds on a real machine, and its exit status. */
import assert from "node:assert/strict";
import type { Finding } from "../../mod/cli/kit/finding.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { type Ran, run, which } from "../harness/run.ts";

/** Its report, as a program reads it. */
function reportOf(ran: Ran): { status: number; findings: Finding[] } {
  const report = JSON.parse(ran.stdout);
  assert.equal(ran.status, report.status, ran.stderr);
  return report;
}

/** States and sentences of one subject; every one that is not in order says what mends it. */
function about({ findings }: { findings: Finding[] }, subject: string): string[] {
  return findings.filter((finding) => finding.subject === subject).map(({ state, what, remedy }) => {
    assert.equal(remedy !== undefined, state !== "ok", what);
    return `${state}: ${what}`;
  });
}

/** Without the engines of this machine: their programs are not looked at, nor is what somebody installed here. */
async function doctor(installed: Installation, ...words: string[]): Promise<Ran> {
  return await run(
    ["unshare", "-m", "sh", "-c", `${HIDE}; exec "$@"`, "sh", installed.program, "doctor", ...words],
    { env: installed.env },
  );
}

const HIDE =
  "for folder in /etc/docker /etc/containerd /etc/containers /etc/container-hooks /var/lib/container-hooks; do " +
  '[ ! -d "$folder" ] || mount -t tmpfs none "$folder"; done';

specTest(
  "it starts a container and says by what, and who was asked",
  ["root", "runc"],
  async ({ form, work }) => {
    const installed = await install(form, work);
    const report = reportOf(await doctor(installed, "--run", "--json"));
    const [test] = about(report, "test container");
    assert.match(test!, /^ok: started by .* and ended well, in \d+ ms; asked: .*hooks-json/);
    assert.deepEqual(
      [...Deno.readDirSync(`${work.path}/state`)].filter(({ name }) => name.startsWith("doctor")),
      [],
    );
    assert.match(about(report, "OCI runtime")[0]!, /^ok: \S+runc is there$/);
    assert.match(about(report, "journal")[0]!, /^ok/);
  },
  "files",
);

specTest(
  "what keeps containers from starting ends it with 2, and is told in full",
  ["root", "runc"],
  async (subject) => {
    const { form, work } = subject;
    const config = `[container-hooks-runtime]\ndebug = ""\nruntimes = ["${which("runc")}"]\n[plugins.gone]\n`;
    const installed = await install(form, work, { config });
    const ran = await doctor(installed, "--run", "--json");
    assert.equal(ran.status, 2);
    const report = reportOf(ran);
    assert.match(about(report, "plugin gone")[0]!, /^error: .*config\.toml:4 has a policy for plugin gone/);
    assert.match(about(report, "test container")[0]!, /^error: did not start .*has a policy for plugin gone/);
  },
  "files",
);

specTest(
  "a configuration that cannot be read is one error, and the rest is looked at",
  ["root"],
  async (subject) => {
    const { form, work } = subject;
    const installed = await install(form, work, { config: "[container-hooks\n" });
    const report = reportOf(await doctor(installed, "--json"));
    assert.equal(report.status, 2);
    assert.match(about(report, "configuration")[0]!, /^error: .*config\.toml:1:\d+ is not TOML/);
    assert.match(about(report, "plugin cache")[0]!, /^ok/);
  },
  "files",
);

specTest("a bypass that was left on is a warning", ["root", "runc"], async ({ form, work }) => {
  const installed = await install(form, work);
  await installed.command(["bypass", "on"]);
  const report = reportOf(await doctor(installed, "--run", "--json"));
  assert.match(
    about(report, "bypass")[0]!,
    /^warning: on since .*, until `container-hooks bypass off` or a restart/,
  );
  assert.match(about(report, "test container")[0]!, /the bypass is on, so no plugin was asked/);
}, "files");

specTest("a journal that cannot be written is an error", ["root", "runc"], async ({ form, work }) => {
  const installed = await install(form, work);
  work.folder("run/journal");
  const mounted = `mount -t tmpfs -o ro none ${work.path}/run`;
  const ran = await run([
    "unshare",
    "-m",
    "sh",
    "-c",
    `${mounted}; exec "$@"`,
    "sh",
    installed.program,
    "doctor",
    "--json",
  ], {
    env: installed.env,
  });
  assert.match(about(reportOf(ran), "journal")[0]!, /^error: .*cannot be written: read-only file system/);
}, "files");

specTest(
  "people get a line for each finding, and below it what mends it",
  ["root"],
  async ({ form, work }) => {
    const installed = await install(form, work, { config: "[plugins.gone]\n" });
    const { stdout, status } = await doctor(installed);
    assert.equal(status, 2);
    assert.match(
      stdout,
      /^error {4}plugin gone +\S+config\.toml:1 has a policy.*\n +-> put it there, or set /m,
    );
    // deno-lint-ignore no-control-regex -- a file is no terminal
    assert.doesNotMatch(stdout, /\u001b/);
  },
  "files",
);

specTest(
  "a plugin's top level was run with a cache of Deno in root's home",
  ["root"],
  async ({ form, work }) => {
    const config = `[container-hooks]\nplugin-dirs = ["${work.folder("plugins")}"]\n`;
    work.file(
      "plugins/mine.ts",
      `import { definePlugin } from "container-hooks/plugin";
export default definePlugin({ api: 1, name: "mine", version: "1.0.0", brief: "A test's", plan() {} });
`,
    );
    const installed = await install(form, work, { config });
    const script = 'mount -t tmpfs -o mode=0700 none /root && "$1" config check && find /root -mindepth 1';
    const { status, stdout, stderr } = await run(
      ["unshare", "-m", "sh", "-c", script, "sh", installed.program],
      { env: installed.env },
    );
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /^the configuration is valid: 1 file, \d plugins\n$/);
  },
  "files",
);

specTest(
  "an output that cannot be written is told in words, and ends it with 1",
  ["root"],
  async (subject) => {
    const { form, work } = subject;
    const installed = await install(form, work);
    const ran = await run(["sh", "-c", '"$1" doctor >/dev/full', "sh", installed.program], {
      env: installed.env,
    });
    assert.equal(ran.status, 1);
    assert.match(
      ran.stderr,
      /^container-hooks: standard output cannot be written: no space left on device; /m,
    );
    assert.doesNotMatch(ran.stderr, /defect/);
  },
  "files",
);
