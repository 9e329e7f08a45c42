/**
 * How what we added to an engine's configuration is told from the administrator's, so that it can be taken out
 * again without a record: by our program's name, and by a comment.
 */
import type { RuntimeEntry } from "./engine_configuration.ts";

/** Ends a header of ours, and a single line under a header that is not. */
export const MARK = "# container-hooks";

/** First line of a file that we make; where nothing else is left in it, the file goes. */
export const HEAD =
  "# Written by `container-hooks runtime configure`, taken out by `container-hooks runtime unconfigure`.\n";

/**
 * Tells whether a program is ours. A launcher has our name however the entry is called: one of an older version may
 * lie elsewhere.
 */
export function isOurProgram(
  program: string | undefined,
  { path, earlier = path }: Pick<RuntimeEntry, "path" | "earlier">,
): boolean {
  return program === path || program === earlier || /\/container-hooks[^/]*$/.test(program ?? "");
}
