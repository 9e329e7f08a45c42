/** The tables of docs/writing-a-plugin.md against the types that they are about. */
import assert from "node:assert/strict";
import * as api from "container-hooks/plugin";
import * as testing from "container-hooks/testing";
import { EDIT_TAGS } from "../../../mod/edits/kinds.ts";

const API = await readText("../../../mod/api/plugin.ts");
const DOCS = await readText("../../../docs/writing-a-plugin.md");

async function readText(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, import.meta.url));
}

/** Names of an interface's own members: what stands two blanks from the margin. */
function membersOf(name: string): string[] {
  const [, body = ""] = API.match(new RegExp(`^export interface ${name} [^{]*{\n(.*?)^}`, "ms")) ?? [];
  return Array.from(body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm), ([, member]) => member!);
}

/** The words in the first column of the table under this heading. */
function rowsUnder(heading: string): string[] {
  const [, table = ""] = DOCS.match(new RegExp(`^\\| ${heading} +\\|.*\n\\|.*\n((?:\\|.*\n)+)`, "m")) ?? [];
  return Array.from(table.matchAll(/^\| `(\w+)/gm), ([, word]) => word!);
}

const TABLES = {
  Container: "field of `container`",
  PluginHost: "function of `host`",
  Plan: "returned",
};

for (const [name, heading] of Object.entries(TABLES)) {
  Deno.test(`the table "${heading}" names every member of ${name}`, () => {
    const members = membersOf(name);
    assert.notEqual(members.length, 0);
    assert.deepEqual(rowsUnder(heading), members);
  });
}

const FILES = [
  "plugin.ts",
  ...["ask", "call_handler", "container", "rehearse"].map((name) => `testing/${name}.ts`),
];

for (const file of FILES) {
  const text = await readText(`../../../mod/api/${file}`);
  // A doc comment and what stands below it.
  const documented = text.matchAll(
    /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\nexport (?:async )?(?:function|const) (\w+)/g,
  );
  const functions = new Map(Array.from(documented, ([, comment, name]) => [name!, comment!]));
  const exported = Array.from(
    text.matchAll(/^export (?:async )?(?:function|const) (\w+)/gm),
    ([, name]) => name!,
  );
  for (const name of exported.filter((name) => name in api || name in testing)) {
    Deno.test(`${name} of api/${file} has an example that asserts what comes of it`, () => {
      assert.match(functions.get(name) ?? "", /@example[^]*\bassert[.\w]*\(/);
    });
  }
}

/** The functions that make edits: all that the library exports beside these. */
const MAKERS = Object.keys(api).filter((name) =>
  !["definePlugin", "isLoaderVariable", "isPrivileged", "privilegesOf", "problem"].includes(name)
)
  .filter((name) => !/^[A-Z_]+$/.test(name));

Deno.test("the guide names every function that makes an edit", () => {
  const [, table = ""] = DOCS.match(/^\| edit +\|.*\n\|.*\n((?:\|.*\n)+)/m) ?? [];
  const named = Array.from(table.matchAll(/^\| `(\w+)/gm), ([, word]) => word!);
  assert.deepEqual(named.toSorted(), MAKERS.toSorted());
});

for (const tag of EDIT_TAGS) {
  Deno.test(`the library has a function that makes an edit of the kind ${tag}`, () => {
    assert.match(API, new RegExp(`return \\{ edit: "${tag}",`));
  });
}
