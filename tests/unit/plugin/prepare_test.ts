import assert from "node:assert/strict";
import type { Plugin } from "../../../mod/api/plugin.ts";
import { Failure } from "../../../mod/errors.ts";
import { MANIFEST_COMMAND, PARSE_COMMAND } from "../../../mod/entry_points.ts";
import { denoHost } from "../../../mod/host/deno_host.ts";
import type { Host, Outcome } from "../../../mod/host/host.ts";
import { findPlugins } from "../../../mod/plugin/find.ts";
import { explainByOriginals, openPlugin } from "../../../mod/plugin/load.ts";
import { prepareBuiltIn, prepareFile } from "../../../mod/plugin/prepare.ts";
import { hostWith, PluginPlace, pluginText, PROGRAM } from "./plugin_place.ts";

function prepare(place: PluginPlace, host: Host = denoHost) {
  const [found] = findPlugins(denoHost, [place.plugins], [], place.sources);
  return prepareFile(host, PROGRAM, `${place.state}/plugins`, found!, place.sources);
}

async function refusal(files: Record<string, string>, host?: Host): Promise<string> {
  using place = new PluginPlace(files);
  const error = await prepare(place, host).then(() => undefined, (error) => error);
  assert(error instanceof Failure, String(error));
  return error.message.replaceAll(place.plugins, "P");
}

const NOTHING: Parameters<NonNullable<Plugin["plan"]>> = [{} as never, {} as never];

Deno.test("a plugin of several files is read, cached, described and loaded", async () => {
  using place = new PluginPlace({
    "audit/plugin.ts": `import { definePlugin, type Container } from "container-hooks/plugin";
import { edit } from "./lib/edit.ts";
export default definePlugin({
  api: 1, name: "audit", version: "1.2.3", brief: "A test's", when: { role: ["workload"] },
  plan: (_: Container) => ({ edits: [edit] }),
  on: { poststop() {} },
});
`,
    "audit/lib/edit.ts": `import { setEnv } from "container-hooks/plugin";
export const edit = setEnv("A", "1" as string);
`,
  });
  const { manifest, has, cached } = await prepare(place);
  assert.deepEqual(manifest, {
    api: 1,
    name: "audit",
    version: "1.2.3",
    brief: "A test's",
    when: { role: ["workload"] },
  });
  assert.deepEqual(has, { plan: true, createRuntime: false, start: false, poststart: false, poststop: true });
  const plugin = await (await openPlugin(cached!))();
  assert.deepEqual(await plugin.plan!(...NOTHING), { edits: [{ edit: "env", name: "A", value: "1" }] });
});

Deno.test("what a plugin throws is explained in its author's file, types and all", async () => {
  const body = "plan(container: { labels?: any }) { const l: any = container.labels!; return l.x.y; },";
  using place = new PluginPlace({ "a.ts": pluginText("a", body) });
  const cached = (await prepare(place)).cached!;
  const plugin = await (await openPlugin(cached))();
  const error = await Promise.try(() => plugin.plan!({ labels: {} } as never, {} as never)).catch((error) =>
    error
  );
  const { file, line, column, frame } = explainByOriginals(denoHost, cached, error);
  const code = Deno.readTextFileSync(`${place.plugins}/a.ts`).split("\n")[1]!;
  const place2 = { file: `${place.plugins}/a.ts`, line: 2, column: code.indexOf("x.y") + 3 };
  assert.deepEqual({ file, line, column }, place2);
  assert.match(frame!, /> 2 \| .*const l: any/);
});

Deno.test("the top level of a plugin runs without permissions", async () => {
  const message = await refusal({ "a.ts": 'Deno.readTextFileSync("/etc/passwd");' });
  assert.match(message, /P\/a\.ts:1:6 fails: NotCapable: .*in `Deno\.readTextFileSync\("\/etc\/passwd"\);`/);
});

Deno.test("what a plugin prints does not get into its manifest", async () => {
  using place = new PluginPlace({ "a.ts": `console.log('{"description":{}}');${pluginText("a")}` });
  assert.equal((await prepare(place)).manifest.name, "a");
});

const AT_TOP_LEVEL: [string, string, RegExp][] = [
  ["throws", '\n  throw new Error("no");', /P\/a\.ts:2:9 fails: Error: no, in `throw new Error\("no"\);`/],
  ["throws what is no error", 'throw "no";', /plugin P\/a\.ts cannot be loaded: no/],
  ["ends the process", "Deno.exit(0);", /it ended with status 0 while its manifest was read/],
  [
    "leaves a rejected promise",
    `Promise.reject(new Error("later"));${pluginText("a")}`,
    /P\/a\.ts:1:16 fails: Error: later/,
  ],
  [
    "is no JavaScript after its types are gone",
    "let a; let a;",
    /P\/a\.ts:1:12 does not parse: Identifier 'a' has already/,
  ],
  [
    "imports a type as a value",
    'import { Container } from "container-hooks/plugin";',
    /P\/a\.ts:1:10 fails: .*'container-hooks\/plugin' does not provide an export named 'Container'.*import type/,
  ],
];

for (const [what, text, message] of AT_TOP_LEVEL) {
  Deno.test(`a plugin whose top level ${what} is refused with the reason`, async () => {
    assert.match(await refusal({ "a.ts": text }), message);
  });
}

const DEFAULT_EXPORTS: [string, RegExp][] = [
  ["export default 1;", /export default is no plugin/],
  [pluginText("b"), /name is b, and its file or folder is called a/],
  [pluginText("a", ""), /plan is missing, and so is every handler/],
  [pluginText("a", "plan: 1,"), /plan must be a function/],
  [pluginText("a", "on: { poststop: 1 },"), /on\.poststop must be a function/],
  [
    pluginText("a", "on: { startContainer() {} },"),
    /on\.startContainer cannot be: handlers exist for createRuntime/,
  ],
  [pluginText("a", "gate: true, plan() {}, on: { poststop() {} },"), /gate is for plugins with plan alone/],
  [
    pluginText("a", "plan() {}, when: { image: [/nginx/] },"),
    /when\.image\[0\] is a RegExp; write the pattern as a string/,
  ],
  [
    pluginText("a", "plan() {}, needs: { read: () => [] },"),
    /needs\.read is a function; a manifest holds JSON alone/,
  ],
  [pluginText("a", "plan() {}, when: { image: 1n },"), /when\.image is a bigint/],
  [pluginText("a", "plan() {}, zork: 1,"), /zork is unknown; known are api/],
  [`const a = {}; a.a = a; export default { a };`, /a\.a contains itself/],
];

for (const [text, message] of DEFAULT_EXPORTS) {
  Deno.test(`a plugin is refused with ${message.source}`, async () => {
    assert.match(await refusal({ "a.js": text }), message);
  });
}

Deno.test("a plugin that imports what only tests have is refused, whichever file does", async () => {
  const files = {
    "a.js": `import "./b.js"; ${pluginText("a", "plan() {},")}`,
    "b.js": 'import { ask } from "container-hooks/testing";\n',
  };
  assert.match(await refusal(files), /b\.js:1:22 imports "container-hooks\/testing", which only tests can/);
});

const NO_OUTPUT = { stdout: new Uint8Array(), stderr: new Uint8Array() };
const ENDINGS: [string, Partial<Outcome>, RegExp][] = [
  ["hangs", { status: 137, timedOut: true }, /its top level was not done after 10 s/],
  ["says nothing", { status: 0 }, /it ended with status 0/],
  [
    "is killed",
    { status: 137, stderr: new TextEncoder().encode("out of\nmemory") },
    /it ended with status 137 while its manifest was read, saying: out of memory/,
  ],
];

/** The outside world, with what becomes of the child for one command. */
function hostWhose(command: string, become: () => Promise<Outcome>): Host {
  return hostWith({ run: (call) => call.args.includes(command) ? become() : denoHost.run(call) });
}

for (const [what, ending, message] of ENDINGS) {
  Deno.test(`a plugin is refused whose child ${what}`, async () => {
    const outcome: Outcome = { status: 0, timedOut: false, ...NO_OUTPUT, ...ending };
    const host = hostWhose(MANIFEST_COMMAND, () => Promise.resolve(outcome));
    assert.match(await refusal({ "a.ts": "" }, host), message);
  });
}

const PARSERS: [string, Partial<Outcome>, RegExp][] = [
  [
    "hangs",
    { status: 137, timedOut: true },
    /a\.ts cannot be loaded: it was not parsed after 10 s; write it/,
  ],
  ["says nothing", {}, /it could not be parsed: the parser ended with status 0/],
  ["says what no parser says", { stdout: new TextEncoder().encode('{"refused":{"code":"x"}}') }, /said x/],
  ["loses a file", { stdout: new TextEncoder().encode('{"parsed":[]}') }, /it could not be parsed/],
];

for (const [what, ending, message] of PARSERS) {
  Deno.test(`a plugin is refused whose parser ${what}`, async () => {
    const outcome: Outcome = { status: 0, timedOut: false, ...NO_OUTPUT, ...ending };
    const host = { ...hostWhose(PARSE_COMMAND, () => Promise.resolve(outcome)), now: () => 0 };
    assert.match(await refusal({ "a.ts": "" }, host), message);
  });
}

for (
  const [command, what] of [[MANIFEST_COMMAND, "read its manifest"], [PARSE_COMMAND, "parse it"]] as const
) {
  Deno.test(`a child that cannot be started to ${what} is told with the program's path`, async () => {
    const gone = () => Promise.reject(new Error("No such file or directory (os error 2)"));
    const message = await refusal({ "a.ts": "" }, hostWhose(command, gone));
    assert(message.includes(`cannot be started to ${what}: no such file`), message);
  });
}

const TOO_DEEP: [string, string][] = [
  ["that WebAssembly's stack does not hold", `const x = ${"(".repeat(300_000)}1${")".repeat(300_000)};`],
  ["that V8's stack does not hold", `const x = ${"1?".repeat(200_000)}1${":1".repeat(200_000)};`],
  ["of types", `type A = ${"A<".repeat(100_000)}A${">".repeat(100_000)};`],
];

for (const [what, text] of TOO_DEEP) {
  Deno.test(`a nest ${what} was a defect of ours, and broke the parser for other plugins`, async () => {
    assert.match(await refusal({ "a.ts": text }), /a\.ts cannot be loaded: it is nested too deeply/);
  });
}

Deno.test("many files of a plugin are parsed in as many children as their size needs", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `b${index}.ts`);
  using place = new PluginPlace({
    "a/plugin.ts": names.map((name) => `import "./${name}";\n`).join("") + pluginText("a"),
    ...Object.fromEntries(names.map((name) => [`a/${name}`, `//${"x".repeat(200_000)}\nexport {};`])),
  });
  let children = 0;
  const host = hostWith({
    run: (call) => {
      if (call.args.includes(PARSE_COMMAND)) children++;
      return denoHost.run(call);
    },
  });
  await prepare(place, host);
  assert.equal(children, 1 + 4);
});

Deno.test("the children have nothing of the engine's environment", async () => {
  let env: Record<string, string> = {};
  const host = hostWith({ run: (command) => denoHost.run({ ...command, env: env = command.env }) });
  using place = new PluginPlace({ "a.ts": pluginText("a") });
  await prepare(place, host);
  assert.deepEqual(Object.keys(env), ["NO_COLOR"]);
});

Deno.test("a built-in plugin is described in the same way and has no files", async () => {
  const plugin: Plugin = { api: 1, name: "a", version: "1.0.0", brief: "b", plan() {} };
  const prepared = await prepareBuiltIn("a", { load: () => Promise.resolve({ default: plugin }) });
  assert.equal(prepared.cached, undefined);
  assert.equal(prepared.has.plan, true);
});
