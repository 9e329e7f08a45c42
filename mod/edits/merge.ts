/**
 * Merging the edits of all plugins into edits of config.json's text, every one with its owner.
 *
 * Hooks and mounts are lists and add up, in the plugins' order. What edits claim, such as a variable or a mount's
 * destination, has one value: two that want different ones are a conflict, and it names both plugins (NRI's rule).
 */
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
 * @throws {Failure} conflict
 */
export function mergeEdits(spec: Spec, owned: readonly OwnedEdits[]): JsonEdit[] {
  const claimed = new Claimed();
  const merged: JsonEdit[] = [];
  for (const { plugin, edits } of owned) {
    for (const edit of edits) {
      const kind = kindOf(edit.edit)!;
      const claims = kind.claims(edit);
      // The same value from two plugins is one edit, owned by the first.
      const isNew = claims.map((claim) => claimed.add(plugin, claim)).includes(true);
      if (isNew || claims.length === 0) merged.push(kind.apply(edit, spec));
    }
  }
  return merged;
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
