import assert from "node:assert/strict";
import { denoHost } from "../../../mod/host/deno_host.ts";
import type { Host } from "../../../mod/host/host.ts";
import { cachePlugin, sweepLeftOvers } from "../../../mod/plugin/cache.ts";
import type { GraphFile } from "../../../mod/plugin/graph.ts";
import { hostWith, PluginPlace } from "./plugin_place.ts";

function files(text = "export default 1;"): GraphFile[] {
  return [{ name: "a.ts", path: "/p/a.ts", text, code: text, imports: [] }];
}

function cache(
  place: PluginPlace,
  text?: string,
  learn = () => Promise.resolve("facts"),
  host: Host = denoHost,
) {
  return cachePlugin(host, `${place.state}/plugins`, files(text), learn);
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("one content has one folder, and its facts are found out once", async () => {
  using place = new PluginPlace();
  let learned = 0;
  const learn = () => Promise.resolve(`facts ${++learned}`);
  const first = await cache(place, "1;", learn);
  assert.deepEqual(await cache(place, "1;", learn), first);
  assert.equal(first.facts, "facts 1");
  assert.notEqual((await cache(place, "2;", learn)).folder, first.folder);
});

Deno.test("nobody but the owner can look into the cache", async () => {
  using place = new PluginPlace();
  const { folder } = await cache(place);
  for (const path of [place.state, `${place.state}/plugins`, folder, `${folder}/source`]) {
    assert.equal(denoHost.lstat(path)!.mode, 0o700, path);
  }
  for (const name of ["load.js", "library.js", "originals.json", "facts.json", "source/a.js"]) {
    assert.equal(denoHost.lstat(`${folder}/${name}`)!.mode, 0o600, name);
  }
});

Deno.test("two that make the same content at once both get it, and nothing is left over", async () => {
  using place = new PluginPlace();
  const both = Promise.withResolvers<void>();
  let waiting = 0;
  const learn = async () => {
    if (++waiting === 2) both.resolve();
    await both.promise;
    return "facts";
  };
  const [first, second] = await Promise.all([cache(place, "1;", learn), cache(place, "1;", learn)]);
  assert.deepEqual(first, second);
  assert.equal(names(`${place.state}/plugins`).length, 1);
});

Deno.test("where the facts cannot be found out, no folder stays", async () => {
  using place = new PluginPlace();
  await assert.rejects(cache(place, "1;", () => Promise.reject(new Error("broken"))), /broken/);
  assert.deepEqual(names(`${place.state}/plugins`), []);
});

Deno.test("a disk that is full while the folder is made leaves none behind", async () => {
  using place = new PluginPlace();
  let writes = 0;
  const host = hostWith({
    createNew(path, mode) {
      if (++writes === 3) throw new Error("No space left on device (os error 28)");
      return denoHost.createNew(path, mode);
    },
  });
  await assert.rejects(cache(place, "1;", undefined, host), /cannot be written: no space left on device/);
  assert.deepEqual(names(`${place.state}/plugins`), []);
});

Deno.test("a cache that others may write is not believed", async () => {
  using place = new PluginPlace();
  await cache(place);
  Deno.chmodSync(`${place.state}/plugins`, 0o777);
  await assert.rejects(cache(place), /is not trusted/);
});

Deno.test("what a killed create left is swept after ten minutes, and what another one is making is not", () => {
  using place = new PluginPlace();
  const left = `${place.state}/.new-1/source`;
  Deno.mkdirSync(left, { recursive: true });
  Deno.writeTextFileSync(`${left}/a.js`, "");
  Deno.mkdirSync(`${place.state}/kept`);
  sweepLeftOvers(denoHost, place.state);
  assert.deepEqual(names(place.state), [".new-1", "kept"]);
  sweepLeftOvers(hostWith({ now: () => Date.now() + 11 * 60 * 1000 }), place.state);
  assert.deepEqual(names(place.state), ["kept"]);
});
