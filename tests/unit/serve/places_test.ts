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
