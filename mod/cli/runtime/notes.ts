/** What to know of an engine besides what is done to it; each note is a sentence without a full stop. */
import type { Site } from "../../engines/setup/engine_control.ts";
import type { ReplacedDefault } from "../../engines/setup/plan_changes.ts";
import { launcherAt } from "../../doctor/launchers.ts";
import type { Host } from "../../host/host.ts";

/** Processes of the engine that read a file which none of `sites` is about. */
export function notesOn({ control, file, others }: Site, sites: readonly Site[]): string[] {
  return others.filter((one) => !sites.some((site) => site.file === one.file)).map(({ pid, file: read }) =>
    `${control.program} (process ${pid}) reads ${read}, not ${file}: name it with --config`
  );
}

/** Tells that a default goes, and how it stays in use behind ours; nothing where our launcher stands in front of it. */
export function noteOnReplaced(host: Host, { name, path }: ReplacedDefault, launcher: string): string[] {
  if (path === undefined) return [`replaces the default ${name}`];
  if (standsBehind(host, path, launcher)) return [];
  return [
    `replaces the default ${name} (${path}); to keep it behind us, write what \`container-hooks launcher ` +
    `--runtime ${path}\` prints to an executable file, and name that with --path`,
  ];
}

function standsBehind(host: Host, path: string, launcher: string): boolean {
  try {
    const real = host.realPath(launcher)!;
    const runtime = launcherAt(host, real)?.runtime;
    return runtime !== undefined && (runtime === path || host.realPath(runtime) === host.realPath(path));
  } catch {
    // The program itself may be what is called, and a default may be a program that cannot be looked at.
    return false;
  }
}
