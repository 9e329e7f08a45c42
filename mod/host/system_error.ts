/** Errors of system calls that were made by libc. */
import { errno, errorText } from "./ffi.ts";

const EINTR = 4;

/** An error of the system, in the words that Deno has for it. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  constructor(readonly number: number, call: string) {
    super(`${errorText(number)} (os error ${number}): ${call}`);
  }
}

/** Calls until no signal interrupts it. @throws {SystemError} where it returns -1 */
export function systemCall(call: string, action: () => number): number {
  for (;;) {
    const result = action();
    if (result !== -1) return result;
    const number = errno();
    if (number !== EINTR) throw new SystemError(number, call);
  }
}
