/**
 * The edits `maskedPath` and `readonlyPath`: what the container's processes cannot see, and what they can see and not
 * change.
 */
import { FieldError, objectOf } from "../core/fields.ts";
import type { Spec } from "../core/oci.ts";
import { absolutePath } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** Hides a path of the container: a file is empty then, and so is a folder. */
export interface MaskedPathEdit {
  edit: "maskedPath";
  path: string;
}

/** Makes a path of the container read-only. */
export interface ReadonlyPathEdit {
  edit: "readonlyPath";
  path: string;
}

export const maskedPath: EditKind<MaskedPathEdit> = kind("maskedPath", "maskedPaths");
export const readonlyPath: EditKind<ReadonlyPathEdit> = kind("readonlyPath", "readonlyPaths");

function kind<T extends string>(
  tag: T,
  list: "maskedPaths" | "readonlyPaths",
): EditKind<{ edit: T; path: string }> {
  return {
    tag,
    check(edit, field) {
      objectOf(edit, field, ["edit", "path"]);
      const path = absolutePath(edit.path, `${field}.path`);
      if (path.split("/").some((part) => part === "." || part === "..") || /^\/+$/.test(path)) {
        throw new FieldError(`${field}.path`, "must be a path below /, without . or .. in it");
      }
    },
    claims: ({ path }) => [{ what: `${list} ${path}`, value: true }],
    apply: ({ path }, { linux }: Spec) =>
      linux?.[list]?.includes(path) ? [] : { op: "append", path: ["linux", list], items: [path] },
    describe: ({ path }) => path,
  };
}
