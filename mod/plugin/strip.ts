/** TypeScript to JavaScript by blanking the types out, so that every line and column stays what it was. */
import { sourceFailure, type SourceFile } from "./source.ts";

/** What amaro (swc) throws: no `Error`, and columns that count from 0. */
interface SyntaxProblem {
  code: string;
  message: string;
  startLine: number;
  startColumn: number;
}

/**
 * Gets the JavaScript of a file; one that is JavaScript already is left as it is.
 *
 * @throws {Failure} plugin-source where it does not parse, or uses what cannot be blanked out (enum, namespace)
 */
export async function stripTypes(file: SourceFile): Promise<string> {
  if (file.name.endsWith(".js")) return file.text;
  // 3.5 MB and some 50 ms: nobody pays for it but the create that finds a new plugin.
  const { default: amaro } = await import("amaro");
  try {
    return amaro.transformSync(file.text, { mode: "strip-only", filename: file.name }).code;
  } catch (error) {
    if (!isSyntaxProblem(error)) throw error;
    const position = { line: error.startLine, column: error.startColumn + 1 };
    throw sourceFailure(file, position, `does not parse: ${error.message}`, remedyOf(error));
  }
}

function isSyntaxProblem(error: unknown): error is SyntaxProblem {
  return typeof error === "object" && error !== null && "startLine" in error && "startColumn" in error;
}

function remedyOf(problem: SyntaxProblem): string {
  if (problem.code !== "UnsupportedSyntax") return "correct it there";
  return "types are taken out and nothing is translated, so write it in JavaScript's own words";
}
