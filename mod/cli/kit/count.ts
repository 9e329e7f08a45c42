/** Numbers on the command line. */
import { failure } from "../../errors.ts";

/**
 * Parses a number of things, from 1 on.
 *
 * @throws {Failure} usage
 */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw failure("usage", { why: `${JSON.stringify(text)} is not a whole number from 1 on` });
}
