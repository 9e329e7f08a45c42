/**
 * A sentence on stderr at a time when this process's JavaScript never gets to run again.
 *
 * A timer of the kernel has the C library start a thread, and that thread call `warnx(text)`: one function of the
 * library with one argument, since nothing of ours can run outside of JavaScript's own thread.
 */
import { basicFunctions, cString, LIBC, openLibrary, RESULT } from "./ffi.ts";
import { startTimer } from "./kernel_timer.ts";

/** What `warnx` writes in front of every text. */
const PROGRAM = cString("container-hooks");
/** Kept for good: a thread may be reading the text while its timer is taken back. */
const said: Uint8Array[] = [];
/** A stand-in that says nothing. */
const NOTHING: Disposable = { [Symbol.dispose]: () => {} };
/** The handle by which `dlsym` looks in everything that is loaded. */
const RTLD_DEFAULT = 0;

const table = {
  dlsym: { parameters: ["usize", "buffer"], result: RESULT.long },
  copyTo: { name: "memcpy", parameters: ["usize", "buffer", "usize"], result: RESULT.long },
} as const;

let opened: ReturnType<typeof openFunctions>;

function openFunctions() {
  basicFunctions();
  try {
    return openLibrary(LIBC, table);
  } catch {
    // glibc before 2.34 has dlsym elsewhere: there, a process is killed without a word.
    return undefined;
  }
}

/** Says it unless what is returned is disposed of in time; nothing where the system cannot. */
export function sayAfter(milliseconds: number, text: string): Disposable {
  opened ??= openFunctions();
  const warnx = opened?.dlsym(RTLD_DEFAULT, cString("warnx")) ?? 0;
  if (warnx === 0) return NOTHING;
  callUs(PROGRAM);
  // A format, in which % has a meaning.
  const words = cString(text.replaceAll("%", "%%"));
  said.push(words);
  try {
    return startTimer(milliseconds, { call: warnx, argument: addressOf(words) });
  } catch {
    // No thread is left for it; what it would have told of does not depend on it.
    return NOTHING;
  }
}

/** The library takes the program's name from args[0], which in the portable form is Deno's. */
function callUs(name: Uint8Array<ArrayBuffer>): void {
  const variable = opened!.dlsym(RTLD_DEFAULT, cString("program_invocation_short_name"));
  if (variable === 0) return;
  opened!.copyTo(variable, new Uint8Array(new BigUint64Array([BigInt(addressOf(name))]).buffer), 8);
}

function addressOf(bytes: Uint8Array<ArrayBuffer>): number {
  return basicFunctions().addressOf(bytes, bytes, 0);
}
