import assert from "node:assert/strict";
import { isLoaderVariable } from "../../../mod/core/loader_variables.ts";

const LOADERS = ["LD_PRELOAD", "LD_AUDIT", "LD_", "LD_\nX", "GCONV_PATH", "GLIBC_TUNABLES"];
const OTHERS = ["PATH", "ld_preload", "XLD_PRELOAD", "OLD_LD_PRELOAD", "LD", "GCONV_PATHS", "\nLD_PRELOAD"];

for (const [names, is] of [[LOADERS, true], [OTHERS, false]] as const) {
  for (const name of names) {
    Deno.test(`${JSON.stringify(name)} is ${is ? "a" : "no"} variable of the program loader`, () => {
      assert.equal(isLoaderVariable(name), is);
    });
  }
}

Deno.test("the rule about variables of the loader stood in three places, each with a pattern of its own", async () => {
  const patterns: string[] = [];
  for (const folder of ["mod", "plugins"]) await collect(new URL(`../../../${folder}/`, import.meta.url));
  assert.deepEqual(patterns, ["mod/core/loader_variables.ts"]);

  async function collect(folder: URL): Promise<void> {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await collect(new URL(`${name}/`, folder));
      else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) await look(new URL(name, folder));
    }
  }

  /** A pattern begins with a stroke, so prose and names of variables are none. */
  async function look(file: URL): Promise<void> {
    const text = await Deno.readTextFile(file);
    if (/\/\^?\(?LD_|\bstartsWith\("LD_/.test(text)) {
      patterns.push(/(mod|plugins)\/.*$/.exec(file.pathname)![0]);
    }
  }
});
