/**
 * Writes what the documentation takes from the program: the tables of keys in docs/configuration.md, and the reference of
 * the public modules, docs/api.md.
 */
import { makePage } from "./api_docs.ts";
import { withConfigTables } from "./config_tables.ts";

const file = new URL("../docs/configuration.md", import.meta.url);
const before = Deno.readTextFileSync(file);
const after = withConfigTables(before);
if (after !== before) Deno.writeTextFileSync(file, after);
console.log(`docs/configuration.md ${after === before ? "is as the keys have it" : "has new tables"}`);

await Deno.writeTextFile(new URL("../docs/api.md", import.meta.url), await makePage());
console.log("docs/api.md is as the sources have it");
