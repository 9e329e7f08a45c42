/**
 * The protocol between the scripts of hooks and the service that calls handlers, in every order in which two hooks,
 * the service and kills of any of them can come: a handler is never called twice, and never lost without a word.
 */
import assert from "node:assert/strict";
import { Launcher, World } from "./world.ts";

/** The script's lines, one by one: see wrapper/ask_service.sh and hook.sh. */
class Hook extends Launcher {
  begun = false;
  /** Standard input: a pipe, which can be read once. */
  hasState = true;
  /** How often the handler was called for it, by whomever. */
  calls = 0;

  override step(): void {
    const isAnswer = this.at === 5;
    super.step();
    if (!isAnswer || this.said !== `0 ${this.pid} begun`) return;
    this.begun = true;
    this.at = 5;
  }

  override end(how: string): void {
    if (how.startsWith("cold") && this.begun) how = "lost";
    // The program reads the state itself, and fails with a sentence where it is gone.
    else if (how.startsWith("cold") && this.call()) how = "cold, called";
    super.end(how);
  }

  /** The handler is called with the state. */
  call(): boolean {
    if (!this.hasState) return false;
    this.hasState = false;
    this.calls++;
    return true;
  }
}

/** The service begins, then reads the state and calls the handler, then answers. */
class OnceOnly extends World {
  #at: "begin" | "run" | "answer" = "begin";

  constructor() {
    super(Hook);
  }

  override serveStep() {
    return this.#at;
  }

  override begin(): void {
    if (this.waiting[0]!.begin()) this.#at = "run";
    else this.waiting.shift();
  }

  override run(): void {
    this.hook(this.waiting[0]!.pid).call();
    this.#at = "answer";
  }

  override do(choice: string): void {
    super.do(choice);
    if (choice === "answer") this.#at = "begin";
  }

  override key(): string {
    const hooks = this.launchers.map((one) => one as Hook).map(({ begun, hasState, calls }) => [
      begun,
      hasState,
      calls,
    ]);
    return JSON.stringify([super.key(), this.#at, hooks]);
  }

  hook(pid: number): Hook {
    return this.launchers[pid - 1] as Hook;
  }
}

function replay(choices: readonly string[]): OnceOnly {
  const world = new OnceOnly();
  for (const choice of choices) world.do(choice);
  return world;
}

/** What must hold at every moment. @param wasRobbed Whether somebody has read what was not for him. */
function check(world: OnceOnly, choices: readonly string[], wasRobbed: boolean): void {
  const story = choices.join(", ");
  for (const { ended, pid, calls } of world.launchers.map((one) => one as Hook)) {
    assert.ok(calls <= 1, `the handler was called ${calls} times for ${pid}: ${story}`);
    if (ended === undefined || ended === "lost") continue;
    const isTold = ended === `0 ${pid} edited for ${pid}` || ended === "cold, called";
    assert.ok(isTold || wasRobbed, `${pid} went cold behind the state, and ended with ${ended}: ${story}`);
    if (isTold) assert.equal(calls, 1, `${pid} was told of what was not done: ${story}`);
  }
}

function checkEnd(world: OnceOnly, choices: readonly string[]): void {
  for (let turn = 0; turn < 80; turn++) {
    const next = world.choices(false).find((choice) => choice !== "look");
    if (next) world.do(next);
    else if (world.serviceLives) world.do("look");
  }
  for (const { lives, ended, pid } of world.launchers) {
    assert.ok(!lives || ended !== undefined, `${pid} waits for ever after: ${choices.join(", ")}`);
  }
  if (world.serviceLives) assert.equal(world.lockedBy, undefined, `a place is lost: ${choices.join(", ")}`);
}

Deno.test("two hooks and a service, a kill or a thief between any two steps: no handler is called twice or lost without a word", () => {
  const seen = new Set<string>();
  const open: string[][] = [[]];
  while (open.length > 0) {
    const choices = open.pop()!;
    const world = replay(choices);
    const key = world.key();
    if (seen.has(key)) continue;
    seen.add(key);
    const next = world.choices(true);
    check(world, choices, world.stolen > 0);
    for (const choice of next) {
      if (choice === "look" && choices.slice(-2).join() === "look,look") continue;
      open.push([...choices, choice]);
    }
    checkEnd(world, choices);
    check(world, choices, world.stolen > 0);
  }
  assert.ok(seen.size > 10_000, `only ${seen.size} states were seen`);
});
