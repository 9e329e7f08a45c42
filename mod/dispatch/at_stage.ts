/** What a failure at a stage means for the container. */
import type { HandlerStage, State } from "../core/oci.ts";
import { type Failure, failure } from "../errors.ts";

/** The sentence of each stage; whether the container goes on after a failing poststart is the runtime's choice. */
const WHEN = {
  createRuntime: "cannot-start",
  start: "cannot-start",
  poststart: "after-start",
  poststop: "after-end",
} as const;

/** Gives a failure the sentence of its stage. */
export function atStage(stage: HandlerStage, { id }: Pick<State, "id">, { what, remedy }: Failure): Failure {
  return failure(WHEN[stage], { id, why: what, remedy });
}
