/**
 * Which created containers have a handler at `start`: an empty file for each, which the launcher looks for without
 * starting a process.
 *
 *     RUN/start/ID.TOKEN
 *
 * The id is part of the name because a shell must find it; it has been through `checkContainerId`, so it holds no
 * slash and is no folder's name. Containers of one id under several roots of runtimes have a mark each.
 */
import { failure } from "../errors.ts";
import { systemReason } from "../host/system_reason.ts";
import { discard } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";

/** The folder of the marks, in the run folder. */
export const MARKS = "start";

/** What a mark's name ends with: the token of the journal entry. */
const TOKEN = /\.([0-9a-f]{32})$/;

/** Marks a container, before it is created. @throws {Failure} file-unwritable */
export function markForStart(host: Host, id: string, token: string): void {
  const folder = `${runFolder(host)}/${MARKS}`;
  const path = `${folder}/${id}.${token}`;
  makePrivateFolder(host, folder);
  try {
    host.createNew(path, 0o600)[Symbol.dispose]();
  } catch (error) {
    throw failure("file-unwritable", { what: "start mark", path, why: systemReason(error) }, {
      cause: error,
    });
  }
}

/** Tokens of the entries of containers that are called by one of `words`; none costs one look at the folder. */
export function markedForStart(host: Host, words: readonly string[]): string[] {
  if (words.length === 0) return [];
  const folder = `${runFolder(host)}/${MARKS}`;
  if (!host.lstat(folder)) return [];
  return host.readFolder(folder).flatMap(({ name }) => {
    const [end, token] = name.match(TOKEN) ?? [];
    return token !== undefined && words.includes(name.slice(0, -end!.length)) ? [token] : [];
  });
}

/** Takes a mark away: the container was started, or its entry is being removed. */
export function unmarkForStart(host: Host, id: string, token: string): void {
  discard(host, `${runFolder(host)}/${MARKS}/${id}.${token}`);
}
