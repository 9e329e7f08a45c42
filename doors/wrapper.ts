/** The wrapper: what an engine calls as its OCI runtime. Most calls go to the real one, and need little of this. */
import { goThroughWrapper } from "./go_through_wrapper.ts";
import { startAlone } from "./start_alone.ts";

/** Goes through it, to the end of this process. */
export async function start(): Promise<void> {
  await goThroughWrapper(async () => await (await import("./our_part.ts")).ourPart());
}

startAlone(import.meta.url, start);
