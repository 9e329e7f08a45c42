/** Writing a plugin on a host that has nothing but the one file: no network, no Node, no Deno, an empty home. */
import assert from "node:assert/strict";
import { install, type Installation } from "../harness/installation.ts";
import { builtFiles } from "../harness/forms.ts";
import { specTest, type Subject, testWith } from "../harness/needs.ts";
import { mustRun, type Ran, run } from "../harness/run.ts";
import { workFolder } from "../harness/work_folder.ts";

/** The file, as somebody calls it who has nothing else. */
interface Author {
  installed: Installation;
  /** Folder that plugins are written in. */
  folder: string;
  call(...words: string[]): Promise<Ran>;
}

async function author({ form, work }: Subject): Promise<Author> {
  const installed = await install(form, work);
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
    assert.match(message, /they differ at a\[1\]\n/);
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
