/** Errors of system calls that were made by libc. */
import { basicFunctions, errno, errorText } from "./ffi.ts";

const ENOENT = 2, EINTR = 4, EAGAIN = 11, ENOTDIR = 20, ETIMEDOUT = 110;

/**
 * What a thread's own waiting leaves in errno, which is read by a call of its own: V8 may have waited in between. A
 * call that failed has done nothing, so it is done again to hear why.
 */
const OF_WAITING = [EAGAIN, ETIMEDOUT];
/** How often, before such a number is taken for the call's own. */
const TRIES = 4;

/** An error of the system, in the words that Deno has for it. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  constructor(readonly number: number, call: string) {
    super(`${errorText(number)} (os error ${number}): ${call}`);
  }
}

/** Calls until no signal interrupts it. @throws {SystemError} where it returns -1 */
export function systemCall(call: string, action: () => number): number {
  const result = attempt(action);
  if (typeof result === "number") return result;
  throw new SystemError(result.number, call);
}

/**
 * Does the same for a path: undefined where nothing is there. That is no exception, which takes longer than the call.
 */
export function systemCallUnlessAbsent(call: string, action: () => number): number | undefined {
  const result = attempt(action);
  if (typeof result === "number") return result;
  if (result.number === ENOENT || result.number === ENOTDIR) return undefined;
  throw new SystemError(result.number, call);
}

function attempt(action: () => number): number | { number: number } {
  // Opened now: opening them behind the call would change what they are to tell.
  basicFunctions();
  for (let tries = 1;; tries++) {
    const result = action();
    if (result !== -1) return result;
    const number = errno();
    if (number === EINTR || (OF_WAITING.includes(number) && tries < TRIES)) continue;
    return { number };
  }
}
