/** What a plugin stores on the disk, and what it caches there. */
import assert from "node:assert/strict";
import type { Json } from "../../../mod/core/plain_data.ts";
import { cache, cachedBy } from "../../../mod/state/cached.ts";
import { namesStoredBy, store, storedBy } from "../../../mod/state/stored.ts";
import { MemoryHost } from "../memory_host.ts";

const STORE = "/var/lib/container-hooks/store/p";
const CACHE = "/var/lib/container-hooks/cache/p";
const MIB = "x".repeat(1_000_000);

Deno.test("what is stored is there by name, bigints too, until it is removed, and is no other plugin's", () => {
  const host = new MemoryHost();
  assert.equal(storedBy(host, "p", "one"), undefined);
  assert.deepEqual(namesStoredBy(host, "p"), []);
  store(host, "p", "one", { since: 2n ** 63n, list: [1] });
  store(host, "p", "sha256:ab@x", "new");
  assert.deepEqual(storedBy(host, "p", "one"), { since: 2n ** 63n, list: [1] });
  assert.deepEqual(namesStoredBy(host, "p"), ["one", "sha256:ab@x"]);
  assert.equal(storedBy(host, "q", "one"), undefined);
  store(host, "p", "one", undefined);
  store(host, "p", "one", undefined);
  assert.deepEqual(namesStoredBy(host, "p"), ["sha256:ab@x"]);
  assert.equal(host.lstat(`${STORE}/sha256:ab@x.json`)?.mode, 0o600);
});

for (const name of ["", ".", "..", "../../x", "a/b", ".hidden", "a\0b", "ä", "x".repeat(101), 7, undefined]) {
  Deno.test(`${JSON.stringify(name)} is no name for a value: it might be a path`, () => {
    const host = new MemoryHost();
    const wrong = [store, storedBy, cache, cachedBy] as ((...words: unknown[]) => unknown)[];
    for (const call of wrong) assert.throws(() => call(host, "p", name, 1), /is no name for a value/);
    assert.equal(host.lstat("/var/lib/container-hooks"), undefined);
  });
}

Deno.test("a plugin that stores value after value is refused at its limit, and told what to do", () => {
  const host = new MemoryHost();
  for (let index = 0; index < 67; index++) store(host, "p", `v${index}`, MIB);
  assert.throws(() => store(host, "p", "more", MIB), /it stores more than 64 MiB; remove what is not needed/);
  store(host, "p", "v0", MIB);
  store(host, "p", "v0", undefined);
  store(host, "p", "more", MIB);
});

Deno.test("what was being stored when a kill came is not there, and its file goes with a later one", () => {
  const host = new MemoryHost();
  store(host, "p", "one", 1);
  const left = `${STORE}/one.${"0".repeat(32)}`;
  host.file(left, "{");
  assert.equal(storedBy(host, "p", "one"), 1);
  assert.deepEqual(namesStoredBy(host, "p"), ["one"]);
  store(host, "p", "one", 2);
  assert.ok(host.lstat(left), "it may be another's that is at work");
  host.time += 3_600_000;
  store(host, "p", "one", 3);
  assert.equal(host.lstat(left), undefined);
  assert.equal(storedBy(host, "p", "one"), 3);
});

Deno.test("a stored file that is damaged or not root's is an error, since what it says is missing", () => {
  const host = new MemoryHost();
  store(host, "p", "one", 1);
  host.file(`${STORE}/one.json`, "{");
  assert.throws(() => storedBy(host, "p", "one"), { code: "kept-damaged", message: /store\/p\/one\.json/ });
  host.file(`${STORE}/two.json`, "2", { uid: 1000 });
  assert.throws(() => storedBy(host, "p", "two"), { code: "untrusted" });
});

Deno.test("a cached file that is damaged or not root's is not there", () => {
  const host = new MemoryHost();
  cache(host, "p", "one", [1n]);
  assert.deepEqual(cachedBy(host, "p", "one"), [1n]);
  host.file(`${CACHE}/two.json`, "{");
  host.file(`${CACHE}/three.json`, "3", { uid: 1000 });
  host.file(`${CACHE}/four.json`, "4", { mode: 0o646 });
  for (const name of ["two", "three", "four", "none"]) assert.equal(cachedBy(host, "p", name), undefined);
  cache(host, "p", "one", undefined);
  assert.equal(cachedBy(host, "p", "one"), undefined);
});

Deno.test("a full cache loses what is oldest, and takes the new", () => {
  const host = new MemoryHost();
  for (let index = 0; index < 17; index++) {
    cache(host, "p", `v${index}`, MIB);
    host.time += 1000;
  }
  assert.equal(cachedBy(host, "p", "v0"), undefined);
  assert.equal(cachedBy(host, "p", "v16"), MIB);
  assert.equal(cachedBy(host, "p", "v15"), MIB);
});

Deno.test("where the disk takes nothing, nothing is cached and nobody fails; what is stored says so", () => {
  const full = Object.assign(new MemoryHost(), {
    makeFolder() {
      throw new Error("no space left on device");
    },
  });
  cache(full, "p", "one", 1);
  assert.equal(cachedBy(full, "p", "one"), undefined);
  assert.throws(() => store(full, "p", "one", 1), { code: "file-unwritable", message: /no space left/ });
});

Deno.test("what is no data is refused in the words of the call", () => {
  const host = new MemoryHost();
  const date = new Date(0) as unknown as Json;
  assert.throws(() => store(host, "p", "one", date), /one must be .*store plain data, and less of it/);
  assert.throws(() => cache(host, "p", "one", "x".repeat(2_000_000)), /cache plain data, and less of it/);
});

Deno.test("whatever the disk refuses while something is stored, the old value or the new one is there, whole", () => {
  for (let failing = 0;; failing++) {
    const host = new MemoryHost();
    store(host, "p", "one", "old");
    let calls = 0;
    host.fault = () => {
      if (calls++ === failing) throw new Error("no space left on device");
    };
    let stored = true;
    try {
      store(host, "p", "one", "new");
    } catch {
      stored = false;
    }
    host.fault = () => {};
    assert.equal(storedBy(host, "p", "one"), stored ? "new" : "old", `call ${failing}`);
    assert.deepEqual(namesStoredBy(host, "p"), ["one"]);
    if (calls <= failing) return assert.ok(failing > 3, "every call was refused once");
  }
});
