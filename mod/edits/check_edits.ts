/**
 * Looking at the edits that a plugin returned, field by field: types are gone by then, and they are plain data of our
 * own (take_answer.ts), which is what is used.
 *
 * The rules are the OCI runtime specification's, and three of our own: every hook has an explicit environment
 * without loader variables (CVE-2025-23266), paths are absolute, and a mount's destination is written plainly.
 */
import { anyObject, arrayOf, at, FieldError } from "../core/fields.ts";
import type { Json } from "../core/plain_data.ts";
import { failure } from "../errors.ts";
import { type Edit, EDIT_TAGS, kindOf } from "./kinds.ts";

/**
 * Checks the edits of a plugin's answer.
 *
 * @param edits What takeAnswer made of the plugin's.
 * @throws {Failure} plugin-edit, naming the field
 */
export function checkEdits(plugin: string, edits: Json | undefined): Edit[] {
  if (edits === undefined || edits === null) return [];
  try {
    return arrayOf(edits, "edits").map((edit, index) => checkEdit(edit, at("edits", index)));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw failure("plugin-edit", { plugin, field: error.field, why: error.why });
  }
}

function checkEdit(value: unknown, field: string): Edit {
  const edit = anyObject(value, field);
  const kind = kindOf(edit.edit);
  if (!kind) throw new FieldError(`${field}.edit`, `must be one of ${EDIT_TAGS.join(", ")}`);
  kind.check(edit, field);
  return edit as unknown as Edit;
}
