/** The edit `device`: a device node of the container, and its cgroup's leave to use it. */
import { anyObject, FieldError, objectOf } from "../core/fields.ts";
import type { Spec } from "../core/oci.ts";
import type { JsonEdit, JsonValue } from "../text/json/json_edit.ts";
import { absolutePath, ID, plainText, wholeNumber } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** A device node, in the words of CDI's deviceNodes. */
export interface DeviceNode {
  /** Absolute path in the container. */
  path: string;
  /** Absolute path on the host, of the device that it is to be. Default: the same as `path`. */
  hostPath?: string;
  /**
   * "c", "b", "u" (a character device without a buffer) or "p" (a named pipe). Default: what the device of the host is;
   * it is looked at where type, or major and minor, are not given.
   */
  type?: string;
  major?: number | bigint;
  minor?: number | bigint;
  /** Permission bits: 0o660. Default: the runtime's. */
  fileMode?: number;
  /** Owner in the container. Default: whom the container's process runs as. */
  uid?: number;
  gid?: number;
  /** What the process may do with it: "r" read, "w" write, "m" make its node. Default: "rwm". */
  permissions?: string;
}

/** Makes a device node in the container, in place of one at that path, and lets its processes use it. */
export interface DeviceEdit {
  edit: "device";
  device: DeviceNode;
}

const KNOWN = ["path", "hostPath", "type", "major", "minor", "fileMode", "uid", "gid", "permissions"];
const NUMBER = { smallest: 0, largest: 0xffffffff, what: "a device's number" };
const MODE = { smallest: 0, largest: 0o777, what: "permission bits from 0 to 0o777" };

export const device: EditKind<DeviceEdit> = {
  tag: "device",
  check(edit, field) {
    objectOf(edit, field, ["edit", "device"]);
    const place = `${field}.device`;
    const { path, hostPath, type, permissions, ...numbers } = objectOf(edit.device, place, KNOWN);
    checkPath(path, `${place}.path`);
    if (hostPath !== undefined) checkPath(hostPath, `${place}.hostPath`);
    if (type !== undefined && !/^[cbup]$/.test(plainText(type, `${place}.type`))) {
      throw new FieldError(`${place}.type`, "must be c, b, u or p");
    }
    if (permissions !== undefined) checkPermissions(permissions, `${place}.permissions`);
    const ranges = { major: NUMBER, minor: NUMBER, fileMode: MODE, uid: ID, gid: ID };
    for (const [key, range] of Object.entries(ranges)) {
      if (numbers[key] !== undefined) wholeNumber(numbers[key], `${place}.${key}`, range);
    }
  },
  claims: ({ device: { hostPath: _, ...device } }) => [
    { what: `the device ${device.path}`, value: { ...device } },
  ],
  apply({ device }, spec) {
    if (device.type === undefined) throw new FieldError("device", "has not been looked up on the host");
    return [nodeEdit(device, spec), ...ruleEdit(device)];
  },
  describe({ device: { path, hostPath = path, type = "", major, minor, permissions = ALL } }) {
    const from = hostPath === path ? "" : ` of ${hostPath}`;
    return `${path}${from} ${type === "p" ? "p" : `${type} ${major}:${minor} ${permissions}`}`;
  },
};

const ALL = "rwm";

function checkPath(value: unknown, field: string): void {
  if (absolutePath(value, field).split("/").some((part) => part === "." || part === "..")) {
    throw new FieldError(field, "must not have . or .. in it");
  }
}

function checkPermissions(value: unknown, field: string): void {
  const permissions = plainText(value, field);
  if (!/^[rwm]{1,3}$/.test(permissions) || new Set(permissions).size !== permissions.length) {
    throw new FieldError(field, "must be of r, w and m, each once");
  }
}

function nodeEdit({ path, type, major, minor, fileMode, uid, gid }: DeviceNode, spec: Spec): JsonEdit {
  const user = spec.process?.user;
  const owner = { uid: uid ?? (user?.uid || undefined), gid: gid ?? (user?.gid || undefined) };
  const value: JsonValue = { path, type: type!, major, minor, fileMode, ...owner };
  const index = spec.linux?.devices?.findLastIndex((device) => device.path === path) ?? -1;
  return index < 0
    ? { op: "append", path: ["linux", "devices"], items: [value] }
    : { op: "set", path: ["linux", "devices", index], value };
}

/** Without it the node is there and cannot be opened. It stands behind the engine's rule that forbids all. */
function ruleEdit({ type, major, minor, permissions = ALL }: DeviceNode): JsonEdit[] {
  if (type === "p") return [];
  const rule = { allow: true, type: type === "b" ? "b" : "c", major, minor, access: permissions };
  return [{ op: "append", path: ["linux", "resources", "devices"], items: [rule] }];
}

/** Tells whether an object is a device node whose numbers are not said. */
export function isToBeLookedUp(device: DeviceNode): boolean {
  const { type, major, minor } = anyObject(device, "device");
  return type === undefined || (type !== "p" && (major === undefined || minor === undefined));
}
