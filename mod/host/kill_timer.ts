/**
 * The end of a process whose JavaScript never returns: a timer of the kernel, with a signal that nothing can
 * catch or ignore. It is gone with the process image, and taken back before that.
 */
import { LIBC, openLibrary, RESULT } from "./ffi.ts";

const CLOCK_MONOTONIC = 1;
const SIGKILL = 9;
/** Bytes of `struct sigevent`; the signal's number stands behind a value of 8 bytes. */
const SIGEVENT = { size: 64, signal: 8 };

const table = {
  timer_create: { parameters: ["i32", "buffer", "buffer"], result: RESULT.int },
  timer_settime: { parameters: ["usize", "i32", "buffer", "buffer"], result: RESULT.int },
  timer_delete: { parameters: ["usize"], result: RESULT.int },
} as const;

let opened: ReturnType<typeof openFunctions> | undefined;

function openFunctions() {
  try {
    return openLibrary(LIBC, table);
  } catch {
    // glibc before 2.34.
    return openLibrary("librt.so.1", table);
  }
}

/** Opens what {@linkcode killAfter} calls, which it cannot once permissions are dropped. */
export function openTimers() {
  return opened ??= openFunctions();
}

/**
 * Kills this process unless what is returned is disposed of in time.
 *
 * @throws where the system has no timer left
 */
export function killAfter(milliseconds: number): Disposable {
  const { timer_create, timer_settime, timer_delete } = openTimers();
  const event = new Uint8Array(SIGEVENT.size);
  event[SIGEVENT.signal] = SIGKILL;
  const id = new Uint8Array(8);
  const created = timer_create(CLOCK_MONOTONIC, event, id);
  const timer = new DataView(id.buffer).getBigUint64(0, true);
  const time = new BigInt64Array(4);
  time[2] = BigInt(Math.floor(milliseconds / 1000));
  // One nanosecond more: a time of nothing at all would disarm it.
  time[3] = BigInt(milliseconds % 1000) * 1_000_000n + 1n;
  if (created !== 0 || timer_settime(timer, 0, new Uint8Array(time.buffer), null) !== 0) {
    throw new Error("the system has no timer to end a plugin that never returns");
  }
  return { [Symbol.dispose]: () => void timer_delete(timer) };
}
