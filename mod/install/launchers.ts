/** Which launchers there are to be: one for each OCI runtime that is found. */
import type { Config } from "../config/config.ts";
import { Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { findRuntime } from "../wrapper/find_runtime.ts";
import { nameOf } from "../core/path.ts";
import { LAUNCHER } from "./places.ts";
import type { InstallRecord } from "./record.ts";

/** A launcher, and the runtime in front of which it stands. */
export interface Launcher {
  path: string;
  runtime: string;
}

/**
 * Gets the launchers of an earlier installation, each in front of the runtime that it always stood in front of
 * (another one would lose the containers that live), and one for each runtime that has none yet.
 *
 * @param program Path of the program, which is no runtime.
 * @param bin The folder of launchers.
 * @throws {Failure} runtime-missing where there is none at all; untrusted
 */
export function chooseLaunchers(
  host: Host,
  { runtimes }: Pick<Config, "runtimes">,
  program: string,
  earlier: InstallRecord | undefined,
  bin: string,
): Launcher[] {
  const main = `${bin}/${LAUNCHER}`;
  const launchers = earlierLaunchers(earlier);
  for (const runtime of foundRuntimes(host, runtimes, program)) {
    const real = host.realPath(runtime);
    if (launchers.some((launcher) => host.realPath(launcher.runtime) === real)) continue;
    const first = !launchers.some(({ path }) => path === main);
    const path = first ? main : `${main}-${nameOf(runtime)}`;
    if (!launchers.some((launcher) => launcher.path === path)) launchers.push({ path, runtime });
  }
  if (launchers.length === 0) {
    throw failure("runtime-missing", { tried: [...runtimes], why: runtimes.map(() => "is not there") });
  }
  return launchers;
}

function earlierLaunchers(record: InstallRecord | undefined): Launcher[] {
  const launchers = (record?.items ?? []).flatMap((item) =>
    item.kind === "file" && item.runtime ? [[item.path, item.runtime] as const] : []
  );
  return [...new Map(launchers)].map(([path, runtime]) => ({ path, runtime }));
}

function foundRuntimes(host: Host, names: readonly string[], program: string): string[] {
  return names.flatMap((name) => {
    try {
      return [findRuntime(host, [name], program)];
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === "runtime-missing") return [];
      throw thrown;
    }
  });
}
