/**
 * Time, by abort signals: the first use of `setTimeout` or `setImmediate` has Deno 2.9 load Node's timers, 10 ms
 * and more of every create.
 *
 * All is taken when this module is loaded, before a plugin could exchange it.
 */

import { wholeMilliseconds } from "./milliseconds.ts";

const startTimer = AbortSignal.timeout.bind(AbortSignal);
const { addEventListener, removeEventListener } = AbortSignal.prototype;
const { apply } = Reflect;

/** Milliseconds; what is longer would end at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Calls `action` once, after so many milliseconds; not once what is returned is disposed of. The process does not
 * end by itself before that.
 */
export function after(milliseconds: number, action: () => void): Disposable {
  let left = wholeMilliseconds(milliseconds);
  let stop: () => void;
  const startPart = () => {
    const part = left > LONGEST ? LONGEST : left;
    left -= part;
    const signal = startTimer(part);
    const next = left > 0 ? startPart : action;
    apply(addEventListener, signal, ["abort", next]);
    stop = () => apply(removeEventListener, signal, ["abort", next]);
  };
  startPart();
  return { [Symbol.dispose]: () => stop() };
}

/** Resolves after so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void after(milliseconds, resolve));
}

/**
 * Resolves in a later turn of the event loop, when a rejection that nobody handles has been reported: timers are
 * looked at after that, while what another thread answers may come before it.
 */
export function nextTurn(): Promise<void> {
  return pause(0);
}
