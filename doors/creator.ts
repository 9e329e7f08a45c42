/**
 * The wrapper again, for calls that most likely make a container: with all that this needs in one file. The portable
 * form's header starts it where a word of the call is create, run or restore.
 */
import { goThroughWrapper } from "./go_through_wrapper.ts";
import { ourPart } from "./our_part.ts";

/** Goes through it, to the end of this process. */
export async function start(): Promise<void> {
  await goThroughWrapper(ourPart);
}

if (Deno.mainModule === import.meta.url) void start();
