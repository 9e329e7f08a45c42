/** A Debian in a folder, for tests that install packages. */
import { mustRun, run } from "./run.ts";
import type { WorkFolder } from "./work_folder.ts";

const DEBIAN = "CONTAINER_HOOKS_DEBIAN";

/** The folder of a Debian with runc that nobody changes, as `.ci/engines` makes it; undefined where nobody named one. */
export function debian(): string | undefined {
  return Deno.env.get(DEBIAN);
}

/** Why there is none; undefined where there is. */
export function noDebian(): string | undefined {
  return debian() ? undefined : `${DEBIAN} names no folder with one`;
}

/** A copy of it that goes with the test's folder. */
export interface DebianRoot {
  path: string;
  /** Runs a command in it, and gets both of its outputs and its status. */
  run(...argv: string[]): Promise<{ said: string; status: number }>;
  /** Every path of it that a package may change, sorted. */
  tree(): Promise<string[]>;
}

/** Copies it. */
export async function debianRoot(work: WorkFolder): Promise<DebianRoot> {
  const path = `${work.path}/debian`;
  await mustRun(["cp", "-a", debian()!, path]);
  await mustRun(["mount", "-t", "proc", "proc", `${path}/proc`]);
  // apt's hooks write to it.
  await mustRun(["mount", "--bind", "/dev", `${path}/dev`]);
  return {
    path,
    async run(...argv) {
      const ran = await run(["chroot", path, ...argv]);
      return { said: ran.stdout + ran.stderr, status: ran.status };
    },
    async tree() {
      const places = ["etc", "usr", "var", "run", "opt"].map((name) => `${path}/${name}`);
      const left = ["*/var/lib/dpkg/*", "*/rpm/*", "*/rpm"].flatMap((kept) => ["-not", "-path", kept]);
      const ran = await mustRun(["find", ...places, ...left]);
      return ran.stdout.trim().split("\n").map((line) => line.slice(path.length)).sort();
    },
  };
}
