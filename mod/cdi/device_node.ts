/** Looking at a device of the host, for a node that is to be the same in a container. */
import { FieldError } from "../core/fields.ts";
import { type DeviceNode, isToBeLookedUp } from "../edits/device.ts";
import type { FileKind, FileStatus } from "../host/host.ts";

const TYPES: Partial<Record<FileKind, string>> = {
  "a character device": "c",
  "a block device": "b",
  "a named pipe": "p",
};

/** Where the device is looked at: a host, or what stands in for one. */
export interface DeviceHost {
  lstat(path: string): Pick<FileStatus, "kind" | "special"> | undefined;
}

/**
 * Fills in type and numbers from the device of the host, where they are not said.
 *
 * @throws {FieldError} where there is none, or one of another type
 */
export function completeDevice(host: DeviceHost, device: DeviceNode): DeviceNode {
  if (!isToBeLookedUp(device)) return device;
  const { path, hostPath = path } = device;
  const status = host.lstat(hostPath);
  if (!status) throw new FieldError("device", `is to be ${hostPath}, which is not there on the host`);
  const type = TYPES[status.kind];
  if (type === undefined) throw new FieldError("device", `is to be ${hostPath}, which is ${status.kind}`);
  const wanted = device.type === "u" ? "c" : device.type ?? type;
  if (wanted !== type) {
    throw new FieldError("device", `is to be of type ${wanted}, and ${hostPath} is ${status.kind}`);
  }
  return { ...status.special, ...device, type: device.type ?? type };
}
