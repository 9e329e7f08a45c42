/** What happens before the runtime is called, whichever way we were called ourselves. */
import type { Host } from "../host/host.ts";
import { markedForStart } from "../state/start_marks.ts";
import type { Outcome } from "../plan/planning.ts";
import type { Creating } from "./before_create.ts";
import type { RuntimeCall } from "./command_line.ts";

/** A call of the runtime; without `call` it could not be read, and the bypass lets it through as it is. */
export type Calling = Omit<Creating, "call"> & { call: RuntimeCall | undefined };

/**
 * Plans where the call makes a container; calls handlers where it starts one that is marked for that.
 *
 * @throws {Failure} why the runtime must not be called
 */
export async function beforeRuntime(host: Host, calling: Calling): Promise<Outcome> {
  const { call, runtime, start } = calling;
  if (!call) return "unchanged";
  let outcome: Outcome = "unchanged";
  if (call.complete) {
    const { beforeCreate } = await import("./before_create.ts");
    outcome = await beforeCreate(host, { ...calling, call });
  }
  const marked = markedForStart(host, call.starts ?? []);
  if (marked.length > 0) {
    const { beforeStart } = await import("./before_start.ts");
    await beforeStart(host, { call, marked, runtime, start });
  }
  return outcome;
}
