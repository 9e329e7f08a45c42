import assert from "node:assert/strict";
import { Failure } from "../../../mod/errors.ts";
import { denoHost } from "../../../mod/host/deno_host.ts";
import { readGraph } from "../../../mod/plugin/graph.ts";
import { parseSource } from "../../../mod/plugin/parse_source.ts";
import { PluginPlace } from "./plugin_place.ts";

function read(place: PluginPlace, entry: string) {
  return readGraph(
    denoHost,
    place.plugins,
    entry,
    place.sources,
    (files) => Promise.all(files.map(parseSource)),
  );
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(() => undefined, (error) => error);
  assert(error instanceof Failure, String(error));
  return error;
}

Deno.test("the whole graph is read, each file once, the entry first", async () => {
  using place = new PluginPlace({
    "a.ts": 'import "./lib/b.ts"; import "./lib/c.js";',
    "lib/b.ts": 'import "./c.js"; import "../a.ts";',
    "lib/c.js": "export {};",
  });
  assert.deepEqual((await read(place, "a.ts")).map(({ name }) => name), ["a.ts", "lib/b.ts", "lib/c.js"]);
  assert.deepEqual(
    place.sources.list().map(({ path }) => path.slice(place.plugins.length + 1)),
    ["a.ts", "lib/b.ts", "lib/c.js"],
  );
});

Deno.test("what is imported for its types alone need not be there", async () => {
  using place = new PluginPlace({
    "a.ts": 'import type { A } from "./a.d.ts"; export type { B } from "node:fs";',
  });
  assert.equal((await read(place, "a.ts")).length, 1);
});

Deno.test("a file that others may write is refused wherever in the graph it stands", async () => {
  using place = new PluginPlace({ "a.ts": 'import "./lib/b.ts";' });
  place.write("lib/b.ts", "export {};", 0o666);
  const failure = await failureOf(read(place, "a.ts"));
  assert.equal(failure.code, "untrusted");
  assert.match(failure.message, /lib\/b\.ts .*mode 0666/);
});

Deno.test("a file in a folder that others may write is refused", async () => {
  using place = new PluginPlace({ "a.ts": 'import "./lib/b.ts";', "lib/b.ts": "export {};" });
  Deno.chmodSync(`${place.plugins}/lib`, 0o777);
  assert.equal((await failureOf(read(place, "a.ts"))).code, "untrusted");
});

Deno.test("a symbolic link is no plugin file", async () => {
  using place = new PluginPlace({ "b.ts": "export {};" });
  Deno.symlinkSync("b.ts", `${place.plugins}/a.ts`);
  assert.match(
    (await failureOf(read(place, "a.ts"))).message,
    /a\.ts is a symbolic link, not a regular file/,
  );
});

Deno.test("an import that is not there is noted, so that its coming is a change", async () => {
  using place = new PluginPlace({ "a.ts": 'import "./b.ts";' });
  assert.equal((await failureOf(read(place, "a.ts"))).code, "file-missing");
  assert.deepEqual(place.sources.list().at(-1), { path: `${place.plugins}/b.ts` });
});

Deno.test("two files that would be one in the cache are refused", async () => {
  using place = new PluginPlace({ "a.ts": 'import "./b.ts"; import "./b.js";', "b.ts": "", "b.js": "" });
  assert.match((await failureOf(read(place, "a.ts"))).message, /it imports both b\.ts and b\.js/);
});

Deno.test("a file that is not UTF-8 is refused", async () => {
  using place = new PluginPlace();
  place.write("a.ts", new Uint8Array([0x2f, 0x2f, 0xff]));
  assert.match((await failureOf(read(place, "a.ts"))).message, /it is not UTF-8/);
});

Deno.test("a plugin of more than 100 files is refused", async () => {
  using place = new PluginPlace({ "f0.ts": 'import "./f1.ts";' });
  for (let i = 1; i <= 100; i++) place.write(`f${i}.ts`, `import "./f${i + 1}.ts";`);
  assert.match((await failureOf(read(place, "f0.ts"))).message, /more than 100 files/);
});
