/** Waiting for what another process does. */

/** Seconds; far more than anything takes on a machine that is busy with other things. */
const LIMIT = 120;

/**
 * Asks until there is an answer.
 *
 * @param what it is waited for, for the message
 * @param answer undefined or false where there is none yet, and where it throws
 * @throws where there is none after two minutes, with what the last asking threw
 */
export async function until<T>(
  what: string,
  answer: () => T | false | undefined | Promise<T | false | undefined>,
): Promise<T> {
  const end = performance.now() + LIMIT * 1000;
  let cause: unknown;
  do {
    try {
      const found = await answer();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      cause = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  } while (performance.now() < end);
  throw new Error(`${what}: this did not come within ${LIMIT} s`, { cause });
}
