/** The edit `mount`: something of the host, or a file system, at a place in the container. */
import { arrayOf, at, FieldError, objectOf } from "../core/fields.ts";
import type { Mount } from "../core/oci.ts";
import type { Json } from "../core/plain_data.ts";
import type { JsonValue } from "../text/json/json_edit.ts";
import { absolutePath, ID, plainText, plainTexts, wholeNumber } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** Adds a mount at the end of the mounts. */
export interface MountEdit {
  edit: "mount";
  mount: Mount;
}

export const mount: EditKind<MountEdit> = {
  tag: "mount",
  check(edit, field) {
    objectOf(edit, field, ["edit", "mount"]);
    const known = ["destination", "source", "type", "options", "uidMappings", "gidMappings"];
    const { destination, source, type, options, ...mappings } = objectOf(edit.mount, `${field}.mount`, known);
    checkDestination(destination, `${field}.mount.destination`);
    if (source !== undefined) plainText(source, `${field}.mount.source`);
    if (type !== undefined) plainText(type, `${field}.mount.type`);
    if (options !== undefined) plainTexts(options, `${field}.mount.options`);
    for (const [key, value] of Object.entries(mappings)) checkMappings(value, `${field}.mount.${key}`);
  },
  claims({ mount }) {
    const destination = plainPath(mount.destination);
    return [{
      what: `the mount at ${destination}`,
      value: { ...mount as { [key: string]: Json }, destination },
    }];
  },
  apply: ({ mount }) => ({ op: "append", path: ["mounts"], items: [mount as JsonValue] }),
  // runc below 1.2 mounts it all the same, with the ids as they are.
  features: ({ mount: { uidMappings, gidMappings } }) =>
    uidMappings || gidMappings ? [{ path: ["linux", "mountExtensions", "idmap", "enabled"] }] : [],
  sources: ({ mount: { source, type, options = [] } }) => {
    const isBind = type === "bind" || options.includes("bind") || options.includes("rbind");
    return isBind && source?.startsWith("/") ? [source] : [];
  },
  describe({ mount: { source = "none", destination, options = [] } }) {
    return `${source} on ${destination} (${options.join(",")})`;
  },
};

/** Two plugins that want the same place must be seen to, and none must be written so that it looks like another. */
function checkDestination(value: unknown, field: string): void {
  const path = absolutePath(value, field);
  if (path.split("/").some((part) => part === "." || part === "..")) {
    throw new FieldError(field, "must not have . or .. in it");
  }
}

/** "/x" of "//x" and "/x/": to a runtime they are one place. */
function plainPath(path: string): string {
  return path.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "");
}

function checkMappings(value: unknown, field: string): void {
  const known = ["containerID", "hostID", "size"];
  for (const [index, item] of arrayOf(value, field).entries()) {
    const mapping = objectOf(item, at(field, index), known);
    for (const key of known) wholeNumber(mapping[key], at(at(field, index), key), ID);
  }
}
