/** What the edits of all plugins ask of the host and of the runtime, looked at before anything is written. */
import type { FeatureNeed } from "../edits/kind.ts";
import { kindOf } from "../edits/kinds.ts";
import type { OwnedEdits } from "../edits/merge.ts";
import { failure } from "../errors.ts";
import { checkProgram } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { type Features, runtimeFeatures } from "../state/runtime_features.ts";

/**
 * Checks that every program of the host that an edit names is root's.
 *
 * @throws {Failure} where one is missing or not trusted
 */
export function checkPrograms(host: Host, owned: readonly OwnedEdits[]): void {
  const checked = new Set<string>();
  for (const { plugin, edits } of owned) {
    for (const edit of edits) {
      for (const { path, what } of kindOf(edit.edit)!.programs?.(edit) ?? []) {
        if (checked.has(path)) continue;
        checkProgram(host, path, `${what} of plugin ${plugin}: program`);
        checked.add(path);
      }
    }
  }
}

/**
 * Refuses a mount whose source is not there: the runtime would say so without saying whose mount it is.
 *
 * @throws {Failure} mount-source
 */
export function checkSources(host: Host, owned: readonly OwnedEdits[]): void {
  for (const { plugin, edits } of owned) {
    for (const edit of edits) {
      const path = kindOf(edit.edit)!.sources?.(edit).find((source) => isMissing(host, source));
      if (path !== undefined) throw failure("mount-source", { plugin, path });
    }
  }
}

/** What may not be looked at is the runtime's to judge: it may be another user by then. */
function isMissing(host: Host, path: string): boolean {
  try {
    return host.realPath(path) === undefined;
  } catch {
    return false;
  }
}

/**
 * Refuses edits that the runtime does not support. A runtime that does not know of a field passes over it in silence,
 * so it is asked first.
 *
 * @param runtime Absolute path.
 * @throws {Failure} plugin-edit, naming the kind of edit, the runtime and what it does not say
 */
export async function refuseUnsupported(
  host: Host,
  runtime: string,
  owned: readonly OwnedEdits[],
): Promise<void> {
  for (const { plugin, edits } of owned) {
    for (const edit of edits) {
      for (const need of kindOf(edit.edit)!.features?.(edit) ?? []) {
        const missing = missingOf(await runtimeFeatures(host, runtime), need);
        if (missing === undefined) continue;
        const why = `is not supported by the OCI runtime ${runtime}: ${missing}`;
        throw failure("plugin-edit", { plugin, field: edit.edit, why });
      }
    }
  }
}

/** What the runtime does not say of itself, as half a sentence; undefined where it supports what is needed. */
function missingOf(features: Features, { path, names }: FeatureNeed): string | undefined {
  const name = path.join(".");
  const told = path.reduce<unknown>(
    (part, key) => (part as Record<string, unknown> | null | undefined)?.[key],
    features,
  );
  if (names !== undefined) {
    return !Array.isArray(told) || told.includes(names)
      ? undefined
      : `its features do not have ${names} in ${name}`;
  }
  if (told === true || (typeof told === "object" && told !== null)) return undefined;
  if (told === false) return `its features have ${name} as false`;
  if (Object.keys(features).length === 0) return `it has no command "features" that would say ${name}`;
  return `its features say nothing of ${name}`;
}
