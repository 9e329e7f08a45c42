/** What an installation consists of. */
import { DEFAULT_CONFIG } from "../config/default_text.ts";
import { sha256 } from "../core/sha256.ts";
import type { Host } from "../host/host.ts";
import { hookText } from "../wrapper/hook_text.ts";
import { launcherText } from "../wrapper/launcher_text.ts";
import type { Launcher } from "./launchers.ts";
import { folderOf } from "../core/path.ts";
import {
  COMMAND,
  CONFIG,
  CONFIG_ADDITIONS,
  CONFIG_FOLDER,
  CTK,
  documentsOf,
  PLUGINS,
  STATE,
} from "./places.ts";
import { PROGRAM_NAME } from "./compare_item.ts";
import { UNIT_FILE, unitText } from "./service_unit.ts";
import type { FolderItem, InstalledItem } from "./record.ts";

/** Something that is to be there, with its text where it has one. */
export interface WantedItem {
  item: InstalledItem;
  bytes?: Uint8Array;
  /** The administrator's from the moment that it is there: never replaced. */
  onlyOnce?: true;
}

/** A text that goes with the program, such as the manual page. */
export interface Document {
  /** The path from the folder of such texts, as {@linkcode documentsOf} has it. */
  path: string;
  text: string;
}

/** What the layout depends on. */
export interface Inventory {
  /** Version of the program. */
  version: string;
  /** Folder of this version. */
  program: string;
  /** The folder of commands. */
  bin: string;
  /** SHA-256 of the program's file. */
  sha256: string;
  launchers: readonly Launcher[];
  documents: readonly Document[];
  /** Whether systemd is to be told of the service. */
  unit: boolean;
}

const encoder = new TextEncoder();

/**
 * Lists all that is to be there, in the order in which it is made: what a launcher needs comes before it. Folders that
 * only hold something are not among it.
 */
export async function layOut(inventory: Inventory): Promise<WantedItem[]> {
  const { program, bin, launchers, documents, version, unit } = inventory;
  const folders = [CONFIG_FOLDER, CONFIG_ADDITIONS, PLUGINS].map((path): WantedItem => ({
    item: { kind: "folder", path, mode: 0o755 },
  }));
  const file = async (path: string, text: string, more: { mode?: number; runtime?: string } = {}) => {
    const bytes = encoder.encode(text);
    const hash = await sha256(bytes);
    return { item: { kind: "file", path, mode: 0o644, sha256: hash, ...more }, bytes } as WantedItem;
  };
  const runtimes = launchers.map(({ path, runtime }) => {
    const text = launcherText({ program: `${program}/${PROGRAM_NAME}`, runtime, version });
    return file(path, text, { mode: 0o755, runtime });
  });
  const hook = await sha256(encoder.encode(hookText({ program: `${program}/${PROGRAM_NAME}`, version })));
  return [
    { item: { kind: "version", path: program, mode: 0o755, sha256: inventory.sha256, hook } },
    ...folders,
    { ...await file(CONFIG, DEFAULT_CONFIG), onlyOnce: true },
    ...await Promise.all(documents.map(({ path, text }) => file(`${documentsOf(bin)}/${path}`, text))),
    ...[COMMAND, CTK].map((name): WantedItem => ({
      item: { kind: "link", path: `${bin}/${name}`, target: `${program}/${PROGRAM_NAME}` },
    })),
    ...unit ? [await file(UNIT_FILE, unitText(bin))] : [],
    ...await Promise.all(runtimes),
  ];
}

/** The folder of index, plugin cache and record, which root alone can look into. */
export const STATE_FOLDER: FolderItem = { kind: "folder", path: STATE, mode: 0o700 };

/** Gets the state folder and those above it, as far as they are not there, the highest first. */
export function missingStateFolders(host: Host): FolderItem[] {
  const isThere = (path: string) => host.realPath(path) !== undefined;
  return isThere(STATE) ? [] : [...missingFolders([STATE], isThere), STATE_FOLDER];
}

/**
 * Folders above `paths` that are not there, the highest first.
 *
 * @param isThere Whether a path is there.
 */
export function missingFolders(paths: readonly string[], isThere: (path: string) => boolean): FolderItem[] {
  const missing = new Set<string>();
  for (const path of paths) {
    for (let folder = folderOf(path); folder !== "/" && !isThere(folder); folder = folderOf(folder)) {
      missing.add(folder);
    }
  }
  return [...missing].sort().map((path) => ({ kind: "folder", path, mode: 0o755 }));
}
