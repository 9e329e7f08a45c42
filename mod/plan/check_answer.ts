/** Looking at what a plugin answered: anything at all, until every field has been looked at. */
import { checkEdits } from "../edits/check_edits.ts";
import type { Edit } from "../edits/kinds.ts";
import { FieldError } from "../core/fields.ts";
import { type Json, takeApart } from "../core/plain_data.ts";
import { HANDLER_STAGES, type HandlerStage } from "../core/oci.ts";
import { type Failure, failure } from "../errors.ts";
import { writeTaggedJson } from "../text/json/tagged.ts";

/** What a plugin answered, checked. */
export interface Answer {
  edits: Edit[];
  deny: string[];
  carry?: Json;
  /** Where it names any. */
  stages?: HandlerStage[];
  note?: string;
}

/** Reasons that are kept, and characters of each. More than that denies as well, and is cut. */
const DENY_LIMIT = 100, REASON_LIMIT = 1024;
/** Characters of `carry` as JSON. */
const CARRY_LIMIT = 1024 * 1024;
/** Characters. */
const NOTE_LIMIT = 4096;

/** @throws {Failure} plugin-edit, naming the field */
export function checkAnswer(plugin: string, answer: unknown): Answer {
  if (answer === undefined || answer === null) return { edits: [], deny: [] };
  const refuse = (field: string, why: string) => failure("plugin-edit", { plugin, field, why });
  if (typeof answer !== "object" || Array.isArray(answer)) {
    throw refuse("the plan", "must be an object or nothing");
  }
  const { edits, deny, carry, stages, note, ...rest } = answer as Record<string, unknown>;
  const reasons = reasonsOf(deny, refuse);
  // Whatever else is wrong with the answer, and whatever `on-error` says of that: it denies.
  if (reasons.length > 0) return { edits: [], deny: reasons };
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) {
    throw refuse(unknown, "is unknown; a plan has edits, deny, carry, stages and note");
  }
  return {
    edits: checkEdits(plugin, edits),
    deny: [],
    carry: carryOf(carry, refuse),
    stages: stagesOf(stages, refuse),
    note: noteOf(note, refuse),
  };
}

type Refuse = (field: string, why: string) => Failure;

function reasonsOf(value: unknown, refuse: Refuse): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw refuse("deny", "must be an array of reasons");
  return Array.from({ length: Math.min(value.length, DENY_LIMIT) }, (_, index) => {
    const reason: unknown = value[index];
    if (typeof reason !== "string" || reason === "") throw refuse("deny", "must be an array of reasons");
    return reason.slice(0, REASON_LIMIT);
  });
}

function noteOf(value: unknown, refuse: Refuse): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw refuse("note", "must be a string");
  if (value.length > NOTE_LIMIT) throw refuse("note", `is longer than ${NOTE_LIMIT} characters`);
  return value;
}

function stagesOf(value: unknown, refuse: Refuse): HandlerStage[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length <= HANDLER_STAGES.length) {
    const stages = Array.from(value);
    if (stages.every((stage) => HANDLER_STAGES.includes(stage))) return stages;
  }
  throw refuse("stages", `must be an array of ${HANDLER_STAGES.join(", ")}`);
}

function carryOf(value: unknown, refuse: Refuse): Json | undefined {
  if (value === undefined) return undefined;
  try {
    const carry = takeApart(value, "carry", CARRY_LIMIT);
    // A text may grow when it is written.
    if (writeTaggedJson(carry).length <= CARRY_LIMIT) return carry;
    throw new FieldError("carry", "is larger than 1 MiB as JSON");
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw refuse(error.field, error.why);
  }
}
