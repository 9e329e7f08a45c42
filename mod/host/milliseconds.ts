/**
 * Spans of time as timers of the system take them. What is left of a limit is a fraction, and settings may be one:
 * every span goes through here on its way out of JavaScript.
 */

/**
 * Whole milliseconds: rounded up, so that nothing ends early; nothing where the span is over already.
 *
 * @throws {RangeError} where it is not a number
 */
export function wholeMilliseconds(span: number): number {
  if (typeof span !== "number" || Number.isNaN(span)) throw new RangeError(`${span} is not a span of time`);
  return Math.min(Math.max(Math.ceil(span), 0), Number.MAX_SAFE_INTEGER);
}

/** Seconds and nanoseconds, as `struct timespec` has them. */
export function timespec(span: number): [seconds: bigint, nanoseconds: bigint] {
  const milliseconds = BigInt(wholeMilliseconds(span));
  return [milliseconds / 1000n, milliseconds % 1000n * 1_000_000n];
}
