/** Completion scripts in the shells themselves, and the manual page in what prints it. */
import assert from "node:assert/strict";
import { specTest, testWith } from "../harness/needs.ts";
import { builtFiles, portableFolder } from "../harness/forms.ts";
import { mustRun, run, SYSTEM_PATH } from "../harness/run.ts";
import { workFolder } from "../harness/work_folder.ts";

const [form] = builtFiles();

async function printed(...args: string[]): Promise<string> {
  const env = { CONTAINER_HOOKS_PORTABLE_DIR: portableFolder() };
  return (await mustRun([form!.path, ...args], { env })).stdout;
}

/** Words in front of the cursor, the last one unfinished; what is proposed for it, and what is not. */
const CASES: { words: string[]; proposed: string[]; not?: string[] }[] = [
  { words: ["by"], proposed: ["bypass"], not: ["explain"] },
  { words: [""], proposed: ["install", "uninstall", "version", "completions"], not: ["--help"] },
  { words: ["bypass", ""], proposed: ["on", "off", "status"], not: ["bypass"] },
  { words: ["bypass", "--json", "o"], proposed: ["on", "off"], not: ["status"] },
  { words: ["install", "--dr"], proposed: ["--dry-run"], not: ["--root"] },
  { words: ["bypass", "on", "--"], proposed: ["--for", "--help", "--json"], not: ["--dry-run"] },
  { words: ["completions", "z"], proposed: ["zsh"], not: ["bash"] },
  {
    words: ["config", "get", "container-hooks.d"],
    proposed: ["container-hooks.deadline"],
    not: ["container-hooks.deadline=", "container-hooks.path"],
  },
  { words: ["config", "set", "container-hooks.d"], proposed: ["container-hooks.deadline="] },
  {
    words: ["config", "unset", "plugins.t"],
    proposed: ["plugins.team-tag.mode"],
    not: ["plugins.team-tag.mode="],
  },
  { words: ["docs", "en"], proposed: ["engines"], not: ["operations"] },
  { words: ["man", "ex"], proposed: ["explain"] },
  { words: ["explain", ""], proposed: ["web", "0123456789ab"] },
  { words: ["explain", "--json", "w"], proposed: ["web"] },
  { words: ["explain", "--plugin", ""], proposed: ["lxcfs", "team-tag"], not: ["web"] },
  { words: ["trace", "w"], proposed: ["web"] },
  { words: ["plugin", "try", "team-tag", "--container", "w"], proposed: ["web"], not: ["team-tag"] },
  { words: ["plugin", "t"], proposed: ["test", "try", "types"], not: ["add"] },
  { words: ["plugin", "disable", ""], proposed: ["lxcfs", "team-tag"], not: ["enable"] },
  { words: ["plugin", "try", "te"], proposed: ["team-tag"] },
  { words: ["config", "show", "container-hooks.d"], proposed: [], not: ["container-hooks.deadline"] },
];

/** Each shell's own way to say what it would propose, one word a line. */
const ASK: Record<"bash" | "fish" | "zsh", (script: string, words: string[]) => string[]> = {
  bash: (script, words) => {
    const ask = 'source "$1"; shift; COMP_WORDS=(container-hooks "$@") COMP_CWORD=$#; _container_hooks; ' +
      'printf "%s\\n" "${COMPREPLY[@]}"';
    return ["bash", "--norc", "-c", ask, "bash", script, ...words];
  },
  fish: (script, words) => {
    const line = ["container-hooks", ...words].join(" ");
    return ["fish", "--no-config", "-c", `source ${script}; complete -C ${JSON.stringify(line)}`];
  },
  // What zsh's own functions would be handed: without a terminal they do nothing.
  zsh: (script, words) => {
    const stand = `autoload -Uz is-at-least
_describe() { local -a all; all=(\${(P)@[-1]}); print -l -- \${all%%:*} }
_files() { }
compadd() { print -l -- \${@:#--} }
words=(container-hooks "$@[2,-1]") CURRENT=$#
prefix=$words[-1]
source $1 | grep -- "^\${prefix}"`;
    return ["zsh", "-f", "-c", stand, "zsh", script, ...words];
  },
};

for (const shell of ["bash", "fish", "zsh"] as const) {
  testWith(`${shell} completes commands and options from their definitions`, [shell], async () => {
    using work = workFolder();
    const script = work.file("completion", await printed("completions", shell));
    // What the scripts ask for names of this host.
    work.program(
      "bin/container-hooks",
      `#!/bin/sh
case $* in
  'plugin ls --quiet') printf 'lxcfs\\nteam-tag\\n' ;;
  'config show --quiet') printf 'container-hooks.deadline\\nplugins.team-tag.mode\\n' ;;
  'docs --quiet') printf 'engines\\noperations\\n' ;;
  'man --quiet') printf 'doctor\\nexplain\\n' ;;
  'explain --quiet') printf '0123456789ab\\nweb\\n' ;;
esac
`,
    );
    const env = { HOME: work.path, PATH: `${work.path}/bin:${SYSTEM_PATH}` };
    for (const { words, proposed, not = [] } of CASES) {
      const { stdout, stderr } = await run(ASK[shell](script, words), { env });
      const answers = stdout.split("\n").map((line) => line.split("\t")[0]!).filter((line) => line !== "");
      const given = `${words.join(" ")}: ${answers} ${stderr}`;
      for (const word of proposed) assert.ok(answers.includes(word), `${word} is missing for ${given}`);
      for (const word of not) assert.ok(!answers.includes(word), `${word} has no business at ${given}`);
    }
  });
}

testWith("bash completed nothing for the older toolkit's name", ["bash"], async () => {
  using work = workFolder();
  const script = work.file("completion", await printed("completions", "bash"));
  const ask =
    'source "$1"; shift; COMP_WORDS=(container-hooks-ctk "$@") COMP_CWORD=$#; _container_hooks_ctk; ' +
    'printf "%s\\n" "${COMPREPLY[@]}"';
  for (
    const [words, proposed] of [
      [["r"], "runtime"],
      [["config", "--in"], "--in-place"],
      [["runtime", "configure", "--runtime", "cont"], "containerd"],
    ] as const
  ) {
    const { stdout } = await mustRun(["bash", "--norc", "-c", ask, "bash", script, ...words]);
    assert.equal(stdout.trim(), proposed);
  }
});

testWith("bash proposes files where a value is a path, also behind an equals sign", ["bash"], async () => {
  using work = workFolder();
  const script = work.file("completion", await printed("completions", "bash"));
  for (const words of [["install", "--root", "/e"], ["install", "--root", "=", "/e"]]) {
    const { stdout } = await mustRun(ASK.bash(script, words));
    assert.equal(stdout.trim(), "", "left to bash, which completes names of files");
  }
  const { stdout } = await mustRun(["bash", "--norc", "-c", `source ${script}; complete -p container-hooks`]);
  assert.match(stdout, /-o bashdefault -o default/);
});

specTest("each command of --help has a manual page, with its options", [], async () => {
  const help = await printed("--help");
  const commands = [...help.matchAll(/^ {2}(\w[\w-]*) {2,}/gm)].map(([, name]) => name!);
  assert.ok(commands.length > 8);
  const overview = await printed("man");
  for (const name of commands) {
    assert.ok(overview.includes(`\\fB${name.replaceAll("-", "\\-")}\\fR`), name);
    const page = (await printed("man", name)).replaceAll("\\-", "-");
    assert.match(page, new RegExp(`^container-hooks ${name}( |$)`, "m"));
    const options = [...(await printed(name, "--help")).matchAll(/--[\w-]+/g)].map(([option]) => option);
    for (const option of options) {
      if (!/^--(no|help-all)/.test(option)) assert.ok(page.includes(option), option);
    }
  }
}, "files");

testWith("every manual page is printed without a warning", ["man"], async () => {
  using work = workFolder();
  const names = (await printed("man", "--quiet")).trim().split("\n");
  assert.ok(names.includes("container-hooks.toml"));
  const paths = [];
  for (const name of names) paths.push(work.file(`${name}.8`, await printed("man", name)));
  const shown = await mustRun(["man", "--warnings=w", "--local-file", ...paths], {
    env: { MANWIDTH: "100", LC_ALL: "C.UTF-8" },
  });
  assert.equal(shown.stderr, "");
  assert.match(shown.stdout, /container-hooks - hooks, mounts and variables/);
  assert.match(shown.stdout, /--dry-run/);
  assert.match(shown.stdout, /^\[container-hooks-runtime\]$/m);
});

specTest("docs prints what the file carries, and suggests the topic that was meant", [], async ({ form }) => {
  const topics = (await printed("docs", "--quiet")).trim().split("\n");
  for (const name of topics) assert.match(await printed("docs", name), /^# /m, name);
  assert.ok(topics.includes("operations") && topics.includes("lxcfs"));
  const text = Deno.readTextFileSync(new URL("../../docs/engines.md", import.meta.url));
  assert.equal(await printed("docs", "engines"), text);
  const env = { CONTAINER_HOOKS_PORTABLE_DIR: portableFolder() };
  const { status, stderr } = await run([form.path, "docs", "enginse"], { env });
  assert.deepEqual([status, stderr], [
    1,
    'container-hooks: there is no topic "enginse"; did you mean engines?\n',
  ]);
}, "files");
