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

/**
 * Starts a program that goes on when this process is gone or becomes another one, and is not its child: in a
 * session of its own, with the standard error of this process.
 *
 * @throws what the system says where no shell can be started
 */
export async function startApart(
  path: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  const shell = new Deno.Command("/bin/sh", {
    args: ["-c", '"$@" &', "sh", path, ...args],
    env,
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
    detached: true,
  }).spawn();
  await shell.status;
}

/** Asks a process to end (SIGTERM); that it is gone does not matter. */
export function askToEnd(pid: number): void {
  try {
    Deno.kill(pid, "SIGTERM");
  } catch {
    // Gone.
  }
}
