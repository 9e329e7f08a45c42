import assert from "node:assert/strict";
import { parseFolder } from "../../../mod/cli/kit/parse_folder.ts";

Deno.test("slashes that say nothing are left out", () => {
  assert.equal(parseFolder("//opt//hooks/"), "/opt/hooks");
  assert.equal(parseFolder("/"), "");
});

for (const folder of ["opt", "/a/../b", "/a/.", "/a\nb", "/a\tb", "/a\u001bb", "/a\u007fb", "/a\0b"]) {
  Deno.test(`${JSON.stringify(folder)} is no folder that a launcher could name`, () => {
    assert.throws(() => parseFolder(folder), { code: "usage", status: 2 });
  });
}
