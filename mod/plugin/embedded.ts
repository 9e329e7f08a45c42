/** Files that the program carries for people, in one file beside its modules, which nothing that containers wait for reads. */
import { failure } from "../errors.ts";
import type { Program } from "./program.ts";

/** Texts by path: "types/plugin.d.ts", "examples/NAME/plugin.ts", "documents/docs/engines.md". */
export type EmbeddedFiles = Record<string, string>;

/**
 * Gets the embedded files of a folder, by their paths below it.
 *
 * @throws {Failure} not-embedded where the program runs from its source
 */
export function embeddedFiles(program: Pick<Program, "form" | "embedded">, folder: string): EmbeddedFiles {
  if (program.form === "source") throw failure("not-embedded", {});
  const all: EmbeddedFiles = JSON.parse(program.embedded());
  return Object.fromEntries(
    Object.entries(all).filter(([path]) => path.startsWith(`${folder}/`))
      .map(([path, text]) => [path.slice(folder.length + 1), text]),
  );
}
