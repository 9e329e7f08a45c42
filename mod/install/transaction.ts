/**
 * Making what is wanted: everything is written beside its place first, so that a full disk or a read-only one is
 * met before anything has changed; then each thing takes its place by one rename.
 */
import { failure } from "../errors.ts";
import { systemReason } from "../host/system_reason.ts";
import { discard } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import type { WantedItem } from "./layout.ts";
import { temporaryOf } from "./places.ts";
import { removeIfEmpty, removeTree } from "./tree.ts";

/** What is done about one thing. */
export interface Step extends WantedItem {
  action: "make" | "replace" | "keep" | "remove";
  /** Why, where that is not plain. */
  note?: string;
}

/** Makes the folder of the version that is installed. */
export type MakeVersion = (place: string) => Promise<void>;

/**
 * Writes all that is to be made or replaced beside its place. Folders and the new version are made where they
 * belong: nothing leads to them yet.
 *
 * @throws {Failure} file-unwritable, and what `makeVersion` throws; nothing is left behind
 */
export async function prepare(host: Host, steps: readonly Step[], makeVersion: MakeVersion): Promise<void> {
  const begun: Step[] = [];
  try {
    for (const step of changing(steps)) {
      begun.push(step);
      if (step.item.kind === "version") await makeVersion(step.item.path);
      else write(host, step);
    }
  } catch (error) {
    for (const step of begun.toReversed()) undo(host, step);
    throw error;
  }
}

/** Puts everything into its place, in order. @throws {Failure} file-unwritable */
export function commit(host: Host, steps: readonly Step[]): void {
  for (const { item } of changing(steps)) {
    if (item.kind !== "file" && item.kind !== "link") continue;
    attempt(item.path, () => host.rename(temporaryOf(item.path), item.path));
  }
}

function changing(steps: readonly Step[]): Step[] {
  return steps.filter(({ action }) => action === "make" || action === "replace");
}

function write(host: Host, { item, bytes }: Step): void {
  const temporary = temporaryOf(item.path);
  attempt(item.path, () => {
    if (item.kind === "folder") makeFolder(host, item.path, item.mode);
    // What a kill left there.
    else host.remove(temporary);
    if (item.kind === "link") host.makeSymlink(item.target, temporary);
    if (item.kind !== "file") return;
    {
      using file = host.createNew(temporary, 0o600);
      file.write(bytes!);
      file.sync();
    }
    host.chmod(temporary, item.mode);
  });
}

/** Makes a folder with exactly this mode: what mkdir is given is cut by the umask. */
export function makeFolder(host: Host, path: string, mode: number): void {
  host.makeFolder(path, mode);
  host.chmod(path, mode);
}

function undo(host: Host, { action, item }: Step): void {
  if (item.kind === "file" || item.kind === "link") return discard(host, temporaryOf(item.path));
  if (action === "replace") return;
  try {
    if (item.kind === "version") removeTree(host, item.path);
    else removeIfEmpty(host, item.path);
  } catch {
    // Read-only by now; the failure that brought us here says more, and the record still names it.
  }
}

function attempt(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw failure("file-unwritable", { what: "file", path, why: systemReason(error) }, { cause: error });
  }
}
