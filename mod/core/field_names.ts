/**
 * How the OCI runtime specification spells its fields.
 *
 * The Go runtimes take a field of config.json in whatever case it is written ("Process" for "process"), and of
 * two the one that comes last; we and crun take it as it is spelt. Whoever writes a bundle must not show a gate
 * one thing and the runtime another, so such a text is refused. What counts is the place: `limit` is a field of
 * `linux.resources.pids` and none of `process`, where "Limit" is nobody's matter.
 *
 * @see https://pkg.go.dev/encoding/json#Unmarshal "preferring an exact match but also accepting a
 * case-insensitive match"
 */
import { failure } from "../errors.ts";
import type { Shape } from "./shapes.ts";
import { SPEC } from "./spec_shape.ts";

/**
 * Refuses a text in which a Go runtime finds another field than we do.
 *
 * Fields that the specification does not know in their place are passed over with all that is in them, as the
 * runtimes do, and so is what is another system's than Linux.
 *
 * @param what names the file in messages
 * @throws {Failure} config-spelling
 *
 * @example
 * ```ts
 * import { refuseMisspelt } from "./field_names.ts";
 * refuseMisspelt({ process: { user: { uid: 0 } }, "x-vendor": { Process: 1 } }, "config.json in /b");
 * ```
 */
export function refuseMisspelt(value: unknown, what: string, shape: Shape = SPEC): void {
  if (typeof value !== "object" || value === null || !shape.at) return;
  for (const [step, inner] of Object.entries(value)) {
    const known = shape.at(step);
    if (known) refuseMisspelt(inner, what, known);
    else refuseOther(step, shape, what);
  }
}

function refuseOther(field: string, { fields = [] }: Shape, what: string): void {
  const known = fields.find((one) => folded(one) === folded(field));
  if (known !== undefined) throw failure("config-spelling", { what, field, known });
}

/**
 * Folds a name as Go does: the letters of ASCII, and the two other letters that fold to one of those, ſ and the
 * kelvin sign.
 */
function folded(field: string): string {
  return field.toLowerCase().replaceAll("ſ", "s");
}
