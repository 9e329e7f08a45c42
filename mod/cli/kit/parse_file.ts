/** Names of files on the command line. */
import { failure } from "../../errors.ts";

/**
 * Takes the path of a file that is to be written.
 *
 * @throws {Failure} usage
 */
export function parseFile(text: string): string {
  if (text !== "" && !text.endsWith("/") && !text.includes("\0")) return text;
  throw failure("usage", { why: `${JSON.stringify(text)} is not the name of a file` });
}
