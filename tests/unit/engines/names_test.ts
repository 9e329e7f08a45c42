/** The one list of engines: every table and every page that names engines has all of them. */
import assert from "node:assert/strict";
import { ENGINE_NAMES, ENGINE_WORDS, ENGINES } from "../../../mod/core/engines.ts";
import { CONTROLS } from "../../../mod/engines/setup/controls.ts";

function page(name: string): string {
  return Deno.readTextFileSync(new URL(`../../../docs/${name}`, import.meta.url));
}

/** What titles call an engine. */
const TITLES: Partial<Record<string, string>> = { "cri-o": "CRI-O" };

for (const engine of ENGINES) {
  Deno.test(`docs/engines.md says how a container of ${engine}'s is recognised`, () => {
    const title = TITLES[engine] ?? engine;
    const section = page("engines.md").split(/^## /m).find((text) => new RegExp(`^${title}\\b`).test(text));
    assert.match(section ?? "", /^\| Recognised by/m);
  });
}

for (const name of ["writing-a-plugin.md", "configuration.md"]) {
  Deno.test(`docs/${name} lists what when.engine takes, no more and no less`, () => {
    const rows = page(name).split("\n").filter((line) => /^\| `engine` /.test(line));
    assert.notEqual(rows.length, 0);
    for (const row of rows) {
      const said = [...row.split("|")[2]!.matchAll(/`"?([a-z-]+)"?`/g)].map(([, word]) => word);
      assert.deepEqual(said, ENGINE_NAMES);
    }
  });
}

Deno.test("docs/engines.md lists what runtime --runtime takes", () => {
  const row = page("engines.md").split("\n").find((line) => line.startsWith("| `--runtime ENGINE`"))!;
  assert.deepEqual(row.split("|")[2]!.match(/[a-z]+/g)!.slice(0, ENGINE_WORDS.length + 1), [
    ...ENGINE_WORDS.slice(0, -1),
    "or",
    ENGINE_WORDS.at(-1),
  ]);
});

Deno.test("an engine is configured under its own word", () => {
  for (const word of ENGINE_WORDS) {
    assert.equal(CONTROLS[word].configuration.engine.replace("-", ""), word);
  }
});
