/** What a plugin's file imports, and the same file with its imports led into the cache. */
import { LIBRARY_SPECIFIER } from "./library.ts";
import { positionOf, sourceFailure, type SourceFile } from "./source.ts";

/** A static import of another file of the plugin, or of the library. */
export interface Import {
  /** Name of the file below the plugin's root; undefined for the library. */
  target?: string;
  /** Where the specifier stands in the code, without its quotes. */
  start: number;
  end: number;
}

/** Kinds of import in es-module-lexer's numbers. */
const STATIC = 1;
const IMPORT_META = 3;

const OWN_FILES =
  "a plugin imports container-hooks/plugin and files of its own folder; bundle or copy in what it needs";

/**
 * The imports of a file whose types are gone, in the order of the text.
 *
 * @param code JavaScript with the positions of `file.text`.
 * @throws {Failure} plugin-source, at the first import that is not allowed
 */
export async function importsOf(file: SourceFile, code: string): Promise<Import[]> {
  const { init, parse } = await import("es-module-lexer");
  await init();
  const found = lex(file, () => parse(code)[0]);
  return found.filter(({ t }) => t !== IMPORT_META).map(({ t, a, s, e, ss }) => {
    const refuse = (why: string, remedy: string): never => {
      throw sourceFailure(file, positionOf(code, ss), why, remedy);
    };
    if (t !== STATIC) {
      return refuse(
        "imports at run time or in phases, which loads what nobody has looked at",
        "use a plain import",
      );
    }
    if (a !== -1) {
      return refuse(
        "imports with attributes, and a plugin imports code alone",
        "put the data into a .ts file",
      );
    }
    const specifier = code.slice(s, e);
    if (specifier === LIBRARY_SPECIFIER) return { start: s, end: e };
    return { target: resolve(file.name, specifier, refuse), start: s, end: e };
  });
}

/** The lexer's own complaints have an offset in `idx`. */
function lex<T>(file: SourceFile, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const offset = (error as { idx?: number }).idx;
    if (offset === undefined) throw error;
    throw sourceFailure(file, positionOf(file.text, offset), "does not parse", "correct it there");
  }
}

/** The name below the root that a relative specifier leads to. */
function resolve(from: string, specifier: string, refuse: (why: string, remedy: string) => never): string {
  if (!/^\.{1,2}\//.test(specifier)) {
    return refuse(`imports ${JSON.stringify(specifier)}, which is outside of the plugin`, OWN_FILES);
  }
  // Anything else (escapes, %2e, ?) would be one path here and another one to the loader of modules.
  if (!/^[\w./-]+$/.test(specifier) || specifier.includes("//")) {
    return refuse(`imports ${JSON.stringify(specifier)}`, "name files with letters, digits, _, - and .");
  }
  const path = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === ".") continue;
    if (part !== "..") path.push(part);
    else if (path.pop() === undefined) {
      return refuse(`imports ${JSON.stringify(specifier)}, which leaves the plugin's folder`, OWN_FILES);
    }
  }
  if (!/\.(ts|js)$/.test(specifier)) {
    return refuse(`imports ${JSON.stringify(specifier)} without .ts or .js`, "write the file's whole name");
  }
  return path.join("/");
}

/** "lib/mounts.ts" to "lib/mounts.js": in a compiled program Deno takes no types out of files on the disk. */
export function cachedName(name: string): string {
  return name.replace(/\.ts$/, ".js");
}

/**
 * The code with its imports led to the cached files. No line moves; a column only behind an import of the
 * library on the same line, and only in folders four deep.
 *
 * @param library Path from the folder of the plugin's root to the library's module: "../library.js".
 */
export function redirectImports(name: string, code: string, imports: Import[], library: string): string {
  let redirected = "";
  let done = 0;
  const up = "../".repeat(name.split("/").length - 1);
  for (const { target, start, end } of imports) {
    const specifier = code.slice(start, end);
    const replacement = target === undefined ? `${up}${library}` : cachedName(specifier);
    // The closing quote stands at `end`; blanks behind it keep what follows in its column.
    redirected += code.slice(done, start) + replacement + code[end] +
      " ".repeat(Math.max(0, end - start - replacement.length));
    done = end + 1;
  }
  return redirected + code.slice(done);
}
