/** docs/engines.md says how many before/after cases each engine has; they are counted here. */
import assert from "node:assert/strict";
import { CASES, REFUSED } from "./docker_cases.ts";

const TABLE = Deno.readTextFileSync(new URL("../../../../docs/engines.md", import.meta.url));

const COUNTS = {
  docker: { cases: CASES.length + REFUSED.length, refused: REFUSED.length },
  containerd: countFolders("containerd"),
  "CRI-O": countFolders("crio"),
  podman: countFolders("podman"),
};

for (const [engine, { cases, refused }] of Object.entries(COUNTS)) {
  Deno.test(`docs/engines.md has the number of ${engine}'s before/after cases, which is at least twenty`, () => {
    const row = new RegExp(`^\\| ${engine} +\\| (\\d+) +\\| (\\d+) +\\|`, "m").exec(TABLE);
    assert.deepEqual(row?.slice(1).map(Number), [cases, refused]);
    assert.ok(cases >= 20);
  });
}

function countFolders(engine: string): { cases: number; refused: number } {
  const folder = new URL(`./fixtures/${engine}/`, import.meta.url);
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  return { cases: names.length, refused: names.filter((name) => isRefused(folder, name)).length };
}

function isRefused(folder: URL, name: string): boolean {
  try {
    const text = Deno.readTextFileSync(new URL(`${encodeURIComponent(name)}/case.json`, folder));
    return JSON.parse(text).failure !== undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
