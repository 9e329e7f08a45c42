/**
 * A call from a worker that waits for its answer: `host.readTextFile` returns a text, not a promise.
 *
 * The answer is JSON with bigints tagged, behind two numbers: whether it is there, and its length in bytes.
 */
import { readTaggedJson, writeTaggedJson } from "../text/json/tagged.ts";

const HEADER = 8;
const STATE = 0, LENGTH = 1;
const WAITING = 0, ANSWERED = 1;
/** Bytes; what a file may have, as JSON. Only what is used of it becomes memory. */
const LARGEST = 64 * 1024 * 1024;

/** What the answer to one call is written into. */
export function callBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER, { maxByteLength: LARGEST });
}

/** Writes the answer and wakes the worker. Called by the one that is asked. */
export function answerCall(buffer: SharedArrayBuffer, answer: unknown): void {
  const bytes = new TextEncoder().encode(writeTaggedJson(answer));
  buffer.grow(HEADER + bytes.length);
  new Uint8Array(buffer, HEADER).set(bytes);
  const header = new Int32Array(buffer, 0, 2);
  header[LENGTH] = bytes.length;
  Atomics.store(header, STATE, ANSWERED);
  Atomics.notify(header, STATE);
}

/** Waits for the answer; for ever, since the worker is ended at its limit. Called by the one that asks. */
export function waitForAnswer(buffer: SharedArrayBuffer): unknown {
  const header = new Int32Array(buffer, 0, 2);
  Atomics.wait(header, STATE, WAITING);
  // A decoder does not take shared memory.
  const bytes = new Uint8Array(buffer, HEADER, header[LENGTH]).slice();
  return readTaggedJson(new TextDecoder().decode(bytes), "the answer");
}
