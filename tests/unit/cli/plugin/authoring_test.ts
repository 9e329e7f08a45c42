/** Making a plugin, and the types that it is written with; what runs its code is tested on the built file. */
import assert from "node:assert/strict";
import { EXAMPLES } from "../../../../mod/cli/plugin/command.ts";
import { make } from "../../../../mod/cli/plugin/new.ts";
import { findSubject, testsOf } from "../../../../mod/cli/plugin/subject.ts";
import { types } from "../../../../mod/cli/plugin/types.ts";
import type { ProgramContext } from "../../../../mod/cli/program_context.ts";
import { MemoryHost } from "../../memory_host.ts";
import { programWith } from "../../program.ts";

const EMBEDDED = {
  "types/plugin.d.ts": "export declare function setEnv(name: string): void;\nexport {};\n",
  "types/testing.d.ts": "export interface Plan {}\n",
  "examples/new-plugin/plugin.ts": 'export default { name: "new-plugin" };\n',
  "examples/deny/plugin.ts": 'export default { name: "deny" };\n',
  "examples/deny/README.md": "[plugins.deny.options]\n",
};

function contextOf(host: MemoryHost, form: "compiled" | "source" = "compiled"): ProgramContext {
  const program = programWith({ form, embedded: () => JSON.stringify(EMBEDDED) });
  return { host, program, checks: {} } as unknown as ProgramContext;
}

function hostIn(folder: string): MemoryHost {
  const host = new MemoryHost();
  host.folder(folder);
  host.cwd = () => folder;
  return host;
}

function made(host: MemoryHost, name: string, like = "new-plugin", form?: "source"): string | undefined {
  try {
    make.call(contextOf(host, form), { json: false, like }, name);
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

Deno.test("plugin new makes a folder of that name with the plugin, types and what editors read", () => {
  const host = hostIn("/home/me");
  assert.equal(made(host, "team-tag"), undefined);
  assert.match(host.text("/home/me/team-tag/plugin.ts")!, /name: "team-tag"/);
  const { imports } = JSON.parse(host.text("/home/me/team-tag/deno.json")!);
  for (const path of Object.values<string>(imports)) {
    assert.ok(host.lstat(`/home/me/team-tag/${path.replace(/\.js$/, ".d.ts")}`), path);
  }
  assert.deepEqual(
    host.readFolder("/home/me").map(({ name }) => name),
    ["team-tag"],
    "nothing is left beside it",
  );
});

Deno.test("plugin new --like makes an example's files, under the new name", () => {
  const host = hostIn("/home/me");
  assert.equal(made(host, "mine", "deny"), undefined);
  assert.match(host.text("/home/me/mine/plugin.ts")!, /name: "mine"/);
  assert.equal(host.text("/home/me/mine/README.md"), "[plugins.mine.options]\n");
});

Deno.test("plugin new says what is wrong, and makes nothing", () => {
  const host = hostIn("/home/me");
  host.folder("/home/me/there");
  assert.match(
    made(host, "Team")!,
    /^Team cannot be a plugin's name; that takes 1 to 63 lower case .*choose/,
  );
  assert.match(made(host, "../up")!, /cannot be a plugin's name/);
  assert.match(made(host, "")!, /cannot be a plugin's name/);
  assert.match(made(host, "there")!, /^\/home\/me\/there is there already; choose another name/);
  assert.match(made(host, "a", "den")!, /^there is no example "den"; did you mean deny\?$/);
  assert.match(made(host, "a", "x".repeat(9))!, /those that there are: deny, new-plugin$/);
  assert.match(made(host, "a", "new-plugin", "source")!, /runs from its source.*`deno task build`/);
  host.fault = (call, path) => {
    if (call === "write" && path.endsWith("deno.json")) {
      throw new Error("No space left on device (os error 28)");
    }
  };
  assert.match(made(host, "full")!, /^folder \/home\/me\/full cannot be written: no space left/i);
  assert.deepEqual(host.readFolder("/home/me").map(({ name }) => name), ["there"]);
});

Deno.test("plugin types prints one text that declares both modules", () => {
  const host = new MemoryHost();
  types.call(contextOf(host), { json: false });
  assert.match(host.out, /declare module "container-hooks\/plugin" \{\nexport function setEnv/);
  assert.match(
    host.out,
    /declare module "container-hooks\/testing" \{\nexport interface Plan/,
  );
});

Deno.test("plugin types takes the place of older types, and of nothing else", () => {
  const host = hostIn("/home/me");
  host.file("/home/me/types/plugin.d.ts", "older");
  types.call(contextOf(host), { json: false }, "types");
  assert.equal(host.text("/home/me/types/plugin.d.ts"), EMBEDDED["types/plugin.d.ts"]);
  host.file("/home/me/src/main.ts", "mine");
  assert.throws(
    () => types.call(contextOf(host), { json: false }, "src"),
    /src holds main\.ts, which is no file of types/,
  );
  assert.equal(host.text("/home/me/src/main.ts"), "mine");
});

Deno.test("a plugin is named by its folder, by its file in it, or by its own file", () => {
  const host = hostIn("/home/me");
  host.file("/home/me/one/plugin.ts", "");
  host.file("/home/me/one/plugin_test.ts", "");
  host.file("/home/me/one/more_test.ts", "");
  host.file("/home/me/two.ts", "");
  host.file("/home/me/two_test.ts", "");
  const told = (path: string) => {
    const subject = findSubject(host, path);
    return [subject.found.name, subject.file, testsOf(host, subject).join(" ")];
  };
  const one = ["one", "/home/me/one/plugin.ts", "more_test.ts plugin_test.ts"];
  assert.deepEqual(told("one"), one);
  assert.deepEqual(told("./one/"), one);
  assert.deepEqual(told("one/../one/plugin.ts"), one);
  assert.deepEqual(told("/home/me/two.ts"), ["two", "/home/me/two.ts", "two_test.ts"]);
});

Deno.test("what is no plugin is told as what it is", () => {
  const host = hostIn("/home/me");
  host.folder("/home/me/empty");
  host.file("/home/me/x_test.ts", "");
  host.file("/home/me/x.d.ts", "");
  host.file("/home/me/x.py", "");
  const of = (path: string) => () => findSubject(host, path);
  assert.throws(of("gone"), /plugin \/home\/me\/gone does not exist/);
  assert.throws(of("empty"), /is no plugin: it has neither plugin\.ts nor plugin\.js; .*plugin new NAME/);
  assert.throws(of("x_test.ts"), /it is a test/);
  assert.throws(of("x.d.ts"), /it is a file of declarations/);
  assert.throws(of("x.py"), /it is neither TypeScript nor JavaScript/);
  assert.throws(of(""), /PATH is empty/);
});

Deno.test("a plugin that is written by somebody else is looked at as if it were root's, and nothing beside it", () => {
  const host = hostIn("/home/me");
  host.folder("/home/me", { uid: 1000, mode: 0o777 });
  host.file("/home/me/one/plugin.ts", "text", { uid: 1000, mode: 0o666 });
  host.file("/home/me/other.ts", "text", { uid: 1000, mode: 0o666 });
  const { view } = findSubject(host, "one");
  const seen = (path: string) => [view.lstat(path)!.uid, view.lstat(path)!.mode];
  assert.deepEqual(seen("/home/me/one/plugin.ts"), [0, 0o644]);
  assert.deepEqual(seen("/home/me"), [0, 0o755]);
  assert.deepEqual(seen("/home/me/other.ts"), [1000, 0o666]);
  using file = view.open("/home/me/one/plugin.ts");
  assert.equal(file.status().uid, 0);
});

Deno.test("the help of plugin new names the examples that there are", async () => {
  const folders = await Array.fromAsync(Deno.readDir(new URL("../../../../examples", import.meta.url)));
  assert.deepEqual(folders.map(({ name }) => name).sort(), [...EXAMPLES]);
});

for (const example of EXAMPLES.filter((name) => name !== "new-plugin")) {
  Deno.test(`${example} has a README of at most ten lines of text, which says who can write what it goes by`, async () => {
    const text = await Deno.readTextFile(
      new URL(`../../../../examples/${example}/README.md`, import.meta.url),
    );
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    assert.ok(lines.length <= 10, `${lines.length} lines`);
    assert.match(text, /chooses|writes annotations|chosen by/);
  });
}
