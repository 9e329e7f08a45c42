import assert from "node:assert/strict";
import { sharedTypeNames } from "../../../tools/type_names.ts";

Deno.test("a type that two files export is named with both", () => {
  const found = sharedTypeNames({
    "mod/a.ts": "/** One. */\nexport interface Start {}\nexport type Other = string;\n",
    "mod/b/c.ts": "export abstract class Start {}\n",
    "plugins/x/d.ts": "interface Other {}\n",
  });
  assert.deepEqual(found, [{ name: "Start", files: ["mod/a.ts", "mod/b/c.ts"] }]);
});

Deno.test("a type that is handed on, overloaded or a test's is none of a second one", () => {
  const found = sharedTypeNames({
    "mod/a.ts": "export interface Start {}\nexport interface Start { more: string }\n",
    "mod/b.ts": 'export type { Start } from "./a.ts";\nexport { type Start as S } from "./a.ts";\n',
    "mod/a_test.ts": "export type Start = string;\n",
  });
  assert.deepEqual(found, []);
});
