/**
 * What a plugin may do to a container: edits, as tagged plain data, in CDI's words; and the table of their kinds.
 *
 * An edit is recognised by its `edit` tag alone, never by a class, so that one made in a worker, in another
 * version of the library, or written by hand is the same as one made by the functions of
 * `container-hooks/plugin`. What is checked, merged, recorded and explained follows from the table.
 */
import { additionalGids, type AdditionalGidsEdit } from "./additional_gids.ts";
import { annotation, type AnnotationEdit } from "./annotation.ts";
import { args, type ArgsEdit } from "./args.ts";
import { capabilities, type CapabilitiesEdit } from "./capabilities.ts";
import { type CdiEdit, cdiKind } from "./cdi.ts";
import { device, type DeviceEdit } from "./device.ts";
import { env, type EnvEdit } from "./env.ts";
import { maskedPath, type MaskedPathEdit, readonlyPath, type ReadonlyPathEdit } from "./hidden_path.ts";
import { hook, type HookEdit } from "./hook.ts";
import type { EditKind } from "./kind.ts";
import { mount, type MountEdit } from "./mount.ts";
import { netDevice, type NetDeviceEdit } from "./net_device.ts";
import { resources, type ResourcesEdit } from "./resources.ts";
import { rlimit, type RlimitEdit } from "./rlimit.ts";
import { set, type SetEdit } from "./set.ts";
import { sysctl, type SysctlEdit } from "./sysctl.ts";
import { unsetEnv, type UnsetEnvEdit } from "./unset_env.ts";

/** One change to a container. */
export type Edit =
  | HookEdit
  | MountEdit
  | EnvEdit
  | UnsetEnvEdit
  | ArgsEdit
  | AnnotationEdit
  | DeviceEdit
  | CdiEdit
  | NetDeviceEdit
  | RlimitEdit
  | CapabilitiesEdit
  | AdditionalGidsEdit
  | SysctlEdit
  | ResourcesEdit
  | MaskedPathEdit
  | ReadonlyPathEdit
  | SetEdit;

/** The kind of each edit. */
type KindOf<E> = E extends Edit ? EditKind<E> : never;

const KINDS: readonly KindOf<Edit>[] = [
  hook,
  mount,
  env,
  unsetEnv,
  args,
  annotation,
  device,
  // What a CDI device takes is some of the others.
  cdiKind((tag) => BY_TAG.get(tag) as EditKind<never>),
  netDevice,
  rlimit,
  capabilities,
  additionalGids,
  sysctl,
  resources,
  maskedPath,
  readonlyPath,
  set,
];

const BY_TAG = new Map<string, EditKind<Edit>>(KINDS.map((kind) => [kind.tag, kind as EditKind<never>]));

/** The tags of all kinds, in the order of the table. */
export const EDIT_TAGS: readonly string[] = [...BY_TAG.keys()];

/** Gets the kind with a tag; undefined of a tag that this version does not know. */
export function kindOf(tag: unknown): EditKind<Edit> | undefined {
  return typeof tag === "string" ? BY_TAG.get(tag) : undefined;
}
