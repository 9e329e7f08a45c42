/** Writing a plugin on a host that has nothing but the one file: no network, no Node, no Deno, an empty home. */
import assert from "node:assert/strict";
import { install, type Installation } from "../harness/installation.ts";
import { startDocker } from "../harness/engines.ts";
import { builtFiles } from "../harness/forms.ts";
import { specTest, type Subject, testWith } from "../harness/needs.ts";
import { mustRun, type Ran, run } from "../harness/run.ts";
import { workFolder } from "../harness/work_folder.ts";

const NAME = "container-hooks-runtime";

/** The file, as somebody calls it who has nothing else. */
interface Author {
  installed: Installation;
  /** Folder that plugins are written in. */
  folder: string;
  call(...words: string[]): Promise<Ran>;
}

async function author({ form, work }: Subject): Promise<Author> {
  const installed = await install(form, work);
  work.folder("plugins");
  const [folder, home] = [work.folder("author"), work.folder("home")];
  return {
    installed,
    folder,
    call: (...words) =>
      run(["unshare", "-n", installed.program, ...words], {
        cwd: folder,
        env: { ...installed.env, HOME: home },
      }),
  };
}

function replaceIn(path: string, from: string, to: string): void {
  const text = Deno.readTextFileSync(path);
  assert.ok(text.includes(from), `${path} has ${from}`);
  Deno.writeTextFileSync(path, text.replace(from, to));
}

/** Whether the file carries a type checker. */
const checksTypes = ({ form }: Subject) => form.name !== "compiled";

specTest(
  "a plugin is made, checked, a type error is found, and its tests run",
  ["root"],
  async (subject) => {
    const { folder, call } = await author(subject);
    const made = await call("plugin", "new", "team-tag");
    assert.equal(made.status, 0, made.stderr);
    const checked = await call("plugin", "check", "team-tag");
    assert.equal(checked.status, 0, checked.stdout + checked.stderr);
    assert.match(checked.stdout, /^ok +code +team-tag 0\.1\.0 loads/m);
    if (checksTypes(subject)) assert.match(checked.stdout, /^ok +types +checked by Deno \d/m);
    else {assert.match(
        checked.stdout,
        /^warning +types +not checked: the compiled form carries no type checker/m,
      );}
    const tested = await call("plugin", "test", "team-tag");
    assert.deepEqual(
      [tested.status, tested.stdout.split("\n").at(-2)],
      [0, "2 passed, 0 failed"],
      tested.stderr,
    );

    replaceIn(`${folder}/team-tag/plugin.ts`, 'setEnv("TEAM", team)', 'setEnv("TEAM", team.size)');
    const wrong = await call("plugin", "check", "team-tag");
    if (checksTypes(subject)) {
      assert.equal(wrong.status, 1);
      assert.match(
        wrong.stdout,
        /^error +types +\S+\/author\/team-tag\/plugin\.ts:19:29 TS2339: Property 'size'/m,
      );
      assert.match(
        wrong.stderr,
        /^container-hooks: plugin \S+plugin\.ts has 1 fault; correct what is marked/,
      );
    }
    const failing = await call("plugin", "test", "team-tag");
    assert.equal(failing.status, 1);
    assert.match(failing.stdout, /FAILED +a container of a known team/);
    assert.match(failing.stdout, /\/team-tag\/plugin_test\.ts:\d+:\d+\n|\/team-tag\/plugin\.ts:\d+:\d+\n/);
    assert.match(failing.stdout, /1 passed, 1 failed\n$/);
  },
  "files",
);

testWith(
  "deno check and deno test work in what plugin new makes, without a network, too",
  ["root"],
  async () => {
    using work = workFolder();
    const { folder, call } = await author({ form: builtFiles()[0]!, work });
    assert.equal((await call("plugin", "new", "team-tag")).status, 0);
    const env = { DENO_DIR: work.folder("deno"), HOME: work.folder("other-home"), NO_COLOR: "1" };
    const deno = (...words: string[]) =>
      mustRun(["unshare", "-n", Deno.execPath(), ...words], { cwd: `${folder}/team-tag`, env });
    await deno("check", ".");
    const { stdout } = await deno("test");
    assert.match(stdout, /2 passed \| 0 failed/);
  },
);

specTest(
  "tests run without permissions and within their time, and each says what became of it",
  ["root"],
  async (subject) => {
    const { folder, call } = await author(subject);
    assert.equal((await call("plugin", "new", "team-tag")).status, 0);
    Deno.writeTextFileSync(
      `${folder}/team-tag/plugin_test.ts`,
      `import { assertEquals, test } from "container-hooks/testing";
test("equal", () => {
  console.log("said");
  assertEquals({ a: [1, 2] }, { a: [1, 3] });
});
Deno.test("reads", () => void (Deno as any).readTextFileSync("/etc/hostname"));
test("fetches", async () => void await fetch("http://127.0.0.1/"));
test("evaluates", () => new Function("return 1")());
test("leaves behind", () => void Promise.reject(new TypeError("nobody's")));
Deno.test.ignore("ignored", () => {});
test("loops", () => { for (;;); });
`,
    );
    const { status, stdout } = await call("plugin", "test", "team-tag", "--json");
    assert.equal(status, 1);
    const { files: [{ tests, ended }], ...counts } = JSON.parse(stdout);
    assert.deepEqual([counts.passed, counts.failed, counts.ignored], [0, 6, 1]);
    const told = new Map<
      string,
      { said: string[]; failure?: { message: string; file: string; line: number } }
    >(
      tests.map((each: { name: string }) => [each.name, each]),
    );
    assert.deepEqual(told.get("equal")?.said, ["said"]);
    const { message, file, line } = told.get("equal")!.failure!;
    assert.deepEqual([file, line], [`${folder}/team-tag/plugin_test.ts`, 4]);
    assert.match(message, /they differ at a\[1\] \(- expected, \+ actual\)\n/);
    assert.match(told.get("reads")!.failure!.message, /is not a function/);
    assert.match(told.get("fetches")!.failure!.message, /fetch is not defined/);
    assert.match(told.get("evaluates")!.failure!.message, /code is not made from text/);
    assert.match(told.get("leaves behind")!.failure!.message, /TypeError: nobody's/);
    assert.match(ended.what, /^test "loops" of \S+ took longer than 10 s and never gave control back/);
  },
  "files",
);

const WRONG: [words: string[], status: number, sentence: RegExp][] = [
  [["new", "Team"], 2, /Team cannot be a plugin's name; that takes .*; choose another one$/],
  [["new", "a", "--like", "zork"], 1, /there is no example "zork"; .*new-plugin/],
  [["check", "gone"], 1, /plugin \S+\/author\/gone does not exist; create it or correct the path$/],
  [["test", "/dev/null"], 1, /\/dev\/null is no plugin: it is a character device/],
  [["check"], 2, /expected argument for PATH/i],
  [["zork"], 2, /no command registered for `zork`/],
  [["add", "gone"], 1, /plugin \S+\/gone does not exist/],
  [["remove", "gone"], 1, /there is no plugin "gone"; `container-hooks plugin ls` lists/],
  [["enable", "lxcf"], 1, /there is no plugin "lxcf"; did you mean lxcfs\?$/],
  [["disable", "gone"], 1, /there is no plugin "gone"/],
  [["show", "gone"], 1, /there is no plugin "gone"/],
  [["try", "lxcfs"], 2, /takes one of --container, --bundle and --config/],
  [
    ["try", "lxcfs", "--container", "no-such"],
    1,
    /no container "no-such" runs here; start it, or name its bundle/,
  ],
  [["try", "lxcfs", "--bundle", "/gone"], 1, /bundle \/gone does not exist; give the folder/],
  [["try", "hooks-json", "--config", "/dev/null"], 1, /config\.json \/dev\/null is a character device/],
  [["types", "/proc/types"], 1, /folder \/proc\/types cannot be written/],
];

specTest("each wrong word is one sentence", ["root"], async (subject) => {
  const { call } = await author(subject);
  for (const [words, status, sentence] of WRONG) {
    const ran = await call("plugin", ...words);
    assert.deepEqual([words, ran.status, ran.stdout], [words, status, ""]);
    assert.match(ran.stderr, /^container-hooks: [^\n]+\n$/);
    assert.match(ran.stderr.trim(), sentence);
  }
}, "files");

specTest(
  "docker: a plugin is tried on a container that runs, added, in force for the next one, and removed",
  ["root", "runc", "docker"],
  async (subject) => {
    const { installed, folder, call } = await author(subject);
    await using docker = await startDocker(subject.work, {
      runtimes: { [NAME]: installed.runtime },
      env: installed.env,
    });
    const start = (...words: string[]) =>
      docker.client(["run", "--network=none", `--runtime=${NAME}`, "--label=team=payments", ...words]);
    const show = async () =>
      (await start("--rm", "docker.io/library/hooks-test:1", "sh", "-c", "echo team=$TEAM; ls /team")).stdout;
    const running = await start("-d", "--name=pay", "docker.io/library/hooks-test:1", "sleep", "600");
    assert.equal(running.status, 0, running.stderr);

    assert.equal((await call("plugin", "new", "team-tag")).status, 0);
    subject.work.file("teams/payments/ledger", "");
    replaceIn(`${folder}/team-tag/plugin.ts`, "/srv/teams", `${subject.work.path}/teams`);
    const before = Deno.readTextFileSync(installed.configFile);
    const tried = await call("plugin", "try", "team-tag", "--container", "pay");
    assert.equal(tried.status, 0, tried.stderr);
    assert.match(tried.stdout, /^engine +docker: docker\.io\/library\/hooks-test:1, workload$/m);
    assert.match(tried.stdout, /^ {2}env +TEAM=\(hidden; --values shows it\)$/m);
    assert.match(tried.stdout, /^ {2}mount +\S+\/teams\/payments on \/team /m);
    assert.match(tried.stdout, /^\+ +"destination": "\/team",$/m);
    assert.doesNotMatch(await show(), /team=payments/, "nothing was done");

    const added = await call("plugin", "add", "team-tag");
    assert.equal(added.status, 0, added.stdout + added.stderr);
    assert.equal(await show(), "team=payments\nledger\n");
    const { stdout: listed } = await call("plugin", "ls", "--json");
    const own = JSON.parse(listed).find(({ name }: { name: string }) => name === "team-tag");
    assert.deepEqual([own.mode, own.options.teams, own.file], [
      "enforce",
      ["payments"],
      `${subject.work.path}/plugins/team-tag/plugin.ts`,
    ]);
    const byName = await call(
      "plugin",
      "try",
      "team-tag",
      "--container",
      running.stdout.trim().slice(0, 12),
      "--json",
    );
    assert.equal(JSON.parse(byName.stdout).asked, true, byName.stderr);

    assert.equal((await call("plugin", "disable", "team-tag")).status, 0);
    assert.match(await show(), /^team=\n/);
    const removed = await call("plugin", "remove", "team-tag");
    assert.equal(removed.status, 0, removed.stderr);
    assert.match(await show(), /^team=\n/);
    assert.equal(Deno.readTextFileSync(installed.configFile), before, "config.toml is as it was");
    await docker.client(["rm", "-f", "pay"]);
  },
  "files",
);

/** A plugin in a file of its own. */
function pluginText(name: string, plan: string, more = ""): string {
  return `import { definePlugin, setEnv } from "container-hooks/plugin";
export default definePlugin({ api: 1, name: "${name}", version: "1.0.0", brief: "A test's", ${more}
  plan(container) { ${plan} } });
`;
}

specTest(
  "what would stop every container is not put in place, and config check knows it",
  ["root"],
  async (subject) => {
    const { installed, folder, call } = await author(subject);
    const before = Deno.readTextFileSync(installed.configFile);
    const refused: [name: string, text: string, why: RegExp][] = [
      [
        "throws",
        pluginText("throws", "void (container as any).gone.field;"),
        /would stop containers that do nothing special.*\/throws\.ts:3:\d+.*TypeError/,
      ],
      [
        "denies",
        pluginText("denies", 'return { deny: ["never"] };'),
        /denies each of 4 containers that do nothing special: never/,
      ],
      ["broken", pluginText("broken", "", "when: { image: [/a/] } as never,"), /has 1 fault/],
      ["other", pluginText("another", "return {};"), /has 1 fault/],
    ];
    for (const [name, text, why] of refused) {
      Deno.writeTextFileSync(`${folder}/${name}.ts`, text);
      const ran = await call("plugin", "add", `${name}.ts`);
      assert.deepEqual([name, ran.status], [name, 1], ran.stdout);
      assert.match(ran.stderr, why);
    }
    assert.deepEqual([...Deno.readDirSync(`${subject.work.path}/plugins`)].map(({ name }) => name), []);
    assert.equal(Deno.readTextFileSync(installed.configFile), before);

    const audited = await call("plugin", "add", "--audit", "denies.ts");
    assert.equal(audited.status, 0, audited.stderr);
    assert.equal((await call("config", "check")).status, 0);
    assert.equal((await call("plugin", "enable", "denies")).status, 0);
    const checked = await call("config", "check");
    assert.equal(checked.status, 1);
    assert.match(
      checked.stderr,
      /^container-hooks: plugin denies denies each of 4 containers .*: never; correct it, narrow/,
    );
    const tried = await call(
      "plugin",
      "try",
      "denies",
      "--config",
      subject.work.file("b/config.json", '{"ociVersion":"1.0.2"}'),
    );
    assert.equal(tried.status, 1);
    assert.match(tried.stderr, /plugin denies denies it: never; /);

    const policy = '\n[plugins.later]\nmode = "audit"\n[plugins.later.options]\nzork = 1\n';
    Deno.writeTextFileSync(installed.configFile, policy, { append: true });
    Deno.writeTextFileSync(`${folder}/later.ts`, pluginText("later", "return {};"));
    const unfit = await call("plugin", "add", "later.ts");
    assert.equal(unfit.status, 1);
    assert.match(
      unfit.stderr,
      /^container-hooks: plugin later was not put in place, and all is as it was: .*zork/,
    );
    const left = [...Deno.readDirSync(`${subject.work.path}/plugins`)].map(({ name }) => name);
    assert.deepEqual(left, ["denies.ts"]);
  },
  "files",
);

specTest(
  "a plugin that is in place is exchanged in one step, and others' files become root's own",
  ["root"],
  async (subject) => {
    const { folder, call } = await author(subject);
    const write = (value: string) => {
      subject.work.file(
        "author/shared/plugin.ts",
        pluginText("shared", `return { edits: [setEnv("A", value)] };`)
          .replace("export default", 'import { value } from "./value.ts";\nexport default'),
      );
      subject.work.file("author/shared/value.ts", `export const value: string = "${value}";\n`, 0o666);
      Deno.chownSync(`${folder}/shared/value.ts`, 12345, 12345);
    };
    write("one");
    assert.equal((await call("plugin", "add", "shared")).status, 0);
    const placed = `${subject.work.path}/plugins/shared/value.ts`;
    const { uid, mode } = Deno.statSync(placed);
    assert.deepEqual([uid, mode! & 0o777], [0, 0o644]);
    write("two");
    const taken = await call("plugin", "add", "shared");
    assert.deepEqual([taken.status, /--replace puts this one in its place/.test(taken.stderr)], [1, true]);
    assert.match(Deno.readTextFileSync(placed), /one/);
    assert.equal((await call("plugin", "add", "--replace", "--dry-run", "shared")).status, 0);
    assert.match(Deno.readTextFileSync(placed), /one/);
    assert.equal((await call("plugin", "add", "--replace", "shared")).status, 0);
    assert.match(Deno.readTextFileSync(placed), /two/);
    assert.deepEqual([...Deno.readDirSync(`${subject.work.path}/plugins`)].map(({ name }) => name), [
      "shared",
    ]);
  },
  "files",
);
