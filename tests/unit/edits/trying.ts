/** Tries edits out: what is refused of them, and what becomes of a config.json. */
import assert from "node:assert/strict";
import type { Edit } from "container-hooks/plugin";
import type { Spec } from "../../../mod/core/oci.ts";
import { checkEdits } from "../../../mod/edits/check_edits.ts";
import { kindOf } from "../../../mod/edits/kinds.ts";
import { mergeEdits, type OwnedEdits } from "../../../mod/edits/merge.ts";
import { takeAnswer } from "../../../mod/edits/take_answer.ts";
import { editJson, parseJsonObject } from "../../../mod/text/json/json_text.ts";

/** What is wrong with an edit, in words, the edit, and what the sentence says. */
export type Wrong = readonly [what: string, edit: unknown, says: RegExp];

/** The edits as a plan has them. */
export function checked(plugin: string, edits: unknown): Edit[] {
  return checkEdits(plugin, takeAnswer({ name: plugin }, { edits }).edits);
}

/** Makes a test of each wrong edit. */
export function testRefused(wrong: readonly Wrong[]): void {
  for (const [what, edit, says] of wrong) {
    Deno.test(`${what} is refused by its field`, () => {
      assert.throws(() => checked("p", [edit]), { code: "plugin-edit", message: says });
    });
  }
}

/** The text of a config.json, or of one with this text, after the edits of some plugins, all of them checked. */
export function mergedText(config: Spec | string, ...owned: OwnedEdits[]): string {
  const json = parseJsonObject(typeof config === "string" ? config : JSON.stringify(config), "config.json");
  const spec = json.value as Spec;
  const owners = owned.map(({ plugin, edits }) => ({ plugin, edits: checked(plugin, edits) }));
  return editJson(json, mergeEdits(spec, owners)).text;
}

/** The same, parsed. */
export function merged(spec: Spec, ...owned: OwnedEdits[]): Spec {
  return JSON.parse(mergedText(spec, ...owned));
}

/** The edits of two plugins, named one and two. */
export function ofTwo(first: Edit, second: Edit): OwnedEdits[] {
  return [{ plugin: "one", edits: [first] }, { plugin: "two", edits: [second] }];
}

/** Checks that the edits of two plugins are a conflict, and what it says. */
export function assertConflict(first: Edit, second: Edit, about: string): void {
  const message = new RegExp(`plugins one and two want different values for ${about};`);
  assert.throws(() => merged({}, ...ofTwo(first, second)), { code: "conflict", message });
}

/** What `explain` prints of an edit behind its tag, with and without secrets. */
export function described(edit: Edit): { all: string; withoutSecrets: string } {
  const kind = kindOf(edit.edit)!;
  return { all: kind.describe(edit), withoutSecrets: kind.describe(kind.withoutSecrets?.(edit) ?? edit) };
}
