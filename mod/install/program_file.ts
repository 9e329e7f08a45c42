/**
 * The file that is running, as it is to be installed.
 *
 * Its owner and mode are not looked at: a file on a USB stick has none worth the name, and an administrator who
 * runs it as root has trusted it already. It is read once; what was read is what is installed, root's, and its
 * checksum is shown.
 */
import { failure } from "../errors.ts";
import { readFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import type { Program } from "../plugin/program.ts";
import { sha256 } from "../core/sha256.ts";
import { FILE_LIMIT } from "./compare_item.ts";
import { nameOf } from "../core/path.ts";

/** The running program. */
export interface ProgramFile {
  form: "compiled" | "portable";
  version: string;
  /** The path where it was read, outside of any root. */
  path: string;
  bytes: Uint8Array;
  sha256: string;
  /** Name of its folder. The portable form looks for its modules in one of that name beside itself. */
  folder: string;
  /** Bytes of all that goes into that folder. */
  size: number;
}

/**
 * Names the folder beside the portable form's modules where Deno keeps compiled code: root's alone, and different
 * everywhere.
 */
export const CACHE = "cache";

/** Reads the running program, to install it. @throws {Failure} install-source, file-unreadable */
export async function readProgram(
  host: Host,
  { version, form, file, unpacked = "" }: Program,
): Promise<ProgramFile> {
  if (form === "source") throw failure("install-source", {});
  const { bytes } = readFile(host, file, "program", FILE_LIMIT);
  const hash = await sha256(bytes);
  const portable = form === "portable";
  return {
    form,
    version,
    path: file,
    bytes,
    sha256: hash,
    folder: portable ? nameOf(unpacked) : hash,
    size: bytes.length + (portable ? sizeOf(host, unpacked, [CACHE]) : 0),
  };
}

function sizeOf(host: Host, folder: string, without: readonly string[] = []): number {
  return host.readFolder(folder).reduce((sum, { name, kind }) => {
    if (without.includes(name)) return sum;
    const path = `${folder}/${name}`;
    return sum + (kind === "a folder" ? sizeOf(host, path) : host.lstat(path)?.size ?? 0);
  }, 0);
}
