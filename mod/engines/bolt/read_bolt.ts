/** Reading one of an engine's bbolt databases: what root alone could have written, and never fatal. */
import { Failure, quote } from "../../errors.ts";
import { openTrusted } from "../../host/files.ts";
import type { Host, OpenFile } from "../../host/host.ts";
import { type Bucket, lookIntoBolt } from "./bolt.ts";
import { BoltFault } from "./pages.ts";

/**
 * What `look` finds in the database at `path`; undefined, with a note, where it cannot be read. One that is missing
 * leaves no note.
 */
export function readBolt<T>(
  host: Host,
  path: string,
  what: string,
  notes: string[],
  look: (root: Bucket) => T | undefined,
): T | undefined {
  try {
    using file: OpenFile = openTrusted(host, path, what);
    return lookIntoBolt(file, look);
  } catch (error) {
    if (error instanceof BoltFault) notes.push(`${what} ${quote(path)} cannot be read: ${error.message}`);
    else if (!(error instanceof Failure)) throw error;
    else if (error.code !== "file-missing") notes.push(error.what);
    return undefined;
  }
}
