/** What to know of an engine besides what is done to it; each note is a sentence without a full stop. */
import type { Site } from "../../engines/setup/engine_control.ts";
import type { ReplacedDefault } from "../../engines/setup/plan_changes.ts";
import { readConfig } from "../../config/config.ts";
import { nameOf } from "../../core/path.ts";
import { knownInstallation } from "../../doctor/installation.ts";
import { findRuntime } from "../../wrapper/find_runtime.ts";
import { launcherAt } from "../../doctor/launchers.ts";
import type { Host } from "../../host/host.ts";

/** Processes of the engine that read a file which none of `sites` is about. */
export function notesOn({ control, file, others }: Site, sites: readonly Site[]): string[] {
  return others.filter((one) => !sites.some((site) => site.file === one.file)).map(({ pid, file: read }) =>
    `${control.program} (process ${pid}) reads ${read}, not ${file}: name it with --config`
  );
}

/**
 * Tells that a default goes, and how it stays in use behind ours; nothing where it is what ours stands in front of.
 *
 * @param behind The runtime that our launcher calls; where it is not known, runc is taken for it.
 */
export function noteOnReplaced(
  host: Host,
  replaced: ReplacedDefault | undefined,
  behind: string | undefined,
): string[] {
  if (replaced === undefined) return [];
  const { name, path } = replaced;
  if (isSame(host, path ?? name, behind ?? "runc")) return [];
  if (path === undefined) return [`replaces the default ${name}`];
  const launcher = launcherOf(host, path);
  const how = launcher === undefined
    ? `write what \`container-hooks launcher --runtime ${path}\` prints to an executable file, and name that with --path`
    : `name its launcher: --path ${launcher}`;
  const now = behind === undefined ? "" : ` by ${behind}`;
  return [`replaces the default ${name} (${path})${now}; to keep it behind us, ${how}`];
}

/** Finds the OCI runtime that is called by what an engine is told to call: a launcher names it, otherwise config.toml. */
export async function runtimeBehind(
  host: Host,
  launcher: string,
  self: string,
): Promise<string | undefined> {
  try {
    const named = launcherAt(host, host.realPath(launcher)!)?.runtime;
    return named ?? findRuntime(host, (await readConfig(host)).runtimes, self);
  } catch {
    // What is wrong with it is doctor's to tell.
    return undefined;
  }
}

/** Finds the launcher that an installation has made for a runtime. */
function launcherOf(host: Host, runtime: string): string | undefined {
  const items = knownInstallation(host).record?.items ?? [];
  return items.find((item) => item.kind === "file" && item.runtime && isSame(host, item.runtime, runtime))
    ?.path;
}

/** Tells whether two names or paths of runtimes lead to one program; a name alone is that of the program. */
function isSame(host: Host, one: string, other: string): boolean {
  if (!one.startsWith("/") || !other.startsWith("/")) return nameOf(one) === nameOf(other);
  try {
    return one === other || host.realPath(one) === host.realPath(other);
  } catch {
    // A default may be a program that cannot be looked at.
    return false;
  }
}
