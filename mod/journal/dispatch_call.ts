/** The command line by which a runtime calls handlers: `container-hooks dispatch STAGE --journal FILE`. */
import { HOOKED_STAGES, type HookedStage } from "../core/oci.ts";
import { failure } from "../errors.ts";

/** The stage, and the journal entry that says whose handlers are called. */
export interface DispatchCall {
  stage: HookedStage;
  /** Absolute. */
  entry: string;
}

/** An entry in the journal of some run folder; nothing in between that leads elsewhere. */
const ENTRY = /^(?:\/(?!\.{1,2}\/)[^/]+)+\/journal\/([0-9a-f]{32})\.json$/;

/** The arguments, args[0] included. */
export function dispatchArguments({ stage, entry }: DispatchCall): string[] {
  return ["container-hooks", "dispatch", stage, "--journal", entry];
}

/** True where `args`, without args[0], are meant to be such a call, so that no runtime is to get them. */
export function isDispatchCall(args: readonly string[]): boolean {
  return args[0] === "dispatch" && args[2] === "--journal";
}

/** @throws {Failure} usage */
export function readDispatchCall(args: readonly string[]): DispatchCall {
  const [, stage = "", , entry = ""] = args;
  if (!isStage(stage)) throw failure("usage", { why: `dispatch takes one of ${HOOKED_STAGES.join(", ")}` });
  if (args.length !== 4 || !ENTRY.test(entry)) {
    throw failure("usage", {
      why: "dispatch takes --journal and the absolute path of a journal entry, nothing else",
    });
  }
  return { stage, entry };
}

function isStage(text: string): text is HookedStage {
  return (HOOKED_STAGES as readonly string[]).includes(text);
}
