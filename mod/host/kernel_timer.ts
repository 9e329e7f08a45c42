/** Timers of the kernel: they run out whatever JavaScript is doing. They are gone with the process image. */
import { failure } from "../errors.ts";
import { LIBC, openLibrary, RESULT } from "./ffi.ts";
import { timespec } from "./milliseconds.ts";

const CLOCK_MONOTONIC = 1;
/** Bytes of `struct sigevent`. */
const SIGEVENT_SIZE = 64;
/** Where its fields stand. */
const VALUE = 0, SIGNAL = 8, NOTIFY = 12, FUNCTION = 16;
const SIGEV_THREAD = 2;

/** What happens at the end: a signal, or a thread that calls the C function at an address with one argument. */
export type TimerEvent = { signal: number } | { call: number; argument: number };

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

/**
 * Starts one, until what is returned is disposed of.
 *
 * @param milliseconds Fractions and what is over already are taken too.
 * @throws {Failure} timer-missing where the system has no timer left
 */
export function startTimer(milliseconds: number, event: TimerEvent): Disposable {
  const { timer_create, timer_settime, timer_delete } = opened ??= openFunctions();
  const id = new Uint8Array(8);
  const created = timer_create(CLOCK_MONOTONIC, sigevent(event), id);
  const timer = new DataView(id.buffer).getBigUint64(0, true);
  const [seconds, nanoseconds] = timespec(milliseconds);
  // Once, not each so often; one nanosecond more, since a time of nothing at all would disarm it.
  const time = new BigInt64Array([0n, 0n, seconds, nanoseconds + 1n]);
  if (created !== 0 || timer_settime(timer, 0, new Uint8Array(time.buffer), null) !== 0) {
    throw failure("timer-missing", {});
  }
  return { [Symbol.dispose]: () => void timer_delete(timer) };
}

function sigevent(event: TimerEvent): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SIGEVENT_SIZE);
  const view = new DataView(bytes.buffer);
  if ("signal" in event) {
    view.setInt32(SIGNAL, event.signal, true);
    return bytes;
  }
  view.setBigUint64(VALUE, BigInt(event.argument), true);
  view.setInt32(NOTIFY, SIGEV_THREAD, true);
  view.setBigUint64(FUNCTION, BigInt(event.call), true);
  return bytes;
}
