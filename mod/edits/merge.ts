/**
 * Merging the edits of all plugins into edits of config.json's text, every one with its owner.
 *
 * Hooks and mounts are lists and add up, in the plugins' order. What edits claim, such as a variable or a mount's
 * destination, has one value: two that want different ones are a conflict, and it names both plugins (NRI's rule).
 */
import { at, FieldError } from "../core/fields.ts";
import type { Json } from "../core/plain_data.ts";
import type { Spec } from "../core/oci.ts";
import { failure } from "../errors.ts";
import type { JsonEdit } from "../text/json/json_edit.ts";
import type { Claim } from "./kind.ts";
import { type Edit, kindOf } from "./kinds.ts";

/** The edits of one plugin, with its name. */
export interface OwnedEdits {
  plugin: string;
  edits: readonly Edit[];
}

/**
 * Merges the edits of all plugins into changes of config.json.
 *
 * @returns edits of the text of `spec`, in the order in which they are to be applied
 * @throws {Failure} conflict; plugin-edit where an edit does not fit this config.json
 */
export function mergeEdits(spec: Spec, owned: readonly OwnedEdits[]): JsonEdit[] {
  const claimed = new Claimed();
  // All claims first: whoever reads of a conflict is not to mend something else before.
  const wanted = owned.flatMap(({ plugin, edits }) =>
    edits.map((edit, index) => ({ plugin, edit, index })).filter(({ edit }) => {
      const claims = kindOf(edit.edit)!.claims(edit);
      // The same value from two plugins is one edit, owned by the first.
      return claims.map((claim) => claimed.add(plugin, claim)).includes(true) || claims.length === 0;
    })
  );
  return withRemovalsLast(wanted.flatMap(({ plugin, edit, index }) => applied(plugin, index, edit, spec)));
}

function applied(plugin: string, index: number, edit: Edit, spec: Spec): readonly JsonEdit[] {
  try {
    return [kindOf(edit.edit)!.apply(edit, spec)].flat();
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw failure("plugin-edit", { plugin, field: `${at("edits", index)}.${error.field}`, why: error.why });
  }
}

/** Indices are those of config.json as it was: nothing before an element may go before the element has been edited. */
function withRemovalsLast(edits: readonly JsonEdit[]): JsonEdit[] {
  const removes = (edit: JsonEdit) => edit.op === "remove" && typeof edit.path.at(-1) === "number";
  const last = ({ path }: JsonEdit) => path.at(-1) as number;
  return [
    ...edits.filter((edit) => !removes(edit)),
    ...edits.filter(removes).sort((one, other) => last(other) - last(one)),
  ];
}

/** What is claimed, and by whom. */
class Claimed {
  readonly #values = new Map<string, { plugin: string; value: Json }>();

  /**
   * Adds a claim of one plugin.
   *
   * @returns whether nobody has claimed it before @throws {Failure} conflict
   */
  add(plugin: string, { what, value }: Claim): boolean {
    const earlier = this.#values.get(what);
    if (!earlier) this.#values.set(what, { plugin, value });
    else if (!isSame(earlier.value, value)) {
      throw failure("conflict", { what, first: earlier.plugin, second: plugin });
    }
    return !earlier;
  }
}

/** Whether config.json would say the same: in any order of fields, with whole numbers of either type. */
function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (isNumber(one) && isNumber(other)) return one == other;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return one === other;
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys({ ...one, ...other });
  return keys.every((key) => isSame(memberOf(one, key), memberOf(other, key)));
}

function isNumber(value: Json | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function memberOf(value: Json[] | { [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? (value as { [key: string]: Json })[key] : undefined;
}
