import assert from "node:assert/strict";
import { markedForStart, markForStart, unmarkForStart } from "../../../mod/state/start_marks.ts";
import { MemoryHost } from "../memory_host.ts";

const [ONE, TWO] = ["1".repeat(32), "2".repeat(32)];

Deno.test("a marked container is found by its id among the words of a call, and by no part of it", () => {
  const host = new MemoryHost();
  markForStart(host, "web", ONE);
  markForStart(host, "web.1", TWO);
  assert.deepEqual(markedForStart(host, ["--x", "web"]), [ONE]);
  assert.deepEqual(markedForStart(host, ["web.1"]), [TWO]);
  assert.deepEqual(markedForStart(host, ["we"]), []);
  assert.deepEqual(markedForStart(host, []), []);
});

Deno.test("containers of one id, under two roots of the runtime, have a mark each", () => {
  const host = new MemoryHost();
  markForStart(host, "web", ONE);
  markForStart(host, "web", TWO);
  unmarkForStart(host, "web", ONE);
  assert.deepEqual(markedForStart(host, ["web"]), [TWO]);
});

Deno.test("without marks nothing is found, and nothing is made", () => {
  const host = new MemoryHost();
  assert.deepEqual(markedForStart(host, ["web"]), []);
  assert.equal(host.lstat("/run/container-hooks"), undefined);
});
