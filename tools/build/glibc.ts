/**
 * The C library that Deno links, for hosts that have another one, such as Alpine's musl, or none.
 *
 * It is the building machine's own, GNU's, under the LGPL: NOTICE says so.
 */
import { basename } from "node:path";
import { BuildFailure } from "./failure.ts";
import { run } from "./run.ts";

/** What starts a program, and the libraries that it finds for it. */
export interface CLibrary {
  /** Where programs look for the loader on their host. */
  interpreter: string;
  /** The loader's name among the files. */
  loader: string;
  /** Names as they are unpacked, paths on this machine; sorted. */
  files: { name: string; path: string }[];
}

/** Lists what a program is linked with. @throws {BuildFailure} where this machine does not tell */
export async function cLibraryOf(program: string): Promise<CLibrary> {
  const ran = await run("ldd", [program], { limit: 20, env: { LC_ALL: "C" } })
    .catch((error: Error) => ({ success: false, stdout: "", stderr: error.message }));
  if (!ran.success) {
    throw new BuildFailure(`ldd does not tell what ${program} is linked with: ${ran.stderr.trim()}`);
  }
  return parseLdd(ran.stdout);
}

/** Reads what ldd prints: `libc.so.6 => /lib/libc.so.6 (0x...)`, and the loader as a path alone. */
export function parseLdd(text: string): CLibrary {
  const paths = [...text.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, path]) => path!);
  const interpreter = paths.find((path) => basename(path).startsWith("ld-linux"));
  if (interpreter === undefined) {
    throw new BuildFailure("ldd names no loader; the portable form is built with glibc");
  }
  const files = paths.map((path) => ({ name: `glibc/${basename(path)}`, path }));
  files.sort((one, other) => one.name < other.name ? -1 : 1);
  return { interpreter, loader: `glibc/${basename(interpreter)}`, files };
}
