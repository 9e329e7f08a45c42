/**
 * Time, by abort signals: the first use of `setTimeout` or `setImmediate` has Deno 2.9 load Node's timers, 10 ms
 * and more of every create.
 *
 * Nearly every span is a limit that is not reached. So there is one signal, for the earliest end of all: each that comes
 * to its end makes an exception with a stack, which would be a tenth of a create through the service.
 *
 * All is taken when this module is loaded, before a plugin could exchange it.
 */

import { wholeMilliseconds } from "./milliseconds.ts";

const startTimer = AbortSignal.timeout.bind(AbortSignal);
const { addEventListener, removeEventListener } = AbortSignal.prototype;
const isAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted")!.get!;
const { apply } = Reflect;
const now = performance.now.bind(performance);

/** Milliseconds; what is longer would end at once. */
const LONGEST = 2 ** 31 - 1;

/** A span that has not ended. */
interface Span {
  /** By `performance.now`. */
  end: number;
  action(): void;
}

/** In the order of their ends; of equal ones, in that of their beginnings. */
const spans: Span[] = [];

/** The signal that comes next, and when. Without a listener it keeps no process. */
let armed: { signal: AbortSignal; end: number; heard: boolean } | undefined;

/**
 * Calls `action` once, after so many milliseconds; not once what is returned is disposed of. The process does not
 * end by itself before that.
 */
export function after(milliseconds: number, action: () => void): Disposable {
  const span = { end: now() + wholeMilliseconds(milliseconds), action };
  spans.splice(spans.findLastIndex(({ end }) => end <= span.end) + 1, 0, span);
  arm();
  return {
    [Symbol.dispose]() {
      const at = spans.indexOf(span);
      if (at !== -1) spans.splice(at, 1);
      if (spans.length === 0) hear(false);
    },
  };
}

/** Has a signal come no later than the first span's end. */
function arm(): void {
  const first = spans[0];
  if (!first) return;
  const isInTime = armed && armed.end <= first.end && !apply(isAborted, armed.signal, []);
  if (!isInTime) {
    hear(false);
    const left = Math.min(wholeMilliseconds(first.end - now()), LONGEST);
    armed = { signal: startTimer(left), end: now() + left, heard: false };
  }
  hear(true);
}

function hear(heard: boolean): void {
  if (!armed || armed.heard === heard) return;
  armed.heard = heard;
  apply(heard ? addEventListener : removeEventListener, armed.signal, ["abort", endSpans]);
}

function endSpans(): void {
  armed = undefined;
  const until = now();
  // What an action begins is for a later turn, though it be over at once.
  let due = spans.filter(({ end }) => end <= until).length;
  try {
    while (due-- > 0 && spans[0] && spans[0].end <= until) spans.shift()!.action();
  } finally {
    arm();
  }
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
