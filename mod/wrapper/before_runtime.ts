/** What happens before the runtime is called, whichever way we were called ourselves. */
import type { Host } from "../host/host.ts";
import type { PlanResult } from "../plan/create.ts";
import type { Program } from "../plugin/program.ts";
import { markedForStart } from "../state/start_marks.ts";
import { type Around, beforeCreate } from "./before_create.ts";
import type { RuntimeCall } from "./runtime_call.ts";

/**
 * Plans where the call makes a container; calls handlers where it starts one that is marked for that.
 *
 * @throws {Failure} why the runtime must not be called
 */
export async function beforeRuntime(
  host: Host,
  program: Program,
  call: RuntimeCall,
  around: Around = {},
): Promise<PlanResult> {
  let result: PlanResult = { outcome: "unchanged" };
  if (call.complete) {
    result = await beforeCreate(host, program, call, around);
  }
  const marked = markedForStart(host, call.starts ?? []);
  if (marked.length > 0) {
    const { beforeStart } = await import("./before_start.ts");
    await beforeStart(host, program, call, marked);
  }
  return result;
}
