/**
 * The files by which launchers find the service and speak with it:
 *
 *     FOLDER/lock                 held by the service, so that there is one
 *     FOLDER/now                  "VERSION GENERATION PLACES PROGRAM", put there by a rename once all else is ready;
 *                                 or "cold WHY" of a service that sends everybody away
 *     FOLDER/GENERATION/ask       named pipe that the service reads
 *     FOLDER/GENERATION/reply-N   named pipe that the launcher at place N reads
 *     FOLDER/GENERATION/lock-N    made by a launcher, removed by the service
 *
 * A generation is one process image of the service: its successor has pipes of its own.
 */
import { emptyPipe, makePipe, openPipeWriter, readPipeLines } from "../host/fifo.ts";
import { failure } from "../errors.ts";
import { systemReason } from "../host/system_reason.ts";
import { discard, readFile, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder } from "../host/our_folders.ts";
import { fileIdentity } from "../host/process_view.ts";
import { COLD, SERVICE_VERSION } from "../wrapper/launcher_contract.ts";
import type { ReplyPipe } from "./places.ts";

/** Name of the file that launchers read first. */
const NOW = "now";

/** In front of the name of a generation that is being removed. */
const GONE = "gone-";

/** The pipes of this process image. */
export class Generation {
  readonly #host: Host;
  readonly #base: string;
  readonly #folder: string;
  /** What {@linkcode NOW} holds. */
  #announced: string | undefined;
  /** Device and inode of the pipe behind each name. */
  readonly #made = new Map<string, string | undefined>();

  /** Makes the folder and the pipe `ask`. @param base The folder of all generations. @throws {Failure} file-unwritable */
  constructor(host: Host, base: string) {
    this.#host = host;
    this.#base = base;
    this.#folder = `${base}/${host.randomToken()}`;
    makePrivateFolder(host, this.#folder);
    try {
      makePipe(this.path("ask"));
    } catch (error) {
      const why = systemReason(error);
      throw failure("file-unwritable", { what: "pipe", path: this.path("ask"), why }, { cause: error });
    }
    this.#note("ask");
  }

  path(name: string): string {
    return `${this.#folder}/${name}`;
  }

  /** Identity of the file that has a name now; undefined where there is none. */
  identity(name: string): string | undefined {
    return fileIdentity(this.path(name));
  }

  /** Hears every line of `ask`. */
  listen(hear: (line: string) => void): Promise<never> {
    return readPipeLines(this.path("ask"), hear);
  }

  /** A new pipe in place of reply-N; undefined where none can be made. */
  newReply(n: number): ReplyPipe | undefined {
    const path = this.path(`reply-${n}`);
    let opened: ReplyPipe | undefined;
    try {
      discard(this.#host, `${path}.new`);
      makePipe(`${path}.new`);
      opened = openReply(`${path}.new`);
      this.#host.rename(`${path}.new`, path);
    } catch {
      opened?.close();
      return undefined;
    }
    this.#note(`reply-${n}`);
    return opened;
  }

  isLocked(n: number): boolean {
    return this.#host.lstat(this.path(`lock-${n}`)) !== undefined;
  }

  unlock(n: number): void {
    discard(this.#host, this.path(`lock-${n}`));
  }

  /**
   * Lets the launchers of `program`, a path, find it, and removes what predecessors left.
   *
   * @param leave Is given the pipes of their places, at which launchers may wait.
   */
  announce(places: number, program: string, leave: (n: number, reply: ReplyPipe) => void): void {
    this.#announced = `${SERVICE_VERSION} ${this.#name} ${places} ${program}\n`;
    writeNow(this.#host, this.#base, this.#announced);
    for (const { name, kind } of this.#host.readFolder(this.#base)) {
      if (kind === "a folder" && name !== this.#name) this.#removePredecessor(name, leave);
    }
  }

  /** Whether every name still leads to what was put there; where not, launchers would wait for nothing. */
  isWhole(): boolean {
    const pipes = [...this.#made].every(([name, made]) => made !== undefined && made === this.identity(name));
    return pipes && (this.#announced === undefined || this.#isAnnounced());
  }

  /** By its text: a new file may get the inode of the one that was removed. */
  #isAnnounced(): boolean {
    try {
      const { bytes } = readFile(this.#host, `${this.#base}/${NOW}`, "file of the service", 8192);
      return new TextDecoder().decode(bytes) === this.#announced;
    } catch {
      return false;
    }
  }

  /** Takes away the name by which launchers find this one. */
  withdraw(): void {
    this.#announced = undefined;
    discard(this.#host, `${this.#base}/${NOW}`);
  }

  /** Removes all files of this one. */
  remove(): void {
    removeTree(this.#host, this.#folder);
  }

  /** Under another name first: who has opened `ask` and not yet its place must not find half of it. */
  #removePredecessor(name: string, leave: (n: number, reply: ReplyPipe) => void): void {
    const gone = name.startsWith(GONE) ? `${this.#base}/${name}` : `${this.#base}/${GONE}${name}`;
    if (!name.startsWith(GONE)) this.#host.rename(`${this.#base}/${name}`, gone);
    for (const { name: file } of this.#host.readFolder(gone)) {
      const [, n] = /^reply-(\d+)$/.exec(file) ?? [];
      if (n !== undefined) ifPipe(() => leave(Number(n), openReply(`${gone}/${file}`)));
    }
    // Filled with what is no question, it would keep those who came when its reader ended.
    ifPipe(() => emptyPipe(`${gone}/ask`));
    removeTree(this.#host, gone);
  }

  get #name(): string {
    return this.#folder.slice(this.#base.length + 1);
  }

  #note(name: string): void {
    this.#made.set(name, this.identity(name));
  }
}

/** @throws where it cannot be opened */
function openReply(path: string): ReplyPipe {
  const pipe = openPipeWriter(path);
  return {
    say: (...lines) => pipe.write(lines.map((line) => `${line}\n`).join("")),
    hasReader: () => pipe.hasReader(),
    hasUnread: () => pipe.hasUnread(),
    close: () => pipe[Symbol.dispose](),
  };
}

function ifPipe(action: () => void): void {
  try {
    action();
  } catch {
    // It is gone, or is something else: nobody waits there.
  }
}

/**
 * Tells launchers, who ask nobody then, why they have to do the work themselves.
 *
 * @param base As of {@linkcode Generation}.
 */
export function announceCold(host: Host, base: string, why: string): void {
  writeNow(host, base, `${COLD} ${why}\n`);
}

/** Takes away what {@linkcode announceCold} has written. */
export function withdrawCold(host: Host, base: string): void {
  discard(host, `${base}/${NOW}`);
}

/** Whether launchers find a service in this folder. */
export function isAnnounced(host: Host, base: string): boolean {
  return host.lstat(`${base}/${NOW}`) !== undefined;
}

function writeNow(host: Host, base: string, text: string): void {
  replaceFile(host, `${base}/${NOW}`, "file of the service", new TextEncoder().encode(text), {
    temporary: `${base}/${NOW}.new`,
    mode: 0o600,
    durable: false,
  });
}

function removeTree(host: Host, folder: string): void {
  for (const { name } of host.readFolder(folder)) discard(host, `${folder}/${name}`);
  discard(host, folder);
}
