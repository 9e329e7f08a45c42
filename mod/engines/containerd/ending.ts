/**
 * How a container of Kubernetes' ended: the CRI plugin of containerd keeps a file with its status until kubelet removes
 * the container. Of others containerd keeps nothing.
 */
import type { Host } from "../../host/host.ts";
import type { TaskPath } from "../bundle_path.ts";
import type { EngineEnding } from "../ending.ts";
import { isEngineId } from "../identity.ts";
import { containerdRoot } from "../image_content.ts";
import { field, readRecord, textField } from "../records.ts";

const DEFAULT_ROOT = "/var/lib/containerd";
const NANOSECONDS = 1_000_000;

/** Reads it; undefined where there is none. @param root Of containerd, where that is known. */
export function criEnding(
  host: Host,
  bundle: TaskPath,
  id: string,
  root = containerdRoot(host, bundle, id) ?? DEFAULT_ROOT,
): EngineEnding | undefined {
  if (bundle.namespace !== "k8s.io" || !isEngineId(id)) return undefined;
  const path = `${root}/io.containerd.grpc.v1.cri/containers/${id}/status`;
  const record = readRecord(host, path, "containerd's record of the container", []);
  if (record === undefined) return undefined;
  const time = (name: string) => {
    const value = field(record, name);
    return typeof value === "number" && value > 0 ? Math.floor(value / NANOSECONDS) : undefined;
  };
  const [started, ended] = [time("StartedAt"), time("FinishedAt")];
  const said = [textField(record, "Reason"), textField(record, "Message")].filter((text) =>
    text !== undefined
  );
  const error = said.length > 0 ? { error: said.join(": ") } : {};
  const exitCode = field(record, "ExitCode");
  const code = typeof exitCode === "number" ? { exitCode } : {};
  if (ended !== undefined) {
    // CRI's word for a start that the runtime has refused.
    const failed = started === undefined || textField(record, "Reason") === "StartError";
    return failed
      ? { state: "failed", ...code, ...error }
      : { state: "stopped", started, ended, ...code, ...error };
  }
  return started === undefined ? { state: "created" } : { state: "running", started };
}
