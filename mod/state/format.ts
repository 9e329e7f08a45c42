/**
 * In which format a folder of ours is: a number in its file `.format`, which is not there as long as that is 1. A newer
 * version that writes otherwise puts it there, so that this one refuses instead of taking it for something else.
 */
import { failure } from "../errors.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";

/** The format that this version reads and writes. */
const FORMAT = 1;

/**
 * Refuses a folder that a newer version has written.
 *
 * @param what Of what it is the folder: "what plugin x stores".
 * @throws {Failure} newer-format; and untrusted, and the file-* of reading
 */
export function refuseNewer(host: Host, folder: string, what: string): void {
  const path = `${folder}/.format`;
  if (!host.lstat(path)) return;
  const { bytes } = readTrusted(host, path, "number of a format", 64);
  const format = Number(new TextDecoder().decode(bytes).trim());
  if (format !== FORMAT) throw failure("newer-format", { what, path: folder, format });
}
