/**
 * What makes a container: the plan that the launcher asks for, and calls of the wrapper that most likely make one, with
 * all that these need in one file. The portable form's header starts it where a word of the call is create, run or
 * restore.
 */
import { isPlanCall } from "../mod/entry_points.ts";
import { denoHost } from "../mod/host/deno_host.ts";
import { invocation } from "../mod/host/invocation.ts";
import { runPlanEntryPoint } from "../mod/wrapper/plan_entry_point.ts";
import { goThroughWrapper } from "./go_through_wrapper.ts";
import { ourPart } from "./our_part.ts";
import { startAlone } from "./start_alone.ts";
import { thisProgram } from "./this_program.ts";

/** Goes through it, to the end of this process. */
export async function start(): Promise<void> {
  const { args } = invocation();
  if (!isPlanCall(args)) return await goThroughWrapper(ourPart);
  // Where it never comes to its end, because something is waited for that never comes.
  Deno.exitCode = 1;
  denoHost.openEnd()(await runPlanEntryPoint(denoHost, thisProgram(), args));
}

startAlone(import.meta.url, start);
