/** Folders on the command line. */
import { failure } from "../errors.ts";

/**
 * An absolute path without a slash at its end; "" for the root itself, so that a path can be put behind it.
 *
 * @throws {Failure} usage
 */
export function parseFolder(text: string): string {
  if (!text.startsWith("/") || text.includes("\0") || text.split("/").some((part) => /^\.\.?$/.test(part))) {
    throw failure("usage", { why: `${JSON.stringify(text)} is not an absolute path without . and ..` });
  }
  return text.replace(/\/+/g, "/").replace(/\/$/, "");
}
