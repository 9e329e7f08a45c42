/** Going through the wrapper, to the end of this process. */
import { runtimeArguments } from "../mod/entry_points.ts";
import { denoHost } from "../mod/host/deno_host.ts";
import { invocation } from "../mod/host/invocation.ts";
import { type OurPart, runWrapper } from "../mod/wrapper/wrapper.ts";

/** @param load Gets what a call needs that has a part of ours. */
export async function goThroughWrapper(load: () => Promise<OurPart>): Promise<void> {
  // Where it never comes to its end, because something is waited for that never comes.
  Deno.exitCode = 1;
  const { calledAs, args, file } = invocation();
  const status = await runWrapper(denoHost, file, load, runtimeArguments(calledAs, args));
  denoHost.openEnd()(status);
}
