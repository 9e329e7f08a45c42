/**
 * What a plugin may do to a container: edits, as tagged plain data, in CDI's words; and the table of their kinds.
 *
 * An edit is recognised by its `edit` tag alone, never by a class, so that one made in a worker, in another
 * version of the library, or written by hand is the same as one made by the functions of
 * `container-hooks/plugin`. What is checked, merged, recorded and explained follows from the table.
 */
import { additionalGids } from "./additional_gids.ts";
import { annotation } from "./annotation.ts";
import { args } from "./args.ts";
import { capabilities } from "./capabilities.ts";
import { type CdiEdit, cdiKind } from "./cdi.ts";
import { device } from "./device.ts";
import { env } from "./env.ts";
import { maskedPath, readonlyPath } from "./hidden_path.ts";
import { hook } from "./hook.ts";
import type { EditKind } from "./kind.ts";
import { mount } from "./mount.ts";
import { netDevice } from "./net_device.ts";
import { resources } from "./resources.ts";
import { rlimit } from "./rlimit.ts";
import { set } from "./set.ts";
import { sysctl } from "./sysctl.ts";
import { unsetEnv } from "./unset_env.ts";

/** Every kind of edit that is about one thing. */
const SIMPLE = [
  hook,
  mount,
  env,
  unsetEnv,
  args,
  annotation,
  device,
  netDevice,
  rlimit,
  capabilities,
  additionalGids,
  sysctl,
  resources,
  maskedPath,
  readonlyPath,
  set,
] as const;

/** What a CDI device takes is some of the others. */
const cdi: EditKind<CdiEdit> = cdiKind((tag) => BY_TAG.get(tag) as EditKind<never>);

type EditOf<K> = K extends EditKind<infer E> ? E : never;

/** One change to a container. */
export type Edit = EditOf<(typeof SIMPLE)[number]> | CdiEdit;

const BY_TAG = new Map<string, EditKind<Edit>>(
  [...SIMPLE, cdi].map((kind) => [kind.tag, kind as EditKind<never>]),
);

/** The tags of all kinds, in the order of the table. */
export const EDIT_TAGS: readonly string[] = [...BY_TAG.keys()];

/** Gets the kind with a tag; undefined of a tag that this version does not know. */
export function kindOf(tag: unknown): EditKind<Edit> | undefined {
  return typeof tag === "string" ? BY_TAG.get(tag) : undefined;
}
