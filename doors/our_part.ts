/** What the wrapper needs for a call that has a part of ours. */
import { beforeRuntime } from "../mod/wrapper/before_runtime.ts";
import type { OurPart } from "../mod/wrapper/wrapper.ts";
import { thisProgram } from "./this_program.ts";

/** Gets it. */
export function ourPart(): Promise<OurPart> {
  return Promise.resolve({ beforeRuntime, program: thisProgram() });
}
