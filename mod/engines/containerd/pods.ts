/**
 * containerd's pods without crictl: `ctr`, which comes with containerd, shows the records of CRI's sandboxes, and in
 * each the runtime that the pod asked for.
 */
import { parseJson } from "../../text/json/json_text.ts";
import type { Host } from "../../host/host.ts";
import { field, textField } from "../records.ts";
import { type RecordedContainer, type RecordedContainers, unknownContainers } from "../setup/containers.ts";
import { ask } from "../setup/programs.ts";

const SANDBOX = "io.cri-containerd.sandbox.metadata";

/**
 * Gets the pods that asked for the runtime `name`.
 *
 * @param client ctr.
 * @param socket containerd's, an absolute path.
 */
export async function ctrPods(
  host: Host,
  client: string,
  socket: string,
  name: string,
): Promise<RecordedContainers> {
  const call = (...args: string[]) =>
    ask(host, client, ["--address", socket, "--namespace", "k8s.io", ...args]);
  const listed = await call("containers", "list", "--quiet", 'labels."io.cri-containerd.kind"==sandbox');
  if (!listed.ok) return unknownContainers(`ctr containers list says: ${listed.complaint}`);
  const containers: RecordedContainer[] = [];
  for (const id of listed.stdout.split("\n").filter((line) => line !== "")) {
    const { ok, stdout } = await call("containers", "info", id);
    // One that was removed meanwhile.
    if (!ok) continue;
    const record = parseJson(stdout, "what ctr containers info prints");
    const noted = notedOf(record);
    if (textField(noted, "RuntimeHandler") !== name) continue;
    const called = field(field(noted, "Config"), "metadata");
    const words = [textField(called, "namespace"), textField(called, "name")];
    containers.push({ id, name: words.filter((word) => word !== undefined).join("/") });
  }
  return { containers };
}

/** What CRI noted of the sandbox is JSON in a protobuf Any, which ctr prints in base64. */
function notedOf(record: unknown): unknown {
  const value = textField(field(field(record, "Extensions"), SANDBOX), "value");
  if (value === undefined) return undefined;
  const bytes = Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
  const metadata = parseJson(new TextDecoder().decode(bytes), "what CRI noted of a pod");
  return field(metadata, "Metadata");
}
