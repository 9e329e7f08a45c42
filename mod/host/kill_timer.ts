/** The end of a process whose JavaScript never returns: a signal that nothing can catch or ignore. */
import { startTimer } from "./kernel_timer.ts";
import { sayAfter } from "./last_words.ts";

const SIGKILL = 9;
/** Milliseconds before the end at which its reason is said: a busy machine may take a while to come to it. */
const WORDS_BEFORE = 200;

/**
 * Kills this process unless what is returned is disposed of in time.
 *
 * @param why Said on stderr shortly before.
 * @throws {Failure} timer-missing
 */
export function killAfter(milliseconds: number, why?: string): Disposable {
  const words = why === undefined ? undefined : sayAfter(milliseconds - WORDS_BEFORE, why);
  const end = startTimer(milliseconds, { signal: SIGKILL });
  return {
    [Symbol.dispose]() {
      end[Symbol.dispose]();
      words?.[Symbol.dispose]();
    },
  };
}
