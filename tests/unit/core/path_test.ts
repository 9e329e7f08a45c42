import assert from "node:assert/strict";
import { folderOf, nameOf, pathIn } from "../../../mod/core/path.ts";

const CASES = [
  ["/etc/container-hooks/config.toml", "/etc/container-hooks", "config.toml"],
  ["/config.toml", "/", "config.toml"],
] as const;

for (const [path, folder, name] of CASES) {
  Deno.test(`${path} is ${name} in ${folder}`, () => {
    assert.deepEqual([folderOf(path), nameOf(path), pathIn(folder, name)], [folder, name, path]);
  });
}
