import assert from "node:assert/strict";

const PROJECT = new URL("../../../", import.meta.url);

/** Every module that one of the sources' files reads, types included. */
async function modulesOf(file: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL(file, PROJECT).pathname],
    stderr: "null",
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: { specifier: string }[] };
  return modules.map(({ specifier }) => specifier);
}

Deno.test("an editor could not check a plugin, since mod/api/plugin.ts read a library that its author has not", async () => {
  const modules = await modulesOf("mod/api/plugin.ts");
  assert.ok(modules.length > 1);
  assert.deepEqual(modules.filter((specifier) => !specifier.startsWith(PROJECT.href)), []);
});
