/** Errors of system calls that were made by libc. */
import { errno, errorText } from "./ffi.ts";

const ENOENT = 2, EINTR = 4, ENOTDIR = 20;

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
  for (;;) {
    const result = action();
    if (result !== -1) return result;
    const number = errno();
    if (number !== EINTR) return { number };
  }
}
