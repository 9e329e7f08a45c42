/**
 * Looking at the edits that a plugin returned, field by field: types are gone by then.
 *
 * The rules are the OCI runtime specification's, and three of our own: every hook has an explicit environment
 * without loader variables (CVE-2025-23266), paths are absolute, and a mount's destination is written plainly.
 */
import { anyObject, arrayOf, at, FieldError } from "../core/fields.ts";
import { takeApart } from "../core/plain_data.ts";
import { failure } from "../errors.ts";
import { type Edit, EDIT_TAGS, kindOf } from "./kinds.ts";

/** Edits that one plugin may return for one container. */
const EDITS_LIMIT = 1000;
/** Characters that all of a plugin's edits may have. */
const SIZE_LIMIT = 1024 * 1024;

/**
 * The edits, checked: plain data of our own, which is what is used.
 *
 * @throws {Failure} plugin-edit, naming the field
 */
export function checkEdits(plugin: string, value: unknown): Edit[] {
  try {
    const edits = takeApart(value, "edits", SIZE_LIMIT) ?? [];
    const { length } = arrayOf(edits, "edits");
    if (length > EDITS_LIMIT) {
      throw new FieldError("edits", `has ${length} entries, and ${EDITS_LIMIT} is the limit`);
    }
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
