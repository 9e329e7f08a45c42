/** Which versions that were installed earlier are still needed. */
import type { Host } from "../host/host.ts";
import { listEntries, newerEntries } from "../state/journal.ts";

/**
 * Whether a folder of a version is still named: by a hook of a container whose bundle is there, which calls its
 * handlers when the container ends, or by a running process, which may load a module any moment.
 *
 * @param host Of the root, for the journal.
 * @param machine The machine's own, for its processes.
 */
export function isNeeded(host: Host, machine: Host, folder: string): boolean {
  return isInJournal(host, folder) || isRunning(machine, folder);
}

function isInJournal(host: Host, folder: string): boolean {
  const isNamed = listEntries(host).some(({ dispatch, config }) =>
    dispatch?.hooks.some(({ hook }) => hook.path.startsWith(`${folder}/`)) === true &&
    host.lstat(config.path) !== undefined
  );
  return isNamed || newerEntries(host).some((text) => text.includes(`${folder}/`));
}

/** A name in the command line counts too: sh reads the portable form's header before Deno takes its place. */
function isRunning(machine: Host, folder: string): boolean {
  return machine.readFolder("/proc").some(({ name }) =>
    /^\d+$/.test(name) &&
    (readLink(machine, `/proc/${name}/exe`).includes(`${folder}/`) ||
      readText(machine, `/proc/${name}/cmdline`).includes(`${folder}/`))
  );
}

/** Bytes of a command line that are looked at: the program stands among the first words. */
const COMMAND_LINE = 4096;

/** "" where the process is gone, or is a thread of the kernel. */
function readLink(machine: Host, path: string): string {
  try {
    return machine.readLink(path);
  } catch {
    return "";
  }
}

function readText(machine: Host, path: string): string {
  try {
    using file = machine.open(path);
    const buffer = new Uint8Array(COMMAND_LINE);
    return new TextDecoder().decode(buffer.subarray(0, file.read(buffer) ?? 0));
  } catch {
    return "";
  }
}
