/** How much room there is. */
import { SYSTEM_PATH } from "../core/oci.ts";
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { existing, type RootedView } from "./check_folders.ts";
import { pathInRoot } from "./root.ts";

/** Milliseconds; a network mount that does not answer is found out when it is written to. */
const LIMIT = 5_000;

/**
 * Checks that there is room for what is to be written.
 *
 * @param folder May not be there yet: the next one above it counts.
 * @param needed Bytes.
 * @throws {Failure} install-space; not where `df` cannot tell
 */
export async function checkSpace(
  { machine, root, host }: RootedView,
  folder: string,
  needed: number,
): Promise<void> {
  const path = existing(host, folder);
  const free = await freeSpace(machine, pathInRoot(root, host.realPath(path) ?? "/"));
  if (free !== undefined && free < needed) throw failure("install-space", { path, free, needed });
}

/** Bytes; the fourth column of the last line is how many KiB are available. */
async function freeSpace(host: Host, path: string): Promise<number | undefined> {
  const env = { PATH: SYSTEM_PATH, LC_ALL: "C" };
  // "$1" is no code: sh only looks for df where this system has it, busybox' included.
  const args = ["-c", 'exec df -Pk "$1"', "sh", path];
  const outcome = await host.run({ path: "/bin/sh", args, env, timeout: LIMIT }).catch(() => undefined);
  const line = new TextDecoder().decode(outcome?.stdout).trim().split("\n").at(-1) ?? "";
  const [, available] = /^.* (?:\d+) +(?:\d+) +(-?\d+) +\S+ \/.*$/.exec(line) ?? [];
  return available === undefined ? undefined : Number(available) * 1024;
}
