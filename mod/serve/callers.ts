/** Decides who is answered: a launcher that holds its place and sees the same machine as the service. */
import type { Standing } from "../host/process_view.ts";
import { viewProcess } from "../host/process_view.ts";
import type { Caller } from "./places.ts";

/** Descriptors by which a launcher holds its place. */
const LOCK = 6, REPLY = 7;
/** Where the script of a hook has its standard input: while a shell reads from another descriptor, that one is 0. */
const INPUT = 5;

/** Identities of the two files that the holder of a place has open. */
export interface PlaceIdentity {
  lock: string | undefined;
  reply: string | undefined;
}

/**
 * Looks at the process that is said to hold a place.
 *
 * A number comes from another process and may be of another pid namespace, or of a process that is gone: what
 * counts is that the process of this number, here, holds the two files.
 *
 * @param own Where the service itself stands.
 * @param words Number of its last arguments that are the runtime's.
 * @param withInput Whether its standard input is opened too.
 */
export function lookAtCaller(
  pid: number,
  words: number,
  place: PlaceIdentity,
  own: Standing,
  withInput = false,
): Caller | { refused: string } {
  using view = viewProcess(pid);
  if (!view) return { refused: "there is no process of that number here" };
  try {
    const holds = place.lock !== undefined && place.reply !== undefined &&
      view.descriptor(LOCK) === place.lock && view.descriptor(REPLY) === place.reply;
    if (!holds) return { refused: "it does not hold its place" };
    const differs = difference(view.standing(), own);
    if (differs) return { refused: differs };
    const args = view.args();
    if (words >= args.length) return { refused: "it has fewer arguments than it says" };
    const cwd = view.cwd();
    if (cwd === undefined) return { refused: "its working folder is gone" };
    const environment = view.environment();
    return {
      pid,
      args: words === 0 ? [] : args.slice(-words),
      cwd,
      env: (name) => environment.get(name),
      ...(withInput ? { input: view.input(INPUT) } : {}),
    };
  } catch {
    return { refused: "it is gone, or its arguments are not UTF-8" };
  }
}

/** Tells what the caller sees or may do otherwise than the service; undefined where nothing. */
function difference(caller: Standing, own: Standing): string | undefined {
  if (caller.uids !== own.uids) return "it is another user";
  if (caller.root !== own.root) return "it has another root folder";
  if (caller.namespaces !== own.namespaces) return "it is in another namespace";
  return caller.capabilities === own.capabilities ? undefined : "it has other capabilities";
}
