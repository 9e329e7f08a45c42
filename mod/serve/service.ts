/**
 * The service that does the launchers' work in one process: takes their questions, has each answered, and frees
 * the places of those that are gone.
 *
 * Nobody waits for it in vain: a timer of the kernel kills it when it stops going round, and whoever waits then
 * reads the end of a file and does the work itself.
 */
import type { Host } from "../host/host.ts";
import { ownStanding } from "../host/process_view.ts";
import { after } from "../host/timer.ts";
import { lookAtCaller } from "./callers.ts";
import { Generation } from "./generation.ts";
import { Places, type PlaceState, type WaitingCaller } from "./places.ts";

/** Places: with 64, 24 of 200 launchers at once found none. */
const PLACES = 256;
/** Milliseconds between two looks at all places. */
const TURN = 1000;
/** Milliseconds without a look after which the kernel ends the process. */
const DEAD = 5000;

/** An answer of several lines. */
export interface SpokenAnswer {
  /** The words of each, behind `N PID`. */
  lines: readonly string[];
  /** Is called once they were said. */
  said?(): void;
}

/** What a service does otherwise that does work which must not be done twice. */
export interface OnceOnly {
  /** The standard input of whoever asks is opened for it; and where its pipes are gone, it ends what is at work first. */
  once: true;
}

/** A service that runs. */
export interface Service {
  states(): PlaceState[];
  /**
   * Sends away whoever asks from now on, for the reason `why`, and resolves once what is at work is answered and
   * launchers find it no more.
   */
  stop(why: string): Promise<void>;
}

/**
 * Starts to serve.
 *
 * @param base The folder by which launchers find it, made where it is missing.
 * @param program File of the program; launchers of another one do not ask.
 * @param answer Does the work of one launcher; it never throws. @returns the words behind `N PID`
 * @param sentAway Told why a launcher was not believed or not answered.
 */
export function startService(
  host: Host,
  base: string,
  program: string,
  answer: (asked: WaitingCaller) => Promise<string | SpokenAnswer>,
  sentAway: (why: string) => void = () => {},
  { once }: Partial<OnceOnly> = {},
): Service {
  const generation = new Generation(host, base);
  const own = ownStanding();
  const atWork = new Set<Promise<void>>();
  const places = new Places(
    {
      newReply: (n) => generation.newReply(n),
      isLocked: (n) => generation.isLocked(n),
      unlock: (n) => generation.unlock(n),
      lookAt: (pid, n, words) =>
        lookAtCaller(
          pid,
          words,
          {
            lock: generation.identity(`lock-${n}`),
            reply: generation.identity(`reply-${n}`),
          },
          own,
          once,
        ),
    },
    PLACES,
    (asked) => {
      const work = answer(asked).then((given) => {
        const { lines, said } = typeof given === "string" ? { lines: [given] } : given;
        asked.answer(...lines);
        said?.();
      }).finally(() => atWork.delete(work));
      atWork.add(work);
    },
    sentAway,
  );
  void generation.listen((line) => places.hear(line));
  generation.announce(PLACES, program, (n, reply) => places.leave(n, reply));

  let next: Disposable;
  let dead = host.killAfter(DEAD);
  const turn = () => {
    const later = host.killAfter(DEAD);
    dead[Symbol.dispose]();
    dead = later;
    // Where its pipes are not found any more, nobody would hear of it; where others stand there, somebody else does.
    if (!generation.isWhole()) {
      places.end("the service is not found any more");
      if (!once || atWork.size === 0) host.killAfter(0);
    }
    places.look();
    next = after(TURN, turn);
  };
  next = after(TURN, turn);

  return {
    states: () => places.states(),
    async stop(why) {
      generation.withdraw();
      places.end(why);
      while (atWork.size > 0) await Promise.all(atWork);
      next[Symbol.dispose]();
      dead[Symbol.dispose]();
      generation.remove();
    },
  };
}
