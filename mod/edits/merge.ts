/**
 * Merging the edits of all plugins into edits of config.json's text, every one with its owner.
 *
 * Hooks and mounts are lists and add up, in the plugins' order. Variables, annotations and mount destinations
 * have one value: two plugins that want different ones are a conflict, and it names both (NRI's rule).
 */
import { failure } from "../errors.ts";
import type { Edit } from "./edits.ts";
import type { JsonEdit, JsonValue } from "../text/json/json_text.ts";
import type { Spec } from "../core/oci.ts";

/** The edits of one plugin. */
export interface OwnedEdits {
  plugin: string;
  edits: readonly Edit[];
}

/**
 * @returns edits of the text of `spec`, in the order in which they are to be applied
 * @throws {Failure} conflict
 */
export function mergeEdits(spec: Spec, owned: readonly OwnedEdits[]): JsonEdit[] {
  const claims = new Map<string, { plugin: string; value: string }>();
  const merged: JsonEdit[] = [];
  for (const { plugin, edits } of owned) {
    for (const edit of edits) {
      const claim = claimOf(edit);
      if (claim) {
        const earlier = claims.get(claim.what);
        if (earlier && earlier.value !== claim.value) {
          throw failure("conflict", { what: claim.what, first: earlier.plugin, second: plugin });
        }
        // The same value from two plugins is one edit, owned by the first.
        if (earlier) continue;
        claims.set(claim.what, { plugin, value: claim.value });
      }
      merged.push(jsonEditOf(spec, edit));
    }
  }
  return merged;
}

/** What an edit wants to be alone with, and its value; null where it is one of a list. */
function claimOf(edit: Edit): { what: string; value: string } | null {
  switch (edit.edit) {
    case "hook":
      return null;
    case "mount":
      return { what: `the mount at ${edit.mount.destination}`, value: JSON.stringify(edit.mount) };
    case "env":
      return { what: `the variable ${edit.name}`, value: edit.value };
    case "annotation":
      return { what: `the annotation ${edit.key}`, value: edit.value };
    case "netDevice":
      return { what: `the network device ${edit.host}`, value: edit.name };
  }
}

function jsonEditOf(spec: Spec, edit: Edit): JsonEdit {
  switch (edit.edit) {
    case "hook":
      return { op: "append", path: ["hooks", edit.stage], items: [{ ...edit.hook }] };
    case "mount":
      return { op: "append", path: ["mounts"], items: [edit.mount as JsonValue] };
    case "annotation":
      return { op: "set", path: ["annotations", edit.key], value: edit.value };
    case "netDevice":
      return { op: "set", path: ["linux", "netDevices", edit.host], value: { name: edit.name } };
    case "env":
      return variableEdit(spec, `${edit.name}=`, edit.value);
  }
}

/** A runtime takes the last of two variables of one name, so that is the one to replace. */
function variableEdit(spec: Spec, prefix: string, value: string): JsonEdit {
  const index = spec.process?.env?.findLastIndex((entry) => entry.startsWith(prefix)) ?? -1;
  return index >= 0
    ? { op: "set", path: ["process", "env", index], value: prefix + value }
    : { op: "append", path: ["process", "env"], items: [prefix + value] };
}
