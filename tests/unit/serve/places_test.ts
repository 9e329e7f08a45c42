/**
 * The protocol between launchers and the service, in every order in which two launchers, the service and kills
 * of any of them can come.
 */
import assert from "node:assert/strict";
import { Launcher, World } from "./world.ts";

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

/** Of one launcher that stays where it is, however long: how many steps it has gone. */
for (const steps of [4, 5, 6]) {
  Deno.test(`a launcher that stops after ${steps} steps does not keep its place, and finds what was for it`, () => {
    const world = new World();
    const [stopped] = world.launchers;
    for (let step = 0; step < steps; step++) {
      if (world.ask.length > 0) world.do("hear");
      if (world.waiting.length > 0) world.do("answer");
      stopped!.step();
    }
    while (world.ask.length > 0) world.do("hear");
    while (world.waiting.length > 0) world.do("answer");
    for (let look = 0; look < 6; look++) world.do("look");
    assert.equal(world.lockedBy, undefined);
    const next = new Launcher(world, 3);
    world.launchers.push(next);
    for (let turn = 0; turn < 20 && next.ended === undefined; turn++) {
      world.do(["hear", "answer", "step 3"].find((choice) => world.choices(false).includes(choice))!);
    }
    assert.equal(next.ended, "0 3 edited for 3");
    while (stopped!.canStep()) stopped!.step();
    assert.equal(stopped!.ended, steps === 4 ? "cold: 0 0 cold nothing was asked" : "0 1 edited for 1");
    while (world.ask.length > 0) world.do("hear");
    assert.equal(world.lockedBy, undefined);
  });
}
