/** Running the engines' own programs: found where a system has them, and only where they are root's. */
import { SYSTEM_PATH } from "../../core/oci.ts";
import { checkProgram } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";

/** Milliseconds; none of the questions takes a healthy engine a second. */
const TIMEOUT = 20_000;

/** What a program answered. */
export interface Said {
  /** Whether it ended with status 0 in time. */
  ok: boolean;
  stdout: string;
  /** What it complained about, on one line; never empty where it failed. */
  complaint: string;
}

/**
 * Finds a program by its name.
 *
 * @param beside A program of the same engine: of several clients, its own speaks its protocol.
 * @returns an absolute path; undefined where there is none
 * @throws {Failure} untrusted, not-executable where one is there that root must not run
 */
export function findProgram(host: Host, name: string, beside?: string): string | undefined {
  const prefix = beside?.match(/^(.*)\/s?bin\/[^/]+$/)?.[1];
  const near = prefix === undefined ? [] : [`${prefix}/bin`, `${prefix}/sbin`];
  const path = [...near, ...SYSTEM_PATH.split(":")].map((folder) => `${folder}/${name}`)
    .find((place) => host.realPath(place) !== undefined);
  if (path !== undefined) checkProgram(host, path, "program");
  return path;
}

/** Runs a program to its end. */
export async function ask(
  host: Host,
  path: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Said> {
  const { status, stdout, stderr, timedOut } = await host.run({
    path,
    args,
    env: { PATH: SYSTEM_PATH, ...homeOf(host), ...env },
    timeout: TIMEOUT,
  });
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const complaint = timedOut
    ? `it did not answer within ${TIMEOUT / 1000} s`
    : lastLines(err!) || lastLines(out!);
  return { ok: status === 0, stdout: out!, complaint: complaint || `it ended with status ${status}` };
}

/** podman looks for its user's home, and rootless for the folder of the user's sockets. */
function homeOf(host: Host): Record<string, string> {
  if (host.uid() === 0) return { HOME: "/root" };
  const names = ["HOME", "XDG_RUNTIME_DIR"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = host.env(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

/** The end of a long complaint says what it is about. */
function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join(" ").slice(-600);
}
