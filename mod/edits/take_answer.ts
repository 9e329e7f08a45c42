/**
 * Taking what a plugin's `plan` answered apart, once, into plain data of our own (core/plain_data.ts): what is
 * checked and used afterwards is that copy alone. In a worker this happens before anything is sent: sending would
 * call getters, and lose what is inherited.
 *
 * A denial comes first, and whatever is wrong with it denies as well: `on-error` forgives a plugin that fails, never one
 * that denies.
 */
import { FieldError } from "../core/fields.ts";
import type { Manifest } from "../core/manifest.ts";
import { type Json, takeApart, takeFields } from "../core/plain_data.ts";
import { failure } from "../errors.ts";

/** The fields of an answer, as plain data; `deny` is in order, whatever else was in the answer. */
export interface TakenAnswer {
  deny: string[];
  edits?: Json;
  carry?: Json;
  stages?: Json;
  note?: Json;
}

/** Names the answer in messages. */
const THE_PLAN = "the plan";
/** Edits that one plugin may return for one container. */
const EDITS_LIMIT = 1000;
/** Characters that all edits, and all of `carry`, may have. */
const SIZE_LIMIT = 1024 * 1024;
/** Reasons that are kept, and characters of each. More than that denies as well, and is cut. */
const REASONS_LIMIT = 100, REASON_LIMIT = 1024;
/** Said where a reason is no text. */
const DENIES = "anything but an absent or empty deny denies";
/** Said of a gate that returns edits. */
const GATE_EDITS = "it is a gate, and a gate may not return edits: it denies, or lets the container start";
/** Objects that one may inherit from, one after another. */
const CHAIN_LIMIT = 100;

/**
 * Takes an answer apart, into plain data of our own. Where it denies, nothing but its reasons is in it.
 *
 * @throws {Failure} plugin-edit, naming the field that is no plain data
 */
export function takeAnswer({ name, gate }: Pick<Manifest, "name" | "gate">, answer: unknown): TakenAnswer {
  if (answer === undefined || answer === null) return { deny: [] };
  try {
    if (typeof answer !== "object" && typeof answer !== "function") {
      throw new FieldError(THE_PLAN, "must be an object or nothing");
    }
    const deny = reasonsOf(look(answer, "deny"));
    if (deny.length > 0) return { deny };
    if (gate && look(answer, "edits") !== "absent") return { deny: [GATE_EDITS] };
    const parts = partsOf(answer);
    // A Proxy may have said otherwise when it was looked at.
    return gate && something(parts.edits) !== "absent" ? { deny: [GATE_EDITS] } : { deny: [], ...parts };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw failure("plugin-edit", { plugin: name, field: error.field, why: error.why });
  }
}

/** Everything else, each part within its own limit. */
function partsOf(answer: object): Omit<TakenAnswer, "deny"> {
  const { edits, deny: _, carry, stages, note, ...rest } = takeFields(answer, THE_PLAN);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) {
    throw new FieldError(unknown, "is unknown; a plan has edits, deny, carry, stages and note");
  }
  return {
    edits: takeApart(edits, "edits", SIZE_LIMIT, EDITS_LIMIT),
    carry: takeApart(carry, "carry", SIZE_LIMIT),
    stages: takeApart(stages, "stages", SIZE_LIMIT),
    note: takeApart(note, "note", SIZE_LIMIT),
  };
}

/** What stands in a field: nothing (a plain, empty array is nothing too), something, or what cannot be told. */
type Look = "absent" | "unreadable" | { value: unknown };

/** Looks at a field, its own or inherited, and calls nothing of it but the traps of a Proxy. */
function look(answer: object, key: "deny" | "edits"): Look {
  try {
    let holder: object | null = answer;
    for (let step = 0; holder !== null && step < CHAIN_LIMIT; step++) {
      const property = Reflect.getOwnPropertyDescriptor(holder, key);
      if (property) return Object.hasOwn(property, "value") ? something(property.value) : "unreadable";
      holder = Reflect.getPrototypeOf(holder);
    }
    return holder === null ? "absent" : "unreadable";
  } catch {
    return "unreadable";
  }
}

function something(value: unknown): Look {
  if (value === undefined || value === null) return "absent";
  return isPlainEmptyArray(value) ? "absent" : { value };
}

/** Whether a value is an array of nothing: one with fields of its own, or of a class, has something to say. */
function isPlainEmptyArray(value: unknown): boolean {
  // By its length first: to list the keys of ten million reasons takes longer than a plugin may.
  if (!Array.isArray(value) || lengthOf(value) !== 0) return false;
  return Reflect.ownKeys(value).length === 1 && Reflect.getPrototypeOf(value) === Array.prototype;
}

/** The length that an array has, without asking a getter. */
function lengthOf(array: unknown[]): unknown {
  return Reflect.getOwnPropertyDescriptor(array, "length")?.value;
}

/** Why the container must not start; none where `deny` is absent. */
function reasonsOf(deny: Look): string[] {
  if (deny === "absent") return [];
  if (deny === "unreadable") return [`deny cannot be read as plain data, and ${DENIES}`];
  const { value } = deny;
  if (!Array.isArray(value)) return [reasonOf(value, "deny")];
  try {
    // With fields of its own, or of a class.
    if (lengthOf(value) === 0) return [reasonOf(value, "deny")];
    // It is not empty, whatever a Proxy says of it now.
    const length = Math.min(Math.max(Number(value.length) || 1, 1), REASONS_LIMIT);
    return Array.from({ length }, (_, index) => {
      // A getter has no value, and is not called.
      return reasonOf(Reflect.getOwnPropertyDescriptor(value, index)?.value, `deny[${index}]`);
    });
  } catch {
    return reasonsOf("unreadable");
  }
}

/** The reason; where it is none, its author reads so, and the container does not start all the same. */
function reasonOf(value: unknown, field: string): string {
  if (typeof value === "string" && value !== "") return value.slice(0, REASON_LIMIT);
  return `${field} is ${value === "" ? "empty" : `of type ${typeof value}`}, and ${DENIES}`;
}
