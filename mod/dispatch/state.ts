/** The state that a runtime hands to a hook. */
import { decodeJson, parseJsonObject } from "../text/json/json_text.ts";
import type { State } from "../core/oci.ts";
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { JournalEntry } from "../state/journal.ts";

const WHAT = "the state on standard input";
/** Bytes; the annotations of the container are in it. */
const LIMIT = 16 * 1024 * 1024;
/** Milliseconds; a runtime has it ready before it starts us. */
const TIMEOUT = 5000;

/**
 * Reads the state from standard input.
 *
 * @returns the state, frozen
 * @throws {Failure} state, and the json-* of its text
 */
export async function readState(host: Host): Promise<State> {
  const bytes = await host.readInput(LIMIT, TIMEOUT);
  if (!bytes) throw failure("state", { why: `did not end within ${TIMEOUT / 1000} s` });
  return parseState(bytes);
}

/**
 * Looks at what we use of a state.
 *
 * @returns the state, frozen
 * @throws {Failure} state, and the json-* of its text
 */
export function parseState(bytes: Uint8Array): State {
  if (bytes.length > LIMIT) throw failure("state", { why: `is longer than ${LIMIT / 1024 / 1024} MiB` });
  const { value } = parseJsonObject(decodeJson(bytes, WHAT), WHAT);
  const { id, bundle, status, pid, annotations = {} } = value;
  if (typeof id !== "string" || typeof bundle !== "string" || typeof status !== "string") {
    throw failure("state", { why: "lacks an id, a bundle or a status that is a string" });
  }
  if (pid !== undefined && !Number.isSafeInteger(pid)) {
    throw failure("state", { why: "has a pid that is no whole number" });
  }
  if (!isTexts(annotations)) throw failure("state", { why: "has annotations that are no strings" });
  Object.freeze(annotations);
  return Object.freeze(value as unknown as State);
}

function isTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === "string");
}

/**
 * Checks that the state is that of the entry's container: one bundle's config.json, copied into another, must
 * not make us do the first one's work on the second.
 *
 * @throws {Failure} state
 */
export function checkOwner(host: Host, entry: JournalEntry, state: State): void {
  if (sameContainer(host, entry, state)) return;
  const { id, bundle } = entry.container;
  if (state.id !== id) {
    throw failure("state", { why: `is that of container ${state.id}, and the journal's is ${id}` });
  }
  throw failure("state", { why: `names the bundle ${state.bundle}, and the journal's is ${bundle}` });
}

/** Whether the state is that of the entry's container. */
export function sameContainer(
  host: Host,
  { container: { id, bundle } }: JournalEntry,
  state: State,
): boolean {
  return state.id === id && (state.bundle === bundle || host.realPath(state.bundle) === bundle);
}
