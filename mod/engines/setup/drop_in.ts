/**
 * Drop-ins of CRI-O and podman: the files of the folder `NAME.d` beside the main file NAME are read after it, in
 * the order of their names, and what a later file sets counts.
 */
import { folderOf } from "../../core/path.ts";
import type { EngineName } from "../../core/engines.ts";
import type { EngineFacts } from "./engine_configuration.ts";
import { EngineFile } from "./engine_file.ts";
import type { TomlDocument } from "../../text/toml/document.ts";

/** The name of our drop-in, which comes behind those of others, which are numbered. */
export const DROP_IN = "zz-container-hooks.conf";

/** Gets the file to edit: the one that is named, or a drop-in for a main file that does not exist. */
export function fileToEdit(facts: EngineFacts, engine: EngineName, file: string): EngineFile {
  const path = facts.text(file) === undefined && !isDropIn(file) ? `${file}.d/${DROP_IN}` : file;
  return new EngineFile(facts, engine, path);
}

/** Lists every file in which {@linkcode fileToEdit} may have put something. */
export function filesOfOurs(facts: EngineFacts, engine: EngineName, file: string): EngineFile[] {
  const paths = isDropIn(file) ? [file] : [file, `${file}.d/${DROP_IN}`];
  return paths.map((path) => new EngineFile(facts, engine, path));
}

/** What an engine reads when it reads `file`, in its order; files that are not there are left out. */
export function documentsRead(
  facts: EngineFacts,
  engine: EngineName,
  file: string,
  isRead: (name: string) => boolean,
): TomlDocument[] {
  const main = isDropIn(file) ? folderOf(file).slice(0, -2) : file;
  const own = isDropIn(file) ? file.slice(folderOf(file).length + 1) : DROP_IN;
  const names = (facts.names?.(`${main}.d`) ?? [own]).filter((name) => isRead(name) || name === own);
  return [main, ...names.sort().map((name) => `${main}.d/${name}`)]
    .filter((path) => facts.text(path) !== undefined)
    .map((path) => new EngineFile(facts, engine, path).document);
}

function isDropIn(file: string): boolean {
  return folderOf(file).endsWith(".d");
}
