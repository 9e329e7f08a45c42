/** The planner: what the launcher calls before a create. */
import { denoHost } from "../mod/host/deno_host.ts";
import { invocation } from "../mod/host/invocation.ts";
import { runPlanEntryPoint } from "../mod/wrapper/plan_entry_point.ts";
import { thisProgram } from "./this_program.ts";

/** Goes through it, to the end of this process. */
export async function start(): Promise<void> {
  // Where it never comes to its end, because something is waited for that never comes.
  Deno.exitCode = 1;
  const { args } = invocation();
  denoHost.openEnd()(await runPlanEntryPoint(denoHost, thisProgram(), args));
}

if (Deno.mainModule === import.meta.url) void start();
