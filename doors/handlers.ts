/** The handlers of a stage: what an OCI runtime calls as a hook. */
import { runDispatch } from "../mod/dispatch/entry_point.ts";
import { denoHost } from "../mod/host/deno_host.ts";
import { invocation } from "../mod/host/invocation.ts";
import { startAlone } from "./start_alone.ts";
import { thisProgram } from "./this_program.ts";

/** Goes through it, to the end of this process. */
export async function start(): Promise<void> {
  // Where it never comes to its end, because something is waited for that never comes.
  Deno.exitCode = 1;
  const { args } = invocation();
  denoHost.openEnd()(await runDispatch(denoHost, args, thisProgram()));
}

startAlone(import.meta.url, start);
