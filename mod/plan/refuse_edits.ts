/** What the edits of all plugins ask of the host and of the runtime, looked at before anything is written. */
import type { Edit } from "../edits/kinds.ts";
import { failure } from "../errors.ts";
import { checkProgram } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { runtimeFeatures } from "../state/runtime_features.ts";

/** Edits, and whose they are. */
export interface OwnedEdits {
  plugin: string;
  edits: Edit[];
}

/** A program inside the container's root (startContainer) is not looked for on the host. */
export function checkHookPrograms(
  host: Host,
  owned: readonly OwnedEdits[],
): void {
  const checked = new Set<string>();
  for (const { plugin, edits } of owned) {
    for (const edit of edits) {
      if (edit.edit !== "hook" || edit.stage === "startContainer" || checked.has(edit.hook.path)) continue;
      checkProgram(host, edit.hook.path, `${edit.stage} hook of plugin ${plugin}: program`);
      checked.add(edit.hook.path);
    }
  }
}

/** A runtime that does not know of a field passes over it in silence. */
export async function refuseUnsupported(
  host: Host,
  runtime: string,
  owned: readonly OwnedEdits[],
): Promise<void> {
  const moving = owned.find(({ edits }) => edits.some(({ edit }) => edit === "netDevice"));
  if (!moving || (await runtimeFeatures(host, runtime)).linux?.netDevices?.enabled === true) return;
  throw failure("plugin-edit", {
    plugin: moving.plugin,
    field: "netDevice",
    why: "is not supported by this OCI runtime (linux.netDevices of its features)",
  });
}
