/**
 * Time, by abort signals: the first use of `setTimeout` or `setImmediate` has Deno 2.9 load Node's timers, 10 ms
 * and more of every create.
 *
 * All is taken when this module is loaded, before a plugin could exchange it.
 */

const startTimer = AbortSignal.timeout.bind(AbortSignal);
const { addEventListener, removeEventListener } = AbortSignal.prototype;
const { apply } = Reflect;

/**
 * Calls `action` once, after so many milliseconds; not once what is returned is disposed of. The process does not
 * end by itself before that.
 */
export function after(milliseconds: number, action: () => void): Disposable {
  const signal = startTimer(milliseconds);
  apply(addEventListener, signal, ["abort", action]);
  return { [Symbol.dispose]: () => apply(removeEventListener, signal, ["abort", action]) };
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
