/**
 * This file says how the program calls itself: the words by which main.ts, and for those that containers wait for
 * tools/build/portable_header.sh, tell one entry point from the others, under whichever name the file was copied.
 *
 * | command line                                         | who calls it                  | what runs                    |
 * | ---------------------------------------------------- | ----------------------------- | ---------------------------- |
 * | `plan --launcher=VERSION ...`                        | the launcher, before a create | wrapper/plan_entry_point.ts  |
 * | `dispatch STAGE --journal FILE`                      | an OCI runtime, as a hook     | dispatch/entry_point.ts      |
 * | `dispatch STAGE --journal FILE --lost`               | the script of a hook          | dispatch/lost.ts             |
 * | `manifest-of FOLDER`                                 | the program, for a new plugin | plugin/print_manifest.ts     |
 * | `parse-plugin`                                       | the program, for a new plugin | plugin/print_parsed.ts       |
 * | `test-plugin FOLDER`, `test-plugin-reversed FOLDER`  | `plugin test`                 | sandbox/run_tests.ts         |
 *
 * An isolate for plugins is a worker, and has a module of its own: isolate.ts beside main.ts.
 */
import { HOOKED_STAGES, type HookedStage } from "./core/oci.ts";
import { failure } from "./errors.ts";

/** The doors: programs that one file starts, each a file of doors/. */
export const DOORS = ["creator", "wrapper", "handlers", "commands"] as const;

/** The program that a call starts. */
export type Door = typeof DOORS[number];

/**
 * Tells which door a call is for.
 *
 * Calls by ourselves come first, under every name: the file may have been copied alone, as the runtime.
 *
 * @param calledAs The name that the program was called by, without folders.
 */
export function doorOf(calledAs: string, args: readonly string[]): Door {
  if (isPlanCall(args)) return "creator";
  if (isDispatchCall(args)) return "handlers";
  if (isManifestCall(args) || isParseCall(args) || isTestCall(args)) return "commands";
  if (!calledAs.startsWith("container-hooks-runtime") && !isRuntimeCall(args)) return "commands";
  // Either does the same: what most likely makes a container is one file with all that this needs.
  return args.some((word) => word === "create" || word === "run" || word === "restore")
    ? "creator"
    : "wrapper";
}

/** Whether `args` are a call of a runtime under whichever name: `runtime -- THE-RUNTIME'S-ARGUMENTS`. */
function isRuntimeCall(args: readonly string[]): boolean {
  return args[0] === "runtime" && args[1] === "--";
}

/** Gets the arguments for the runtime of a call that is for the wrapper. */
export function runtimeArguments(calledAs: string, args: readonly string[]): readonly string[] {
  return !calledAs.startsWith("container-hooks-runtime") && isRuntimeCall(args) ? args.slice(2) : args;
}

/** Whether `args` are a call by the launcher, of whichever version it is. */
export function isPlanCall(args: readonly string[]): boolean {
  return args[0] === "plan" && args[1]?.startsWith("--launcher=") === true;
}

/** The command that starts the child which runs a plugin's top level; its argument is a folder of the cache. */
export const MANIFEST_COMMAND = "manifest-of";

/** Whether `args` are such a call; no runtime has a command of that name. */
export function isManifestCall(args: readonly string[]): boolean {
  return args.length === 2 && args[0] === MANIFEST_COMMAND && args[1]!.startsWith("/");
}

/** The command that starts the child which parses files of plugins; they come by standard input. */
export const PARSE_COMMAND = "parse-plugin";

/** Whether `args` are such a call; no runtime has a command of that name. */
export function isParseCall(args: readonly string[]): boolean {
  return args.length === 1 && args[0] === PARSE_COMMAND;
}

/** The command that starts the child which runs tests of a plugin; its argument is a folder of the cache. */
export const TEST_COMMAND = "test-plugin";

/** The same, with the last test first. */
export const REVERSED_TEST_COMMAND = "test-plugin-reversed";

/** Whether `args` are such a call; no runtime has a command of that name. */
export function isTestCall(args: readonly string[]): boolean {
  return args.length === 2 && (args[0] === TEST_COMMAND || args[0] === REVERSED_TEST_COMMAND) &&
    args[1]!.startsWith("/");
}

/** A call of a stage's handlers: `container-hooks dispatch STAGE --journal FILE`. */
export interface DispatchCall {
  stage: HookedStage;
  /** Absolute path of the journal entry that says whose handlers are called. */
  entry: string;
  /** Whether the service had begun the stage, and was lost: nothing is begun again. */
  lost?: boolean;
}

/** Name of the script that config.json names as a hook, beside the program. */
export const HOOK_SCRIPT = "container-hooks-hook";

/** The word by which that script says that the service has begun the stage. */
const LOST = "--lost";

/** An entry in the journal of some run folder; nothing in between that leads elsewhere. */
const ENTRY = /^(?:\/(?!\.{1,2}\/)[^/]+)+\/journal\/([0-9a-f]{32})\.json$/;

/** Gets the arguments of a hook that calls a stage's handlers, args[0] included. */
export function dispatchArguments({ stage, entry }: DispatchCall): string[] {
  return ["container-hooks", "dispatch", stage, "--journal", entry];
}

/** Tells whether `args`, without args[0], are meant to be such a call, so that no runtime is to get them. */
export function isDispatchCall(args: readonly string[]): boolean {
  return args[0] === "dispatch" && args[2] === "--journal";
}

/**
 * Reads the arguments of such a call, without args[0].
 *
 * @throws {Failure} usage
 */
export function readDispatchCall(args: readonly string[]): DispatchCall {
  const [, stage = "", , entry = "", ...more] = args;
  if (!isStage(stage)) throw failure("usage", { why: `dispatch takes one of ${HOOKED_STAGES.join(", ")}` });
  const lost = more.length === 1 && more[0] === LOST;
  if (args.length < 4 || (more.length > 0 && !lost) || !ENTRY.test(entry)) {
    throw failure("usage", {
      why: "dispatch takes --journal and the absolute path of a journal entry, nothing else",
    });
  }
  return lost ? { stage, entry, lost } : { stage, entry };
}

function isStage(text: string): text is HookedStage {
  return (HOOKED_STAGES as readonly string[]).includes(text);
}
