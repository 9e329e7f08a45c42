/** What a plugin's file imports, and the same file with its imports led into the cache. */
import { failure } from "../errors.ts";
import { LIBRARY_SPECIFIER, TESTING_SPECIFIER } from "./library.ts";
import { positionOf, sourceFailure, type SourceFile } from "./source.ts";

/** A static import of another file of the plugin, or of a library. */
export interface Import {
  /** Name of the file below the plugin's root; undefined for a library. */
  target?: string;
  /** Whether it is of the library for tests. */
  testing?: true;
  /** Where the specifier stands in the code, without its quotes. */
  start: number;
  end: number;
}

const OWN_FILES =
  "a plugin imports container-hooks/plugin and files of its own folder; bundle or copy in what it needs";

/** The module of a library in the cache. */
export const LIBRARY_MODULE = "library.js", TESTING_MODULE = "testing.js";

/** A node of the syntax tree, as ESTree has it. */
interface Node {
  type: string;
  start: number;
  end: number;
}

/** A declaration with a specifier; `source` is absent of an export without one. */
interface Declaration extends Node {
  source?: (Node & { value: string }) | null;
  attributes?: unknown[];
}

/** Declarations that import when the module is loaded. */
const DECLARATIONS = ["ImportDeclaration", "ExportNamedDeclaration", "ExportAllDeclaration"];

/**
 * Gets the imports of a file whose types are gone, in the order of the text.
 *
 * By a parser of the whole language: whatever only looks for imports is led astray by what comes before them, a
 * division that could be a regular expression, a comment that ends with U+2028.
 *
 * @param code JavaScript with the positions of `file.text`.
 * @throws {Failure} plugin-source, at the first import that is not allowed
 */
export async function importsOf(file: SourceFile, code: string): Promise<Import[]> {
  const imports: Import[] = [];
  for (const node of nodesOf(await parse(file, code))) {
    const refuse = (why: string, remedy: string): never => {
      throw sourceFailure(file, positionOf(code, node.start), why, remedy);
    };
    if (node.type === "ImportExpression") {
      refuse("imports at run time, which loads what nobody has looked at", "use a plain import");
    }
    const { source, attributes = [] } = DECLARATIONS.includes(node.type) ? node as Declaration : {};
    if (!source) continue;
    if (attributes.length > 0) {
      refuse("imports with attributes, and a plugin imports code alone", "put the data into a .ts file");
    }
    // As it is written: escapes would be one name here and another one to the loader of modules.
    const [start, end] = [source.start + 1, source.end - 1];
    const specifier = code.slice(start, end);
    if (specifier === LIBRARY_SPECIFIER) imports.push({ start, end });
    else if (specifier === TESTING_SPECIFIER) imports.push({ testing: true, start, end });
    else imports.push({ target: resolve(file.name, specifier, refuse), start, end });
  }
  return imports.sort((a, b) => a.start - b.start);
}

async function parse(file: SourceFile, code: string): Promise<Node> {
  // 0.2 MB: nobody pays for it but the create that finds a new plugin.
  const { parse } = await import("acorn");
  try {
    return parse(code, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  } catch (error) {
    if (error instanceof RangeError) {
      throw failure("plugin-load", { file: file.path, why: "it is nested too deeply", remedy: "flatten it" });
    }
    const { pos, message } = error as { pos?: number; message: string };
    if (pos === undefined) throw error;
    const why = message.replace(/ \(\d+:\d+\)$/, "");
    throw sourceFailure(file, positionOf(file.text, pos), `does not parse: ${why}`, "correct it there");
  }
}

/** Walks all nodes of a tree. It does not call itself, since a tree may be deeper than the stack. */
function* nodesOf(tree: Node): Generator<Node> {
  const waiting: unknown[] = [tree];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value) && typeof (value as Node).type === "string") yield value as Node;
    for (const inner of Object.values(value)) waiting.push(inner);
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

/**
 * Names a file of the cache, "lib/mounts.js" for "lib/mounts.ts": in a compiled program Deno takes no types out of
 * files on the disk.
 */
export function cachedName(name: string): string {
  return name.replace(/\.ts$/, ".js");
}

/**
 * Gets the code with its imports led to the cached files. No line moves; a column only behind an import of the
 * library on the same line, and only in folders four deep.
 *
 * @param modules Folder of the libraries' modules, from the plugin's root: "..".
 */
export function redirectImports(name: string, code: string, imports: Import[], modules: string): string {
  let redirected = "";
  let done = 0;
  const up = "../".repeat(name.split("/").length - 1);
  for (const { target, testing, start, end } of imports) {
    const specifier = code.slice(start, end);
    const library = `${up}${modules}/${testing ? TESTING_MODULE : LIBRARY_MODULE}`;
    const replacement = target === undefined ? library : cachedName(specifier);
    // The closing quote stands at `end`; blanks behind it keep what follows in its column.
    redirected += code.slice(done, start) + replacement + code[end] +
      " ".repeat(Math.max(0, end - start - replacement.length));
    done = end + 1;
  }
  return redirected + code.slice(done);
}
