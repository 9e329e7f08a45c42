/** What a kind of edit consists of: the interface that each file of a kind fills in, for the table in kinds.ts. */
import type { Json } from "../core/plain_data.ts";
import type { Spec } from "../core/oci.ts";
import type { JsonEdit } from "../text/json/json_edit.ts";

/** The one value that an edit wants something of the container to have. */
export interface Claim {
  /** Names it in messages, and is equal wherever the same is claimed: "the variable PATH". */
  what: string;
  value: Json;
}

/** A program of the host that a runtime runs as root. */
export interface HostProgram {
  /** Absolute. */
  path: string;
  /** Names it in messages: "poststop hook". */
  what: string;
}

/** One kind of edit, `E` being its type. */
export interface EditKind<E extends { edit: string }> {
  /** The `edit` field by which it is recognised. */
  readonly tag: E["edit"];
  /**
   * Checks every field of an edit.
   *
   * @param edit Plain data of our own.
   * @param at Names the edit in errors: "edits[0]".
   * @throws {FieldError}
   */
  check(edit: Record<string, unknown>, at: string): void;
  /** Lists what two edits must not want differently; empty where edits of this kind add up. */
  claims(edit: E): Claim[];
  /** Makes the change of config.json's text. @param spec config.json before any edit */
  apply(edit: E, spec: Spec): JsonEdit;
  /** Writes what `explain` prints behind the tag. */
  describe(edit: E): string;
  /**
   * The field of the runtime's features (the specification's features.md) that has to be true: a runtime that does not
   * know of an edit passes over it in silence. Not there where every runtime makes it.
   */
  readonly feature?: readonly string[];
  /** Names the program of the host that is run for it; undefined where the program lies in the container. */
  program?(edit: E): HostProgram | undefined;
  /** Copies the edit without what may be a secret; absent where nothing is one. */
  withoutSecrets?(edit: E): E;
}

/** Stands in place of a secret. */
export const HIDDEN = "(hidden; --values shows it)";
