/** Every file and folder that ARCHITECTURE.md names is there. */
import assert from "node:assert/strict";

const ROOT = new URL("../../../", import.meta.url);
const TEXT = Deno.readTextFileSync(new URL("ARCHITECTURE.md", ROOT));

/** Words of the text that look like a path of the sources, but for those with a NAME to fill in. */
function namedPaths(text: string): string[] {
  const words = Array.from(
    text.matchAll(/(?<![\w./-])((?:[\w.-]+\/)+(?:[\w-]+\.(?:ts|md|sh))?|[\w-]+\.(?:ts|md))(?![\w/])/g),
    ([word]) => word,
  );
  return [...new Set(words)].filter((word) => !/[A-Z]{4}\/|NAME/.test(word)).toSorted();
}

function isThere(path: string): boolean {
  return Deno.lstatSync(new URL(path, ROOT)) !== undefined;
}

/** Where a path may begin: the root, mod/, tests/ and, of the house's own list, a folder of one of these. */
function existsSomewhere(path: string): boolean {
  return ["", "mod/", "tests/"].some((base) => {
    try {
      return isThere(base + path);
    } catch {
      return false;
    }
  });
}

const PATHS = namedPaths(TEXT);

Deno.test("ARCHITECTURE.md names files of every room", () => {
  for (const room of ["plan", "dispatch", "sandbox", "edits", "engines", "config", "state", "wrapper"]) {
    assert.ok(PATHS.some((path) => path.startsWith(`${room}/`)), room);
  }
});

for (const path of PATHS) {
  Deno.test(`ARCHITECTURE.md names ${path}, which is there`, () => assert.ok(existsSomewhere(path)));
}
