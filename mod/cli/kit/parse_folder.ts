/** Folders on the command line. */
import { failure } from "../../errors.ts";

/**
 * Parses an absolute path without a slash at its end; "" for the root itself, so that a path can be put behind it.
 *
 * @throws {Failure} usage
 */
export function parseFolder(text: string): string {
  // deno-lint-ignore no-control-regex -- such a path could not be told from another in a script or a table
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    throw failure("usage", { why: `${JSON.stringify(text)} has control characters in it` });
  }
  if (!text.startsWith("/") || text.split("/").some((part) => /^\.\.?$/.test(part))) {
    throw failure("usage", { why: `${JSON.stringify(text)} is not an absolute path without . and ..` });
  }
  return text.replace(/\/+/g, "/").replace(/\/$/, "");
}
