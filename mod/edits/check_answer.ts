/** Looking at what a plugin answered: anything at all, until every field has been looked at. */
import { FieldError } from "../core/fields.ts";
import type { Manifest } from "../core/manifest.ts";
import { HANDLER_STAGES, type HandlerStage } from "../core/oci.ts";
import type { Json } from "../core/plain_data.ts";
import { checkEdits } from "./check_edits.ts";
import type { Edit } from "./kinds.ts";
import { takeAnswer } from "./take_answer.ts";
import { failure } from "../errors.ts";
import { writeTaggedJson } from "../text/json/write_tagged.ts";

/** A plugin's answer, checked. */
export interface Answer {
  edits: Edit[];
  deny: string[];
  carry?: Json;
  /** Stages that it names, if it names any. */
  stages?: HandlerStage[];
  note?: string;
}

/** Characters of `carry` as JSON. */
const CARRY_LIMIT = 1024 * 1024;
/** Characters. */
const NOTE_LIMIT = 4096;

/**
 * Checks an answer, and gives it as plain data of our own.
 *
 * @param asked Whose answer it is; a gate may not return edits, and denies where it does.
 * @throws {Failure} plugin-edit, naming the field
 */
export function checkAnswer(asked: Pick<Manifest, "name" | "gate">, answer: unknown): Answer {
  const { edits, deny, carry, stages, note } = takeAnswer(asked, answer);
  // Whatever else is wrong with the answer, and whatever `on-error` says of that: it denies.
  if (deny.length > 0) return { edits: [], deny };
  try {
    const checked = { carry: carryOf(carry), stages: stagesOf(stages), note: noteOf(note) };
    return { edits: checkEdits(asked.name, edits), deny: [], ...checked };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw failure("plugin-edit", { plugin: asked.name, field: error.field, why: error.why });
  }
}

function noteOf(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new FieldError("note", "must be a string");
  if (value.length > NOTE_LIMIT) throw new FieldError("note", `is longer than ${NOTE_LIMIT} characters`);
  return value;
}

function stagesOf(value: Json | undefined): HandlerStage[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.length <= HANDLER_STAGES.length) {
    const stages = value.filter((stage): stage is HandlerStage =>
      HANDLER_STAGES.includes(stage as HandlerStage)
    );
    if (stages.length === value.length) return stages;
  }
  throw new FieldError("stages", `must be an array of ${HANDLER_STAGES.join(", ")}`);
}

/** A text may grow when it is written. */
function carryOf(carry: Json | undefined): Json | undefined {
  if (carry === undefined || writeTaggedJson(carry).length <= CARRY_LIMIT) return carry;
  throw new FieldError("carry", "is larger than 1 MiB as JSON");
}
