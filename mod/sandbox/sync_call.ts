/**
 * A call from an isolate that waits for its answer: `host.readTextFile` returns a text, not a promise.
 *
 * The core hands the isolate one buffer for all of them, since its thread waits for one at a time. The answer
 * (answer_bytes.ts) stands behind two numbers: whether it is there, and its length in bytes.
 */
import { answerOfBytes, bytesOfAnswer } from "./answer_bytes.ts";
import type { HostOutcome } from "./messages.ts";

const HEADER = 8;
const STATE = 0, LENGTH = 1;
const WAITING = 0, ANSWERED = 1;
/** Bytes; what a file may have, as JSON. Only what is used of it becomes memory. */
const LARGEST = 64 * 1024 * 1024;

/** What answers are written into. */
export function callBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER, { maxByteLength: LARGEST });
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
  const header = new Int32Array(buffer, 0, 2);
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
  const header = new Int32Array(buffer, 0, 2);
  Atomics.store(header, STATE, WAITING);
  ask();
  Atomics.wait(header, STATE, WAITING);
  // A decoder does not take shared memory.
  const bytes = new Uint8Array(buffer, HEADER, header[LENGTH]).slice();
  return answerOfBytes(bytes);
}
