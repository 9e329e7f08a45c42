/**
 * One name for one type: an exported type of mod/ and plugins/ has its name in one file alone, so that a reader who
 * meets it knows which one it is.
 */
import { relative, resolve } from "pathe";

const DECLARED = /^export (?:declare )?(?:abstract )?(?:interface|type|class|enum) (\w+)/gm;

/** A name, and the files that declare a type of that name. */
export interface SharedName {
  name: string;
  files: string[];
}

/** The names that more than one file declares. @param files Texts by path; tests are passed over. */
export function sharedTypeNames(files: Readonly<Record<string, string>>): SharedName[] {
  const declared = Object.entries(files)
    .filter(([file]) => !file.endsWith("_test.ts"))
    .flatMap(([file, text]) => Array.from(text.matchAll(DECLARED), ([, name]) => ({ name: name!, file })));
  return [...Map.groupBy(declared, ({ name }) => name)]
    .map(([name, found]) => ({ name, files: [...new Set(found.map(({ file }) => file))] }))
    .filter(({ files }) => files.length > 1);
}

function* sourcesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* sourcesIn(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

if (import.meta.main) {
  const project = resolve(import.meta.dirname ?? ".", "..");
  const paths = ["mod", "plugins"].flatMap((folder) => [...sourcesIn(`${project}/${folder}`)]);
  const texts = paths.map((path) => [relative(project, path), Deno.readTextFileSync(path)]);
  const shared = sharedTypeNames(Object.fromEntries(texts));
  for (const { name, files } of shared) console.error(`${name} is a type of ${files.join(" and of ")}`);
  if (shared.length > 0) Deno.exit(1);
}
