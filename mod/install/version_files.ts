/** The files of one version of the program, held against the checksums that the portable form carries of them. */
import { folderOf } from "../core/path.ts";
import { sha256 } from "../core/sha256.ts";
import { Failure } from "../errors.ts";
import { readFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";

/** Bytes; the portable form's script has some sixty thousand. */
const SCRIPT_LIMIT = 1024 * 1024;
/** Bytes; Deno has some hundred million. */
const FILE_LIMIT = 1024 * 1024 * 1024;

/** One file beside the program. */
interface Listed {
  /** Below the folder of the version. */
  name: string;
  sha256: string;
}

/**
 * Lists the files beside the program that are gone or not what was unpacked; the compiled form, one file, has none.
 *
 * @param program The program's file in the folder of its version, which has been looked at.
 */
export async function damagedFiles(host: Host, program: string): Promise<string[]> {
  const folder = folderOf(program);
  const damaged: string[] = [];
  for (const { name, sha256: hash } of listedFiles(host, program)) {
    const path = `${folder}/${name}`;
    if (await hashOf(host, path) !== hash) damaged.push(path);
  }
  return damaged;
}

/** The portable form's script ends with a list of what it unpacks. */
function listedFiles(host: Host, program: string): Listed[] {
  using file = host.open(program);
  const buffer = new Uint8Array(SCRIPT_LIMIT);
  const script = new TextDecoder().decode(buffer.subarray(0, file.read(buffer) ?? 0));
  const list = script.startsWith("#!") ? /^files='(\[.*\])'$/m.exec(script)?.[1] : undefined;
  return list === undefined ? [] : JSON.parse(list);
}

async function hashOf(host: Host, path: string): Promise<string | undefined> {
  try {
    return await sha256(readFile(host, path, "installed file", FILE_LIMIT).bytes);
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}
