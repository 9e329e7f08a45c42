/**
 * The places at which launchers ask the service: who holds which, whom a line is believed from, and what makes
 * a place free again. Nothing here touches a file; what does is {@linkcode PlaceFiles}.
 *
 * Place N is a lock-N, which a launcher makes, and a named pipe reply-N, which it reads. A launcher opens the
 * pipe first and makes the lock last, so that a lock whose pipe nobody reads is that of a launcher that is gone.
 * Its lines on the pipe `ask`:
 *
 *     N PID WORDS ABOUT   the process PID holds place N, and asks with its last WORDS arguments about ABOUT
 *     N PID done          it has read its answer, and goes
 *
 * What it reads on reply-N are lines that begin with `N PID`; any other one, and the end of the file, mean that it
 * does the work itself. Where work must not be done twice, a line `N PID begun` comes before the answer: behind
 * it, the end of the file means that the work was lost.
 */

import type { InputPipe } from "../host/process_view.ts";

/** The pipe of one place, as the service writes to it. */
export interface ReplyPipe {
  /** Writes lines, all of them or none. @returns false where nobody reads them */
  say(...lines: string[]): boolean;
  /** Whether a process has it open for reading. */
  hasReader(): boolean;
  /** Whether something that was written has not been read. */
  hasUnread(): boolean;
  close(): void;
}

/** What a launcher asks for, as /proc tells it. */
export interface Caller {
  pid: number;
  /** The last of its arguments. */
  args: readonly string[];
  /** Absolute. */
  cwd: string;
  /** A variable of its environment, as it was started with it. */
  env(name: string): string | undefined;
  /** Its standard input, where the service reads those and it is a pipe. Dispose of it. */
  input?: InputPipe;
}

/** The files of the places. */
export interface PlaceFiles {
  /** Makes a pipe and puts it in place of reply-N; undefined where that cannot be done now. */
  newReply(n: number): ReplyPipe | undefined;
  isLocked(n: number): boolean;
  unlock(n: number): void;
  /**
   * Looks at the process `pid`.
   *
   * @returns what it asks, or why it is not answered: it does not hold lock-N and reply-N, or is not like the
   * service in what decides whether both see the same host
   */
  lookAt(pid: number, n: number, words: number): Caller | { refused: string };
}

/** A caller that waits for its answer. */
export interface WaitingCaller extends Caller {
  /** What it asks about: of a launcher, the absolute path of the runtime. */
  about: string;
  /** Whether it still waits; where not, nothing more is to be done for it. */
  waits(): boolean;
  /**
   * Tells it that the work has begun, which from here on it never does itself.
   *
   * @returns false where it is gone: nothing may be begun
   */
  begin(): boolean;
  /** Answers, once, in one line or several of at most 4096 bytes together: `words` stand behind `N PID`. */
  answer(...words: string[]): void;
}

/** One place, as the status of the service tells it. */
export interface PlaceState {
  /** Process that it is at work for. */
  pid?: number;
  answered: boolean;
  /** Whether the answer was gone at the last look, and its reader has not said that it was it. */
  consumedAtLook: boolean;
  closed: boolean;
  looks: number;
}

interface Place {
  reply: ReplyPipe;
  /** Whom it is at work for. */
  work?: { pid: number; answer?: readonly string[]; consumedAtLook: boolean };
  /** Its holder is not answered but sent away, until it is gone. */
  closed: boolean;
  /** Looks at which it was held, and nothing had come of it since the last one. */
  looks: number;
}

/** Looks in a row at which a place is held without a question, before its holder is sent away. */
const PATIENCE = 2;

/** Looks in a row after which a place is taken from a holder that was sent away or answered, and does not go. */
const GIVEN = 4;

/** Of a place that has none yet. */
const NO_PIPE: ReplyPipe = { say: () => false, hasReader: () => false, hasUnread: () => false, close() {} };

const LINE = /^(0|[1-9][0-9]{0,3}) ([1-9][0-9]{0,9}) (?:(done)|(0|[1-9][0-9]{0,5}) (.+))$/;

/** All places of one generation of the service. */
export class Places {
  readonly #files: PlaceFiles;
  readonly #asked: (asked: WaitingCaller) => void;
  readonly #sentAway: (why: string) => void;
  readonly #places: Place[];
  /** Pipes that are no place's any more, and that somebody still reads. */
  #left: { n: number; reply: ReplyPipe }[] = [];
  #ended: string | undefined;

  /**
   * @param asked Called for each caller that is believed.
   * @param sentAway Told why a caller was not.
   */
  constructor(
    files: PlaceFiles,
    count: number,
    asked: (asked: WaitingCaller) => void,
    sentAway: (why: string) => void = () => {},
  ) {
    this.#files = files;
    this.#asked = asked;
    this.#sentAway = sentAway;
    this.#places = Array.from({ length: count }, (_, n) => {
      const reply = files.newReply(n);
      return { reply: reply ?? NO_PIPE, closed: reply === undefined, looks: 0 };
    });
  }

  /** What each place is like now, for the status of the service. */
  states(): PlaceState[] {
    return this.#places.map(({ work, closed, looks }) => ({
      pid: work?.pid,
      answered: work?.answer !== undefined,
      consumedAtLook: work?.consumedAtLook ?? false,
      closed,
      looks,
    }));
  }

  /** Takes one line of the pipe `ask`; anything that is no such line is another's, and ignored. */
  hear(line: string): void {
    const [, place, pid, done, words, about] = LINE.exec(line) ?? [];
    if (place === undefined || Number(place) >= this.#places.length) return;
    if (done) this.#done(Number(place), Number(pid));
    else this.#request(Number(place), Number(pid), Number(words), about!);
  }

  #request(n: number, pid: number, words: number, about: string): void {
    const place = this.#places[n]!;
    if (place.closed || place.work) return;
    const looked = this.#ended === undefined ? this.#files.lookAt(pid, n, words) : { refused: this.#ended };
    if ("refused" in looked) {
      // Where the place is held by another, that one's question is still to come.
      if (this.#files.isLocked(n) && place.reply.hasReader()) this.#sendAway(n, looked.refused);
      return;
    }
    const { reply } = place;
    const work: Place["work"] = place.work = { pid, consumedAtLook: false };
    place.looks = 0;
    this.#asked({
      ...looked,
      about,
      waits: () => place.work === work && work.answer === undefined && reply.hasReader(),
      // To the pipe of the question, which a later holder of the place never reads.
      begin: () => place.work === work && reply.say(`${n} ${pid} begun`),
      answer: (...said) => {
        if (place.work !== work || work.answer !== undefined) return;
        work.answer = said.map((words) => `${n} ${pid} ${words}`);
        place.looks = 0;
        reply.say(...work.answer);
      },
    });
  }

  #done(n: number, pid: number): void {
    const place = this.#places[n]!;
    if (place.closed) return this.#renew(n);
    // A line that comes late is not to free the place of the next holder.
    if (place.work?.pid !== pid) return;
    // An answer that was said again: the next holder is not to find it.
    if (place.reply.hasUnread()) return this.#renew(n);
    this.#files.unlock(n);
    place.work = undefined;
    place.looks = 0;
  }

  /** Looks at all places, which is to be done each second: frees those of launchers that are gone. */
  look(): void {
    for (const { n, reply } of this.#left.splice(0)) this.leave(n, reply);
    for (const [n, place] of this.#places.entries()) {
      if (!this.#files.isLocked(n)) {
        if (place.closed) this.#renew(n);
        continue;
      }
      if (!place.reply.hasReader()) this.#renew(n);
      else if (place.closed || place.work?.answer !== undefined) this.#lookAtServed(n, place);
      // A line that got lost, or a holder that never asks: it would wait for ever.
      else if (!place.work && ++place.looks >= PATIENCE) this.#sendAway(n, "nothing was asked");
    }
  }

  /** One that is stopped, or holds its place for another reason, finds what was said when it comes to read it. */
  #lookAtServed(n: number, place: Place): void {
    if (++place.looks >= GIVEN) this.#renew(n);
    else if (!place.closed) this.#sayAgain(place, place.work!);
    else if (!place.reply.hasUnread()) place.reply.say(`${n} 0 cold the place is closed`);
  }

  /** Where somebody else has read the answer, its owner would wait for ever. */
  #sayAgain({ reply }: Place, work: NonNullable<Place["work"]>): void {
    if (reply.hasUnread()) work.consumedAtLook = false;
    else if (work.consumedAtLook) reply.say(...work.answer!);
    else work.consumedAtLook = true;
  }

  #sendAway(n: number, why: string): void {
    const place = this.#places[n]!;
    this.#sentAway(why);
    place.closed = true;
    place.looks = 0;
    place.reply.say(`${n} 0 cold ${why}`);
  }

  /** Gives the place a new pipe, so that whoever reads the old one gets nothing of the next holder's. */
  #renew(n: number): void {
    const { reply: old } = this.#places[n]!;
    const reply = this.#files.newReply(n);
    // Where none can be made (a full disk), nobody gets the place, until a later look makes one.
    if (!reply) return void (this.#places[n]!.closed = true);
    this.#places[n] = { reply, closed: false, looks: 0 };
    this.#files.unlock(n);
    this.leave(n, old);
  }

  /**
   * Sends away whoever reads a pipe that is no place's any more, again at each look: where another process has it
   * open, too, its reader would find no end of it, and that process may read what is said.
   */
  leave(n: number, reply: ReplyPipe): void {
    if (!reply.hasReader()) return reply.close();
    if (!reply.hasUnread()) reply.say(`${n} 0 cold the place is another's`);
    this.#left.push({ n, reply });
  }

  /** From here on, whoever asks is sent away; what is at work is finished. */
  end(why: string): void {
    this.#ended = why;
  }
}
