import assert from "node:assert/strict";
import { sha256 } from "../../../mod/core/sha256.ts";
import { editedBundles, restoreBundle } from "../../../mod/install/bundles.ts";
import { keepOriginal } from "../../../mod/state/originals.ts";
import { MemoryHost } from "../memory_host.ts";

const PATH = "/bundle/config.json";
const ORIGINAL = '{"hooks":{}}', WRITTEN = '{"hooks":{"poststop":[]}}';

/** A host on which a bundle was edited before the machine was started anew: no journal tells of it. */
async function restarted(): Promise<MemoryHost> {
  const host = new MemoryHost();
  host.file(PATH, WRITTEN, { mode: 0o640, uid: 1000 });
  const at = ORIGINAL.indexOf("}");
  await keepOriginal(host, {
    format: 1,
    token: host.randomToken(),
    created: host.now(),
    program: "1.0.0",
    outcome: "edited",
    container: { id: "web", names: [], engine: "none", bundle: "/bundle", operation: "run", runtime: "runc" },
    plugins: [],
    config: {
      path: PATH,
      before: await sha256(ORIGINAL),
      after: await sha256(WRITTEN),
      temporary: "",
      inverse: [{ offset: at, length: WRITTEN.length - ORIGINAL.length, insert: "" }],
    },
  });
  return host;
}

Deno.test("a bundle's original was known only until the next start of the machine", async () => {
  const host = await restarted();
  const [bundle, ...others] = await editedBundles(host);
  assert.deepEqual([bundle?.path, bundle?.original, others], [PATH, ORIGINAL, []]);
  restoreBundle(host, bundle!);
  assert.equal(host.text(PATH), ORIGINAL);
  assert.deepEqual([host.lstat(PATH)!.uid, host.lstat(PATH)!.mode], [1000, 0o640]);
});

Deno.test("a bundle that its owner has changed since is left as it is", async () => {
  const host = await restarted();
  host.file(PATH, `${WRITTEN}\n`, { uid: 1000 });
  assert.deepEqual(await editedBundles(host), []);
});
