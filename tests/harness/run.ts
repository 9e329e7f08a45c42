/**
 * Runs programs for the tests and gives back what they said.
 *
 * Output goes through files, not pipes: a container's process inherits the standard streams of `runc create`
 * and would hold a pipe open long after the command that is tested has ended.
 */

/** How a program ended and what it wrote. */
export interface Ran {
  /** Exit status; 128 + N where signal N ended it. */
  status: number;
  /** "SIGKILL" and the like, where a signal ended it. */
  signal?: string;
  stdout: string;
  stderr: string;
  pid: number;
}

/** What a program is run with. */
export interface RunOptions {
  /** Beside PATH; nothing of the tests' own environment is handed on. */
  env?: Record<string, string>;
  cwd?: string;
  /** Text for standard input; without it that is /dev/null. */
  stdin?: string;
  /** Seconds after which the program is killed and the test fails. Default: 120. */
  limit?: number;
}

/** The PATH of everything that the tests run. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Runs a program to its end, whatever its status is.
 *
 * @throws where it could not be started or took longer than its limit
 */
export async function run(argv: string[], options: RunOptions = {}): Promise<Ran> {
  const folder = await Deno.makeTempDir({ prefix: "container-hooks-run." });
  try {
    await Deno.writeTextFile(`${folder}/in`, options.stdin ?? "");
    const input = options.stdin === undefined ? "/dev/null" : `${folder}/in`;
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", REDIRECT, folder, input, ...argv],
      clearEnv: true,
      env: { PATH: SYSTEM_PATH, ...options.env },
      cwd: options.cwd,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const ended = await within(child, options.limit ?? 120, argv);
    return {
      status: ended.code,
      ...(ended.signal ? { signal: ended.signal } : {}),
      stdout: await Deno.readTextFile(`${folder}/out`),
      stderr: await Deno.readTextFile(`${folder}/err`),
      pid: child.pid,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** $0 is the folder for the output, $1 the input. `exec` keeps the process id. */
const REDIRECT = 'input=$1; shift; exec "$@" <"$input" >"$0/out" 2>"$0/err"';

/** Runs a program that has to succeed. @throws with what it wrote to stderr, where it does not */
export async function mustRun(argv: string[], options: RunOptions = {}): Promise<Ran> {
  const ran = await run(argv, options);
  if (ran.status !== 0) throw new Error(`${argv.join(" ")} ended with ${ran.status}: ${ran.stderr.trim()}`);
  return ran;
}

/** Where a program is on {@linkcode SYSTEM_PATH}; undefined where it is not. */
export function which(name: string): string | undefined {
  return SYSTEM_PATH.split(":").map((folder) => `${folder}/${name}`).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    const status = Deno.statSync(path);
    return status.isFile && ((status.mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

async function within(
  child: Deno.ChildProcess,
  seconds: number,
  argv: string[],
): Promise<Deno.CommandStatus> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, seconds * 1000);
  const status = await child.status;
  clearTimeout(timer);
  if (late) throw new Error(`${argv.join(" ")} was still running after ${seconds} s`);
  return status;
}
