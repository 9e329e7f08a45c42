/** Pods of an engine that speaks CRI, with the runtime that each asked for: by crictl. */
import { parseJsonObject } from "../../text/json/json_text.ts";
import type { Host } from "../../host/host.ts";
import { field, textField } from "../records.ts";
import { type RecordedContainers, unknownContainers } from "./containers.ts";
import { ask } from "./programs.ts";

/**
 * Gets the pods that asked for the runtime `name`, running or not.
 *
 * @param client crictl.
 * @param socket The engine's, an absolute path.
 */
export async function crictlPods(
  host: Host,
  client: string,
  socket: string,
  name: string,
): Promise<RecordedContainers> {
  const { ok, stdout, complaint } = await ask(host, client, [
    ...["--runtime-endpoint", `unix://${socket}`],
    ...["pods", "--output", "json"],
  ]);
  if (!ok) return unknownContainers(`crictl pods says: ${complaint}`);
  const items = parseJsonObject(stdout, "what crictl pods prints").value.items;
  const pods = Array.isArray(items) ? items.filter((pod) => textField(pod, "runtimeHandler") === name) : [];
  return {
    containers: pods.map((pod) => {
      const words = [
        textField(field(pod, "metadata"), "namespace"),
        textField(field(pod, "metadata"), "name"),
      ];
      return { id: textField(pod, "id") ?? "?", name: words.filter((word) => word !== undefined).join("/") };
    }),
  };
}
