/** The hooks by which a runtime calls the handlers of plugins: one for each stage that has any. */
import type { HookEdit } from "../edits/hook.ts";
import { HOOKED_STAGES, SYSTEM_PATH } from "../core/oci.ts";
import type { Host } from "../host/host.ts";
import { folderOf, pathIn } from "../core/path.ts";
import { dispatchArguments, HOOK_SCRIPT } from "../entry_points.ts";
import type { HandlersRecord } from "../state/journal.ts";

/**
 * Seconds beside the handlers' own limits: for our start on a machine where many containers start at once. The
 * handlers' limits are kept by ourselves, with a sentence; the runtime's is for the case that we cannot.
 */
const START = 10;

/** What tells the portable form where it has unpacked itself; elsewhere it would do so again. */
const PLACES = ["CONTAINER_HOOKS_PORTABLE_DIR", "XDG_DATA_HOME", "HOME"];
/** Variables of root's programs, which need no home. */
const ROOTS_PLACES = PLACES.slice(0, 1);

/**
 * Makes the hooks by which the runtime calls handlers.
 *
 * @param self File of this program.
 * @param entry Path of the journal entry that will hold `records`.
 */
export function dispatcherHooks(
  host: Host,
  self: string,
  entry: string,
  records: readonly HandlersRecord[],
): HookEdit[] {
  return HOOKED_STAGES.flatMap((stage) => {
    const called = records.filter(({ stages }) => stages.includes(stage));
    if (called.length === 0) return [];
    const args = dispatchArguments({ stage, entry });
    return [{
      edit: "hook",
      stage,
      hook: { path: hookProgram(host, self), args, env: environment(host), timeout: secondsFor(called) },
    }];
  });
}

/**
 * The script that has the service call the handlers, and is of the same version, where `install` has laid it out
 * beside this program; where the program was copied alone, itself.
 */
function hookProgram(host: Host, self: string): string {
  const script = pathIn(folderOf(self), HOOK_SCRIPT);
  return host.lstat(script)?.kind === "a regular file" ? script : self;
}

/** A state says neither where the journal is nor where we were unpacked, and a hook's environment is empty. */
function environment(host: Host): string[] {
  const root = host.uid() === 0 && !host.inUserNamespace();
  const places = (root ? ROOTS_PLACES : PLACES).flatMap((name) => {
    const value = host.env(name);
    return value ? [`${name}=${value}`] : [];
  });
  return [`PATH=${SYSTEM_PATH}`, ...places];
}

/** What a stage may take: twice the handlers' own, since each may use as much again to take back what it did. */
export function secondsFor(records: readonly HandlersRecord[]): number {
  const milliseconds = records.reduce((sum, { timeout }) => sum + 2 * timeout, 0);
  return Math.ceil(milliseconds / 1000) + START;
}
