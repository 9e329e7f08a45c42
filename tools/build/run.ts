/** Runs the programs that a build needs. */

/** How a program ended, and what it said. */
export interface Ran {
  success: boolean;
  stdout: string;
  stderr: string;
  /** True where it was killed for its time limit. */
  late: boolean;
}

/** What a program is run with, beside its arguments. */
export interface RunOptions {
  cwd?: string;
  /** Added to the build's own environment; without `inherit`, to nothing. */
  env?: Record<string, string>;
  /** Default: true. */
  inherit?: boolean;
  /** Seconds. */
  limit: number;
}

/** Runs a program to its end, or to its limit. Standard input is empty. */
export async function run(path: string, args: string[], options: RunOptions): Promise<Ran> {
  const child = new Deno.Command(path, {
    args,
    cwd: options.cwd,
    env: options.env,
    clearEnv: options.inherit === false,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, options.limit * 1000);
  try {
    const { success, stdout, stderr } = await child.output();
    return { success, late, stdout: text(stdout), stderr: text(stderr) };
  } finally {
    clearTimeout(timer);
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
