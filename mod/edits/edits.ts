/**
 * What a plugin may do to a container: edits, as tagged plain data, in CDI's words.
 *
 * An edit is recognised by its `edit` tag alone, never by a class, so that one made in a worker, in another
 * version of the library, or written by hand is the same as one made by the functions of
 * `container-hooks/plugin`. `checkEdits` (check_edit.ts) looks at every field at run time: types are gone by then.
 */
import type { Hook, Mount, Stage } from "../core/oci.ts";

/** Adds a hook at the end of its stage. `env` is always explicit: without it runc hands on its own. */
export interface HookEdit {
  edit: "hook";
  stage: Stage;
  hook: Hook & { args: string[]; env: string[] };
}

/** Adds a mount at the end of the mounts. */
export interface MountEdit {
  edit: "mount";
  mount: Mount;
}

/** Sets a variable of the container's process, replacing one of that name. */
export interface EnvEdit {
  edit: "env";
  name: string;
  value: string;
}

/** Sets an annotation, replacing one of that key. */
export interface AnnotationEdit {
  edit: "annotation";
  key: string;
  value: string;
}

/** Has the runtime move a network device of the host into the container's network namespace, under another name. */
export interface NetDeviceEdit {
  edit: "netDevice";
  /** Its name on the host. */
  host: string;
  /** Its name in the container. */
  name: string;
}

/** One change to a container. Plain JSON: no bigint, which the journal could not hold. */
export type Edit = HookEdit | MountEdit | EnvEdit | AnnotationEdit | NetDeviceEdit;

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
