import assert from "node:assert/strict";
import { BuildFailure } from "../../../tools/build/failure.ts";
import { mergeImports } from "../../../tools/build/merge.ts";

/** Two chunks export the same name for different things; `late` is loaded when it is asked for. */
const MODULES = {
  "main.js": `import { value as first } from "./chunk-a.js";
import { value as second, count } from "./chunk-b.js";
import "./chunk-c.js";
export const told = [first, second, count];
export const later = () => import(String("./late.js"));
`,
  "chunk-a.js": `import { value as below } from "./chunk-b.js";
var value = "a over " + below;
export { value };
`,
  "chunk-b.js": `globalThis.evaluated = (globalThis.evaluated ?? 0) + 1;
var value = "b", count = 2;
export { value, count };
`,
  "chunk-c.js": `globalThis.effect = "seen";
`,
  "late.js": `import { value } from "./chunk-a.js";
import { own } from "./chunk-d.js";
import "./chunk-b.js";
export const late = value + own;
`,
  "chunk-d.js": `import { value } from "./chunk-b.js";
var own = " and " + value;
export { own };
`,
};

/** Bundles as the build does. */
async function build(entry: string, output: string): Promise<void> {
  const args = ["bundle", "--quiet", "--platform", "deno", "--output", output, entry];
  const ran = await new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "piped" }).output();
  assert.ok(ran.success, new TextDecoder().decode(ran.stderr));
}

function written(modules: Record<string, string>): string {
  const folder = Deno.makeTempDirSync({ prefix: "hooks-merge." });
  for (const [name, text] of Object.entries(modules)) Deno.writeTextFileSync(`${folder}/${name}`, text);
  return folder;
}

Deno.test("a module and what it imports become one file, which every module gets the same names from", async () => {
  const folder = written(MODULES);
  try {
    await mergeImports(folder, "main.js", "core.js", build);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["chunk-d.js", "core.js", "late.js"]);
    const main = await import(`file://${folder}/core.js`);
    assert.deepEqual(main.told, ["a over b", "b", 2]);
    assert.equal((globalThis as Record<string, unknown>).effect, "seen");
    assert.equal((await main.later()).late, "a over b and b");
    assert.equal((globalThis as Record<string, unknown>).evaluated, 1);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a module that is loaded late and is merged as well ends the build: nobody would find it", async () => {
  const folder = written({
    ...MODULES,
    "late.js": `export const again = () => import(String("./chunk-a.js"));`,
  });
  try {
    await assert.rejects(
      mergeImports(folder, "main.js", "core.js", build),
      (error: Error) => error instanceof BuildFailure && /late\.js .* chunk-a\.js/.test(error.message),
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("an import that the bundler has never written ends the build", async () => {
  const folder = written({
    ...MODULES,
    "late.js": `import * as all from "./chunk-a.js";\nexport { all };\n`,
  });
  try {
    await assert.rejects(
      mergeImports(folder, "main.js", "core.js", build),
      (error: Error) =>
        error instanceof BuildFailure && /cannot be merged: import \* as all from/.test(error.message),
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
