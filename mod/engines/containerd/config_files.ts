/**
 * Which of containerd's files is edited.
 *
 * Below 2.0 an imported file replaces the whole section of the CRI plugin, registry settings and all, so only
 * the main file can be edited. From 2.0 on they are merged, and a file of our own keeps the administrator's as
 * it is but for the line that imports ours.
 */
import { folderOf } from "../../core/path.ts";
import type { EngineFacts } from "../setup/engine_configuration.ts";
import { EngineFile } from "../setup/engine_file.ts";
import { configVersion, runtimesSection } from "./config_section.ts";
import { itemsUnder, textsAt, type TomlDocument } from "../../text/toml/document.ts";

/** The name of our file, which comes behind those of others, which are numbered: the last file's default counts. */
const OWN_NAME = "zz-container-hooks.toml";

/**
 * What the main file imports where it imports no folder: a pattern, since containerd does not start without a
 * file that is imported by name; ours alone, since what else lies there nobody has asked for; and relative to
 * the main file, so that it holds in an image's root too.
 */
export const OWN_IMPORT = "conf.d/zz-container-hooks*.toml";

/** The files of one containerd that may have to change. */
export interface ContainerdFiles {
  main: EngineFile;
  /** The file that gets the runtime; it may be the main file itself. */
  target: EngineFile;
  /** True where `target` is a file of our own, which the main file has to import. */
  isDropIn: boolean;
}

/** Gets the files to put a runtime into. @throws {Failure} toml-syntax, toml-field */
export function filesToEdit(facts: EngineFacts, file: string, name: string): ContainerdFiles {
  const main = new EngineFile(facts, "containerd", file);
  const isDropIn = mergesImports(facts, main) && !isInDropInFolder(file) && !isRead(main.document, name);
  if (isDropIn) return { main, target: new EngineFile(facts, "containerd", dropInPath(main)), isDropIn };
  const path = mergesImports(facts, main) ? file : fileThatCounts(facts, file);
  return { main, target: path === file ? main : new EngineFile(facts, "containerd", path), isDropIn };
}

/** True where the main file has our runtime already, and where containerd 2.0 looks for it. */
function isRead(document: TomlDocument, name: string): boolean {
  return configVersion(document) > 1 &&
    itemsUnder(document, [...sectionIn(document), "runtimes", name]).length > 0;
}

/** Below 2.0, the last file that says anything of the CRI plugin: what others say of it is as good as not there. */
function fileThatCounts(facts: EngineFacts, file: string): string {
  const last = filesRead(facts, file).findLast((document) =>
    itemsUnder(document, sectionIn(document).slice(0, 2)).length > 0
  );
  return last?.source.file ?? file;
}

function sectionIn(document: TomlDocument): string[] {
  return runtimesSection(configVersion(document));
}

/** Gets the version to write where a file declares none yet. */
export function versionFor(facts: EngineFacts, { main, target }: ContainerdFiles): number {
  if (!target.isEmpty) return configVersion(target.document);
  const model = isInDropInFolder(main.path)
    ? new EngineFile(facts, "containerd", `${folderOf(folderOf(main.path))}/config.toml`)
    : main;
  const isMerged = mergesImports(facts, model);
  if (model.isEmpty) return isMerged ? 3 : 2;
  // As the main file, since 2.0 translates nothing of it beside a file of a newer version; 1 it reads no more.
  return Math.max(configVersion(model.document), isMerged ? 2 : 1);
}

/** Lists every file that may hold something of ours, the main file first. */
export function filesOfOurs(facts: EngineFacts, file: string): EngineFile[] {
  const main = new EngineFile(facts, "containerd", file);
  const imported = filesRead(facts, file).map(({ source }) => source.file).filter((path) => path !== file);
  const paths = new Set([...imported, dropInPath(main)]);
  return [main, ...[...paths].map((path) => new EngineFile(facts, "containerd", path))];
}

/** Gets the path where our own file is or would be. */
export function dropInPath(main: EngineFile): string {
  const folder = (textsAt(main.document, ["imports"]) ?? []).map(importedFolder).find((one) =>
    one !== undefined
  );
  return `${absolute(main.path, folder ?? "conf.d")}/${OWN_NAME}`;
}

/** Tells whether the main file imports our own file already. */
export function importsDropIn(main: EngineFile): boolean {
  return (textsAt(main.document, ["imports"]) ?? []).some((one) => importedFolder(one) !== undefined);
}

/** Lists every file that containerd reads, in its order: the main file, then what it imports. */
export function filesRead(facts: EngineFacts, file: string): TomlDocument[] {
  const documents: TomlDocument[] = [];
  const pending = [file];
  for (const path of pending) {
    const one = new EngineFile(facts, "containerd", path);
    documents.push(one.document);
    const imported = (textsAt(one.document, ["imports"]) ?? []).flatMap((pattern) =>
      expand(facts, absolute(path, pattern))
    );
    pending.push(...imported.filter((another) => !pending.includes(another)));
  }
  return documents;
}

function expand(facts: EngineFacts, pattern: string): string[] {
  if (!pattern.includes("*")) return [pattern];
  const folder = folderOf(pattern);
  const [before, after, more] = pattern.slice(folder.length + 1).split("*");
  // More than one star, or one for a folder: rare enough to leave to the engine's own dump.
  if (more !== undefined || folder.includes("*")) return [];
  const names = facts.names?.(folder) ??
    (facts.text(`${folder}/${OWN_NAME}`) === undefined ? [] : [OWN_NAME]);
  return names.filter((name) => name.startsWith(before!) && name.endsWith(after!)).sort()
    .map((name) => `${folder}/${name}`);
}

/** True from 2.0 on; where the engine cannot be asked, the configuration's version tells. */
export function mergesImports(facts: EngineFacts, main: EngineFile): boolean {
  const major = Number.parseInt(facts.version ?? "", 10);
  if (!Number.isNaN(major)) return major >= 2;
  // Versions from 3 on are read by containerd 2.0 and later alone.
  return !main.isEmpty && configVersion(main.document) >= 3;
}

/** The folder of which a pattern imports every file, or ours. */
function importedFolder(pattern: string): string | undefined {
  return /^([^*?[\\]*)\/(zz-container-hooks)?\*(\.toml)?$/.exec(pattern)?.[1];
}

function isInDropInFolder(file: string): boolean {
  return folderOf(file).endsWith(".d");
}

function absolute(file: string, path: string): string {
  return path.startsWith("/") ? path : `${folderOf(file)}/${path}`;
}
