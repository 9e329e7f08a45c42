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

/**
 * A field of the runtime's features (the specification's features.md). A runtime that does not know of an edit passes
 * over it in silence, so it is asked.
 */
export interface FeatureNeed {
  path: readonly string[];
  /**
   * What the list there must name; a runtime that has no such list is left to say so itself. Where this is absent, the
   * field must be there and be true, or a list or an object of something.
   */
  names?: string;
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
  /**
   * Makes the changes of config.json's text. Indices are those of `spec`: elements are removed after everything else.
   *
   * @param spec config.json before any edit
   * @throws {FieldError} where the edit does not fit this config.json
   */
  apply(edit: E, spec: Spec): JsonEdit | readonly JsonEdit[];
  /** Writes what `explain` prints behind the tag. */
  describe(edit: E): string;
  /** Lists what the runtime has to support for it; absent where every runtime makes it. */
  features?(edit: E): readonly FeatureNeed[];
  /** Names the programs of the host that are run for it; those that lie in the container are none. */
  programs?(edit: E): readonly HostProgram[];
  /** Names what the runtime takes from the host and has to be there: absolute paths of files and folders. */
  sources?(edit: E): readonly string[];
  /** Copies the edit without what may be a secret; absent where nothing is one. */
  withoutSecrets?(edit: E): E;
}

/** Stands in place of a secret. */
export const HIDDEN = "(hidden; --values shows it)";
