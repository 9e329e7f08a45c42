/** Many bundled chunks made one, where all of them are read at every start anyway. */
import { dirname, join, relative } from "node:path";
import { BuildFailure } from "./failure.ts";

/** An import as the bundler writes it, all of them at a module's beginning: `import { a, b as c } from "./d.js";` */
const IMPORT = /\s*import\s*(?:\{([^{}]*)\}\s*from\s*)?"\.\/([^"\n]+)";?/y;

/** Any import of a module beside. */
const ANY_IMPORT = /^import\b[^"(]*"\.\/[^"\n]+"/m;

/** A module that is loaded later, as bundle.ts writes it. */
const LATE = /\bimport\(String\("\.\/([^"\n]+)"\)\)/g;

/** One static import of a module. */
interface Import {
  /** Where its statement stands in the text. */
  start: number;
  end: number;
  /** The file's name. */
  target: string;
  /** Names there, and the names here; none where it is imported for its effect. */
  names: [imported: string, local: string][];
}

/**
 * Merges a module and all that it imports, directly or not, into one file; what is left of the folder, which is loaded
 * later, imports that one instead. The modules lie in one folder, as `deno bundle` with code splitting leaves them.
 *
 * Each module that Deno loads at its start costs it some 0.3 ms: looked for, read, hashed, looked up in two databases.
 *
 * @param main The module; it must not wait at its top level, since what is loaded later waits for its end.
 * @param merged Path of the new file from the folder.
 * @param build Bundles a module of the folder, with what it imports, into a file.
 * @throws {BuildFailure} where the bundler writes imports as it never has
 */
export async function mergeImports(
  folder: string,
  main: string,
  merged: string,
  build: (entry: string, output: string) => Promise<void>,
): Promise<void> {
  const modules = new Map(
    [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".js")).sort()
      .map((name) => [name, Deno.readTextFileSync(join(folder, name))]),
  );
  const imports = new Map(Array.from(modules, ([name, text]) => [name, importsOf(name, text)]));
  const parts = closure(main, imports);
  refuseLate(modules, parts);
  const exported = new Map(parts.map((part) => [part, new Map<string, string>()]));
  for (const [name, text] of modules) {
    if (parts.includes(name)) continue;
    Deno.writeTextFileSync(join(folder, name), led(text, imports.get(name)!, exported, merged));
  }
  const entry = join(folder, ".merged.js");
  Deno.writeTextFileSync(entry, `${entryText(exported)}export * from ${JSON.stringify(`./${main}`)};\n`);
  const output = join(folder, merged);
  await build(entry, output);
  for (const part of parts) Deno.removeSync(join(folder, part));
  Deno.removeSync(entry);
  const way = relative(dirname(output), folder);
  const text = Deno.readTextFileSync(output);
  Deno.writeTextFileSync(output, text.replace(LATE, (_, late) => `import(String("./${join(way, late)}"))`));
}

/** A module and what it imports, each behind what it imports. */
function closure(main: string, imports: Map<string, Import[]>): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    for (const { target } of imports.get(name) ?? []) if (!found.has(target)) visit(target);
    found.add(name);
  };
  visit(main);
  return [...found];
}

/** A module that is also loaded by its own name has to stay under it, and would be there twice. */
function refuseLate(modules: Map<string, string>, parts: string[]): void {
  for (const [name, text] of modules) {
    const late = Array.from(text.matchAll(LATE), ([, target]) => target!).find((each) =>
      parts.includes(each)
    );
    if (late) throw new BuildFailure(`${name} of the bundle loads ${late}, which is part of every start`);
  }
}

function importsOf(name: string, text: string): Import[] {
  const imports: Import[] = [];
  let end = 0;
  for (;;) {
    IMPORT.lastIndex = end;
    const [whole, listed = "", target] = IMPORT.exec(text) ?? [];
    if (whole === undefined) break;
    imports.push({ start: end, end: end += whole.length, target: target!, names: namesIn(listed) });
  }
  const other = ANY_IMPORT.exec(text.slice(end))?.[0];
  if (other) throw new BuildFailure(`${name} of the bundle has an import that cannot be merged: ${other}`);
  return imports;
}

function namesIn(list: string): Import["names"] {
  return list.split(",").map((each) => each.trim()).filter((each) => each !== "").map((each) => {
    const [imported, local = imported] = each.split(/\s+as\s+/);
    return [imported!, local!];
  });
}

/** The text with its imports of merged modules led to where those are now; notes what it takes from each. */
function led(
  text: string,
  imports: Import[],
  exported: Map<string, Map<string, string>>,
  merged: string,
): string {
  let result = text;
  const order = [...exported.keys()];
  for (const { start, end, target, names } of imports.toReversed()) {
    const taken = exported.get(target);
    if (!taken) continue;
    const list = names.map(([imported, local]) => {
      if (!taken.has(imported)) taken.set(imported, `${imported}_${order.indexOf(target)}`);
      return `${taken.get(imported)} as ${local}`;
    });
    const from = JSON.stringify(merged.startsWith(".") ? merged : `./${merged}`);
    const statement = list.length === 0
      ? `\nimport ${from};`
      : `\nimport { ${list.join(", ")} } from ${from};`;
    result = result.slice(0, start) + statement + result.slice(end);
  }
  return result;
}

function entryText(exported: Map<string, Map<string, string>>): string {
  return Array.from(exported, ([part, names]) => {
    const list = Array.from(names, ([name, as]) => `${name} as ${as}`).join(", ");
    const from = JSON.stringify(`./${part}`);
    return `import ${from};\n` + (list === "" ? "" : `export { ${list} } from ${from};\n`);
  }).join("");
}
