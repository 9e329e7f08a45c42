/**
 * The protocol between launchers and the service, in every order in which two launchers, the service and kills
 * of any of them can come.
 */
import assert from "node:assert/strict";
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
class World {
  readonly pipes: Pipe[] = [];
  reply!: Pipe;
  lockedBy: { pid: number } | undefined;
  ask: string[] = [];
  serviceLives = true;
  waiting: WaitingCaller[] = [];
  stolen = 0;
  launchers: Launcher[] = [];
  places!: Places;

  constructor() {
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
    this.launchers = [new Launcher(this, 1), new Launcher(this, 2)];
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
    if (this.waiting.length > 0) all.push("answer");
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
    else if (word === "answer") {
      const asked = this.waiting.shift()!;
      if (asked.waits()) asked.answer(`edited for ${asked.pid}`);
    } else this.places.look();
  }

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
    const states = this.places.states().map((state) => ({
      ...state,
      idleLooks: Math.min(state.idleLooks, 2),
    }));
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
class Launcher {
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

function replay(choices: readonly string[]): World {
  const world = new World();
  for (const choice of choices) world.do(choice);
  return world;
}

/** What must hold at every moment. */
function check(world: World, choices: readonly string[]): void {
  const story = () => choices.join(", ");
  for (const { ended, pid } of world.launchers) {
    if (ended?.startsWith("cold")) {
      const atWork = world.serviceLives && world.waiting.some((asked) => asked.pid === pid && asked.waits());
      assert.ok(!atWork, `two plan for ${pid}: ${story()}`);
    } else if (ended !== undefined) {
      assert.equal(ended, `0 ${pid} edited for ${pid}`, `a foreign answer: ${story()}`);
    }
  }
}

/** Without any more kill everybody comes to an end, and nothing of a place is lost. */
function checkEnd(world: World, choices: readonly string[]): void {
  for (let turn = 0; turn < 60; turn++) {
    const next = world.choices(false).find((choice) => choice !== "look");
    if (next) world.do(next);
    else if (world.serviceLives) world.do("look");
  }
  const story = choices.join(", ");
  for (const { lives, ended, pid } of world.launchers) {
    assert.ok(!lives || ended !== undefined, `${pid} waits for ever after: ${story}`);
  }
  if (!world.serviceLives) return;
  assert.equal(world.lockedBy, undefined, `a place is lost after: ${story}`);
  const third = new Launcher(world, 3);
  world.launchers.push(third);
  for (let turn = 0; turn < 20 && third.ended === undefined; turn++) {
    world.do(world.choices(false).find((choice) => choice !== "look") ?? "look");
  }
  assert.equal(third.ended, "0 3 edited for 3", `the next one is not served after: ${story}`);
}

Deno.test("two launchers and a service, a kill or a thief between any two steps: no hang, no foreign answer, no place lost", () => {
  const seen = new Set<string>();
  const open: string[][] = [[]];
  while (open.length > 0) {
    const choices = open.pop()!;
    const world = replay(choices);
    const key = world.key();
    if (seen.has(key)) continue;
    seen.add(key);
    check(world, choices);
    for (const choice of world.choices(true)) {
      // Looks come each second and launchers in milliseconds: three in a row find what there is to find.
      if (choice === "look" && choices.slice(-3).every((last) => last === "look") && choices.length >= 3) {
        continue;
      }
      open.push([...choices, choice]);
    }
    checkEnd(world, choices);
  }
  assert.ok(seen.size > 10_000, `only ${seen.size} states were seen`);
});
