/** What is ours and on no record: copied by hand, or left where the record was lost. */
import type { Host } from "../host/host.ts";
import { isOurs, isVersionName, PROGRAM_NAME } from "./compare_item.ts";
import { BIN, COMMAND, CTK, LAUNCHER, prefixOf } from "./places.ts";

/**
 * Commands, launchers and versions that are ours, at the places where an installation puts them.
 *
 * @param host Of the root.
 * @param self The running file, if it is in the root.
 */
export function findStrays(host: Host, self: string | undefined): string[] {
  const prefix = prefixOf(BIN);
  const commands = namesIn(host, BIN).filter(mayBeOurs).map((name) => `${BIN}/${name}`);
  const versions = namesIn(host, prefix).filter(isVersionName).map((name) => `${prefix}/${name}`);
  return [
    ...commands.filter((path) => isOurs(host, path, self)),
    ...versions.filter((path) => host.lstat(`${path}/${PROGRAM_NAME}`)),
  ];
}

function mayBeOurs(name: string): boolean {
  return [COMMAND, CTK, LAUNCHER].includes(name) || name.startsWith(`${LAUNCHER}-`);
}

function namesIn(host: Host, folder: string): string[] {
  const real = host.realPath(folder);
  if (real === undefined || host.lstat(real)?.kind !== "a folder") return [];
  return host.readFolder(real).map(({ name }) => name).toSorted();
}
