/** Checksums of what was made, and their signature. */
import { basename, join } from "node:path";
import { onPath } from "./on_path.ts";
import { BuildFailure } from "../build/failure.ts";
import { sha256 } from "../build/portable.ts";
import { run } from "../build/run.ts";

/** The file that `sha256sum --check` reads. */
export const SUMS = "SHA256SUMS";

/** Writes {@linkcode SUMS} about `files`, which lie in `folder`. */
export async function writeSums(folder: string, files: readonly string[]): Promise<string> {
  const lines = await Promise.all(files.map(async (file) => {
    return `${await sha256(await Deno.readFile(file))}  ${basename(file)}\n`;
  }));
  const path = join(folder, SUMS);
  await Deno.writeTextFile(path, lines.join(""));
  return path;
}

/**
 * Signs a file, in a file beside it.
 *
 * @param key A PGP key with its secret part, in a file.
 * @throws {BuildFailure} where gpg is missing, or refuses the key
 */
export async function sign(file: string, key: string): Promise<string> {
  const gpg = onPath("gpg");
  if (gpg === undefined) throw new BuildFailure("--sign needs gpg, which is not on the PATH");
  const home = await Deno.makeTempDir({ prefix: "container-hooks-gpg." });
  const signature = `${file}.asc`;
  try {
    await Deno.chmod(home, 0o700);
    const call = async (...words: string[]) => {
      const ran = await run(gpg, ["--batch", "--homedir", home, ...words], { limit: 60 });
      if (!ran.success) throw new BuildFailure(`gpg cannot sign with ${key}: ${ran.stderr.trim()}`);
    };
    await call("--import", key);
    await call("--yes", "--armor", "--output", signature, "--detach-sign", file);
    return signature;
  } finally {
    await run("gpgconf", ["--homedir", home, "--kill", "all"], { limit: 20 }).catch(() => {});
    await Deno.remove(home, { recursive: true });
  }
}
