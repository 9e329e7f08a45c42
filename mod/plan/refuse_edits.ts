/** What the edits of all plugins ask of the host and of the runtime, looked at before anything is written. */
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
      const program = kindOf(edit.edit)!.program?.(edit);
      if (!program || checked.has(program.path)) continue;
      checkProgram(host, program.path, `${program.what} of plugin ${plugin}: program`);
      checked.add(program.path);
    }
  }
}

/**
 * Refuses edits that the runtime does not support. A runtime that does not know of a field passes over it in silence,
 * so it is asked first.
 *
 * @throws {Failure} plugin-edit, naming the kind of edit
 */
export async function refuseUnsupported(
  host: Host,
  runtime: string,
  owned: readonly OwnedEdits[],
): Promise<void> {
  for (const { plugin, edits } of owned) {
    for (const { edit } of edits) {
      const { feature } = kindOf(edit)!;
      if (!feature || isTrue(await runtimeFeatures(host, runtime), feature)) continue;
      const why = `is not supported by this OCI runtime (${feature.join(".")} of its features)`;
      throw failure("plugin-edit", { plugin, field: edit, why });
    }
  }
}

function isTrue(features: Features, path: readonly string[]): boolean {
  let part: unknown = features;
  for (const key of path) part = (part as Record<string, unknown> | undefined)?.[key];
  return part === true;
}
