import assert from "node:assert/strict";
import { checkWhen } from "../../../mod/core/when.ts";
import type { Failure } from "../../../mod/errors.ts";
import { withConfigTables } from "../../../tools/config_tables.ts";

const documented = Deno.readTextFileSync(new URL("../../../docs/configuration.md", import.meta.url));

Deno.test("docs/configuration.md has the keys as they are; `deno task docs` writes them", () => {
  assert.equal(withConfigTables(documented), documented);
});

Deno.test("a table that somebody changed by hand is written anew, and nothing else", () => {
  const changed = documented.replace("| `60` ", "| `61` ").replace("### [plugins.NAME.when]", "### [x]");
  assert.equal(withConfigTables(changed), documented.replace("### [plugins.NAME.when]", "### [x]"));
});

Deno.test("a section without a heading or a table of its own is named", () => {
  const heading = "### [container-hooks-ctk]";
  for (const text of [documented.replace(heading, ""), documented.replace(/(-ctk\]\n\n)(\|.*\n)*/, "$1")]) {
    assert.throws(() => withConfigTables(text), { message: `no table below ${heading}` });
  }
});

Deno.test("docs/configuration.md has every condition of when, and no other", () => {
  const section = documented.slice(documented.indexOf("### [plugins.NAME.when]")).split("\n### ")[0]!;
  const names = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  let refusal = "";
  try {
    checkWhen({ none: 1 }, "");
  } catch (error) {
    refusal = (error as Failure).message;
  }
  assert.match(refusal, new RegExp(`known are ${names.join(", ")};`));
});
