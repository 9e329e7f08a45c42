/** Making the index anew, and keeping it for the creates that follow. */
import { discard, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { stateFolder } from "../host/our_folders.ts";
import { unfinishedName } from "../host/unfinished.ts";
import type { Program } from "../plugin/program.ts";
import { buildIndex } from "./build_index.ts";
import type { Index } from "./entries.ts";
import { indexPath } from "./open_index.ts";
import { STANDING_GATES, standingGates } from "./standing_gates.ts";

/**
 * Makes the index, and keeps it where that can be done.
 *
 * @param kept The last one: what has not changed is taken over.
 * @throws {Failure} where the configuration is wrong, or what is kept is not root's alone
 */
export async function makeIndex(host: Host, program: Program, kept: Index | undefined): Promise<Index> {
  const folder = stateFolder(host);
  const index = await buildIndex(host, program, folder, kept);
  keep(host, folder, index);
  return index;
}

function keep(host: Host, folder: string, index: Index): void {
  const gates = standingGates(index);
  const put = (path: string, text: string) =>
    replaceFile(host, path, "plugin index", new TextEncoder().encode(text), {
      temporary: `${folder}/${unfinishedName(host)}`,
      mode: 0o600,
      durable: false,
    });
  try {
    host.makeFolder(folder, 0o700);
    // Before the index that has them, and gone only behind one that has none.
    if (gates.length > 0) put(gatesPath(folder), gates.map(({ name }) => `${name}\n`).join(""));
    put(indexPath(folder), JSON.stringify(index));
    if (gates.length === 0) discard(host, gatesPath(folder));
  } catch {
    // It only saves time: a container does not have to wait for the disk to have space again.
  }
}

function gatesPath(folder: string): string {
  return `${folder}/${STANDING_GATES}`;
}
