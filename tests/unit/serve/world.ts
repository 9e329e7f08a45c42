/** The kernel, launchers, hooks and the service, as far as the protocol between them needs each; a step at a time. */
import { type PlaceFiles, Places, type ReplyPipe, type WaitingCaller } from "../../../mod/serve/places.ts";

/** A named pipe as the kernel keeps it. */
interface Pipe {
  lines: string[];
  /** Of each process, how often it has the pipe open. */
  readers: Map<number, number>;
  writers: Map<number, number>;
}

const SERVICE = 0;

function open(side: Map<number, number>, pid: number): void {
  side.set(pid, (side.get(pid) ?? 0) + 1);
}

function close(side: Map<number, number>, pid: number): void {
  const left = (side.get(pid) ?? 0) - 1;
  if (left > 0) side.set(pid, left);
  else side.delete(pid);
}

/** The kernel, as far as the protocol needs it: one place, whose files processes hold. */
export class World {
  readonly pipes: Pipe[] = [];
  reply!: Pipe;
  lockedBy: { pid: number } | undefined;
  ask: string[] = [];
  serviceLives = true;
  waiting: WaitingCaller[] = [];
  stolen = 0;
  launchers: Launcher[] = [];
  places!: Places;

  /** @param kind Which callers there are. */
  constructor(kind: new (world: World, pid: number) => Launcher = Launcher) {
    const files: PlaceFiles = {
      newReply: () => this.#newReply(),
      isLocked: () => this.lockedBy !== undefined,
      unlock: () => void (this.lockedBy = undefined),
      lookAt: (pid) => {
        const launcher = this.launchers.find((one) => one.pid === pid);
        const holds = launcher?.lives && launcher.lock !== undefined && launcher.lock === this.lockedBy &&
          launcher.seven === this.reply;
        return holds ? { pid, args: [String(pid)], cwd: "/", env: () => undefined } : { refused: "who" };
      },
    };
    this.places = new Places(files, 1, (asked) => this.waiting.push(asked));
    this.launchers = [new kind(this, 1), new kind(this, 2)];
  }

  #newReply(): ReplyPipe {
    const pipe: Pipe = { lines: [], readers: new Map(), writers: new Map([[SERVICE, 1]]) };
    this.pipes.push(pipe);
    this.reply = pipe;
    return {
      say(...lines) {
        const isRead = pipe.readers.size > 0 && pipe.writers.has(SERVICE);
        if (isRead) pipe.lines.push(...lines);
        return isRead;
      },
      hasReader: () => pipe.readers.size > 0,
      hasUnread: () => pipe.lines.length > 0,
      close: () => pipe.writers.delete(SERVICE),
    };
  }

  /** Ends a process: the kernel closes what it had open. */
  kill(pid: number): void {
    for (const pipe of this.pipes) {
      pipe.readers.delete(pid);
      pipe.writers.delete(pid);
      if (pipe.readers.size + pipe.writers.size === 0) pipe.lines = [];
    }
  }

  /** What can happen next, by name. */
  choices(kills: boolean): string[] {
    const all = this.launchers.filter((launcher) => launcher.canStep()).map(({ pid }) => `step ${pid}`);
    if (kills) {
      for (const { lives, ended, pid } of this.launchers) if (lives && !ended) all.push(`kill ${pid}`);
    }
    // Some process of root's that reads what is not for it.
    if (kills && this.stolen < 1) {
      if (this.ask.length > 0) all.push("steal ask");
      if (this.reply.lines.length > 0) all.push("steal reply");
    }
    if (!this.serviceLives) return all;
    if (this.ask.length > 0) all.push("hear");
    if (this.waiting.length > 0) all.push(this.serveStep());
    all.push("look");
    if (kills) all.push("kill 0");
    return all;
  }

  do(choice: string): void {
    const [word, pid] = choice.split(" ");
    if (word === "step") this.launchers[Number(pid) - 1]!.step();
    else if (choice === "kill 0") {
      this.serviceLives = false;
      this.waiting = [];
      this.kill(SERVICE);
    } else if (word === "kill") {
      this.launchers[Number(pid) - 1]!.lives = false;
      this.kill(Number(pid));
    } else if (word === "steal") {
      this.stolen++;
      (pid === "ask" ? this.ask : this.reply.lines).shift();
    } else if (word === "hear") this.places.hear(this.ask.shift()!);
    else if (word === "begin") this.begin();
    else if (word === "run") this.run();
    else if (word === "answer") {
      const asked = this.waiting.shift()!;
      if (asked.waits()) asked.answer(`edited for ${asked.pid}`);
    } else this.places.look();
  }

  /** What the service does next for whom it has heard first. */
  serveStep(): "begin" | "run" | "answer" {
    return "answer";
  }

  begin(): void {}

  run(): void {}

  /** All that decides what can still happen. */
  key(): string {
    const pipes = this.pipes.filter((pipe) => pipe === this.reply || pipe.readers.size > 0).map((pipe) => [
      pipe === this.reply,
      pipe.lines,
      [...pipe.readers].sort(),
      [...pipe.writers].sort(),
    ]);
    const launchers = this.launchers.map((one) => [
      one.at,
      one.lives,
      one.ended,
      one.lock !== undefined && one.lock === this.lockedBy,
      one.seven && (one.seven === this.reply ? "now" : this.pipes.indexOf(one.seven) >= 0 ? "old" : ""),
    ]);
    const states = this.places.states();
    return JSON.stringify([
      pipes,
      this.lockedBy?.pid,
      this.ask,
      this.stolen,
      this.serviceLives,
      this.waiting.map(({ pid, waits }) => [pid, waits()]),
      launchers,
      states,
    ]);
  }
}

/** The launcher's lines, one by one: see wrapper/launcher.sh. */
export class Launcher {
  at = 0;
  lives = true;
  /** "warm", or "cold" and why. */
  ended: string | undefined;
  lock: { pid: number } | undefined;
  eight: Pipe | undefined;
  seven: Pipe | undefined;

  constructor(readonly world: World, readonly pid: number) {}

  canStep(): boolean {
    if (!this.lives || this.ended !== undefined) return false;
    if (this.at !== 5) return true;
    return this.seven!.lines.length > 0 || this.seven!.writers.size === 0;
  }

  step(): void {
    const { world, pid } = this;
    switch (this.at++) {
      case 0: // 8<>reply
        this.eight = world.reply;
        open(this.eight.readers, pid);
        return open(this.eight.writers, pid);
      case 1: // 7<reply
        this.seven = world.reply;
        return open(this.seven.readers, pid);
      case 2: // 6>lock
        if (world.lockedBy) return this.end("cold: no place");
        return void (world.lockedBy = this.lock = { pid });
      case 3: // exec 8>&-
        close(this.eight!.readers, pid);
        return close(this.eight!.writers, pid);
      case 4:
        return void world.ask.push(`0 ${pid} 1 runc`);
      case 5: {
        const line = this.seven!.lines.shift() ?? "";
        this.said = line;
        return;
      }
      case 6:
        return void world.ask.push(`0 ${pid} done`);
      case 7:
        return this.end(this.said.startsWith(`0 ${pid} edited`) ? this.said : `cold: ${this.said}`);
    }
  }

  said = "";

  end(how: string): void {
    this.ended = how;
    this.world.kill(this.pid);
  }
}
