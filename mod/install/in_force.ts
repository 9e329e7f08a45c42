/** Which version of the program is in force, as a process of another version wants to know it. */
import { folderOf } from "../core/path.ts";
import { checkProgram } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { PROGRAM_NAME } from "./compare_item.ts";
import { RECORD } from "./places.ts";
import { readRecord } from "./record.ts";

/**
 * Watches the record of the installation.
 *
 * @param file The program that runs.
 * @returns gets the program that was installed in its place; undefined where it is still the one, where it was never
 * installed, and while an installing is at work or the record cannot be read
 */
export function watchInstalled(host: Host, file: string): () => string | undefined {
  let seen: string | undefined;
  let found: string | undefined;
  return () => {
    const stamp = stampOf(host);
    if (stamp !== seen) found = installedInstead(host, file);
    seen = stamp;
    return found;
  };
}

/** What changes with every record that is written: each is a new file. */
function stampOf(host: Host): string {
  const status = host.lstat(RECORD);
  return status ? `${status.device} ${status.inode} ${status.changed}` : "";
}

function installedInstead(host: Host, file: string): string | undefined {
  try {
    const record = readRecord(host);
    const wasInstalled = record?.items.some(({ kind, path }) =>
      kind === "version" && path === folderOf(file)
    );
    if (record?.state !== "whole" || !wasInstalled || record.program === folderOf(file)) return undefined;
    return checkProgram(host, `${record.program}/${PROGRAM_NAME}`, "program");
  } catch {
    // What is wrong with it, `doctor` says; whoever serves goes on.
    return undefined;
  }
}
