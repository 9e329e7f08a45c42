/** What a process needs that serves others for as long as the machine runs. */

/**
 * Takes a lock that dies with the process.
 *
 * @returns false where another process has it
 * @throws where the file cannot be made
 */
export function lockForLife(path: string): boolean {
  const file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
  if (file.tryLockSync(true)) {
    held.push(file);
    return true;
  }
  file.close();
  return false;
}

/** A file that nobody holds is closed, and its lock gone. */
const held: Deno.FsFile[] = [];

/** Calls `action` when the process is asked to end (SIGTERM, SIGINT). */
export function onTerminate(action: () => void): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, action);
}
