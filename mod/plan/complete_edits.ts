/** What edits leave to the core to find out on the host: the numbers of a device, and what a CDI device takes. */
import { completeDevice } from "../cdi/device_node.ts";
import { at, FieldError } from "../core/fields.ts";
import type { Edit } from "../edits/kinds.ts";
import { Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { systemReason } from "../host/system_reason.ts";

/**
 * Completes the edits of a plugin's answer. A CDI device becomes what it takes, each part in one edit.
 *
 * @throws {Failure} plugin-edit, naming the edit and what is not there
 */
export async function completeEdits(host: Host, plugin: string, edits: readonly Edit[]): Promise<Edit[]> {
  const completed: Edit[] = [];
  for (const [index, edit] of edits.entries()) {
    try {
      completed.push(...await completeEdit(host, edit));
    } catch (error) {
      if (error instanceof Failure) throw error;
      const field = at("edits", index);
      if (error instanceof FieldError) {
        throw failure("plugin-edit", { plugin, field: `${field}.${error.field}`, why: error.why });
      }
      // What root is not refused: whoever is rootless may not look everywhere.
      const why = `cannot be looked up on the host: ${systemReason(error)}`;
      throw failure("plugin-edit", { plugin, field, why }, { cause: error });
    }
  }
  return completed;
}

async function completeEdit(host: Host, edit: Edit): Promise<Edit[]> {
  if (edit.edit === "device") return [{ ...edit, device: completeDevice(host, edit.device) }];
  if (edit.edit !== "cdi") return [edit];
  // Loaded for those that ask, as few do.
  const { readCdiSpecs, resolveCdi } = await import("../cdi/resolve.ts");
  return resolveCdi(host, await readCdiSpecs(host), edit.name);
}
