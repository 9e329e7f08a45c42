/**
 * The memory that the core shares with an isolate.
 *
 * In it stand the answers to calls that wait: `host.readTextFile` returns a text, not a promise. There is one place for
 * all of them, since the isolate's thread waits for one at a time. The answer (answer_bytes.ts) stands behind two
 * numbers: whether it is there, and its length in bytes. A third number is that of the call which runs in the isolate;
 * as a message it would wake the core each time, and hardly ever is it asked for.
 */
import { answerOfBytes, bytesOfAnswer } from "./answer_bytes.ts";
import type { HostOutcome } from "./messages.ts";

const HEADER = 12;
const STATE = 0, LENGTH = 1, BEGUN = 2;
const WAITING = 0, ANSWERED = 1;
/** Bytes; what a file may have, as JSON. Only what is used of it becomes memory. */
const LARGEST = 64 * 1024 * 1024;

/** What answers are written into. */
export function callBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER, { maxByteLength: LARGEST });
}

function headerOf(buffer: SharedArrayBuffer): Int32Array {
  return new Int32Array(buffer, 0, 3);
}

/** Notes that the plugin's code has the isolate from here on. Called by the isolate. */
export function noteBegun(buffer: SharedArrayBuffer, call: number): void {
  Atomics.store(headerOf(buffer), BEGUN, call);
}

/** Whether a call has come to run in the isolate. Called by the core. */
export function hasBegun(buffer: SharedArrayBuffer, call: number): boolean {
  return Atomics.load(headerOf(buffer), BEGUN) === call;
}

/**
 * Writes the answer and wakes the isolate. Called by the core.
 *
 * @throws {RangeError} where it is larger than any answer may be
 */
export function answerCall(buffer: SharedArrayBuffer, answer: HostOutcome): void {
  const bytes = bytesOfAnswer(answer);
  if (buffer.byteLength < HEADER + bytes.length) buffer.grow(HEADER + bytes.length);
  new Uint8Array(buffer, HEADER).set(bytes);
  const header = headerOf(buffer);
  header[LENGTH] = bytes.length;
  Atomics.store(header, STATE, ANSWERED);
  Atomics.notify(header, STATE);
}

/**
 * Asks and waits for the answer; for ever, since the isolate is ended at its plugin's limit. Called by the isolate.
 *
 * @param ask Sends the question.
 */
export function askAndWait(buffer: SharedArrayBuffer, ask: () => void): HostOutcome {
  const header = headerOf(buffer);
  Atomics.store(header, STATE, WAITING);
  ask();
  Atomics.wait(header, STATE, WAITING);
  // A decoder does not take shared memory.
  const bytes = new Uint8Array(buffer, HEADER, header[LENGTH]).slice();
  return answerOfBytes(bytes);
}
