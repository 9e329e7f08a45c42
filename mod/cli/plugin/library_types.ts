/** The types that authors of plugins work with, as the program carries them. */
import { type EmbeddedFiles, embeddedFiles } from "../../plugin/embedded.ts";
import { LIBRARY_SPECIFIER, TESTING_SPECIFIER } from "../../plugin/library.ts";
import type { Program } from "../../plugin/program.ts";

/** Gets the files of a folder `types`: declarations, and the code that they are of, for whoever runs tests by it. */
export function typesFolder(program: Program): EmbeddedFiles {
  return embeddedFiles(program, "types");
}

/** Gets one text that declares both modules. @throws {Failure} not-embedded */
export function declarationsText(program: Program): string {
  const files = typesFolder(program);
  return `// The types of container-hooks ${program.version}, written by "container-hooks plugin types".
${declared(LIBRARY_SPECIFIER, files["plugin.d.ts"]!)}
${declared(TESTING_SPECIFIER, files["testing.d.ts"]!)}`;
}

/** Within a module's declaration nothing is declared a second time. */
function declared(specifier: string, text: string): string {
  const inner = text.replace(/^(export )?declare /gm, "$1").trimEnd();
  return `declare module "${specifier}" {\n${inner}\n}\n`;
}
