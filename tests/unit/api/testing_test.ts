import assert from "node:assert/strict";
import { definePlugin, hook, type Plan, setEnv } from "container-hooks/plugin";
import { ask, type ContainerFields } from "container-hooks/testing";

type Planning = Parameters<typeof definePlugin>[0]["plan"];

/** Asks a plugin that does no more than this. */
function answerOf(plan: Planning, { gate, fields }: { gate?: boolean; fields?: ContainerFields } = {}) {
  return ask(definePlugin({ api: 1, name: "tried", version: "1.0.0", brief: "Tried", gate, plan }), fields);
}

const wrong = (answer: unknown) => () => answer as Plan;
const HOOK = { path: "/bin/true", args: ["true"] };

class Answering {
  get edits() {
    return [setEnv("A", "b")];
  }
}

const REFUSED: [what: string, answer: unknown, says: RegExp][] = [
  ["an edit of no kind", { edits: [{ edit: "fly" }] }, /plugin tried.*edits\[0\]\.edit/],
  [
    "a hook without an environment",
    { edits: [{ edit: "hook", stage: "prestart", hook: HOOK }] },
    /hook\.env/,
  ],
  ["a hook with LD_PRELOAD", { edits: [hook.poststop("/b", [], { env: { LD_PRELOAD: "/x" } })] }, /loader/],
  ["an object of a class", new Answering(), /plain object/],
  ["a field that plans have not", { edit: [] }, /"edit"|edit is unknown/],
  ["a carry that is no data", { carry: { since: new Date() } }, /carry/],
  ["a stage that has no handlers", { stages: ["createContainer"] }, /stages/],
  ["a note that is no text", { note: 7 }, /note/],
];

for (const [what, answer, says] of REFUSED) {
  Deno.test(`an author's test passed with ${what}, which a host refuses`, async () => {
    await assert.rejects(answerOf(wrong(answer)), says);
  });
}

Deno.test("an author's test saw no denial where a host denies: by a text, and by a gate's edits", async () => {
  assert.deepEqual((await answerOf(wrong({ deny: "no" }))).deny, ["no"]);
  const { deny, edits } = await answerOf(wrong({ edits: [setEnv("A", "b")] }), { gate: true });
  assert.match(deny![0]!, /a gate may not return edits/);
  assert.equal(edits, undefined);
});

Deno.test("an author's test passed with a plan that changes its container, which is frozen on a host", async () => {
  const changing: Planning = (container) => {
    (container.labels as Record<string, string>).seen = "yes";
    return {};
  };
  const labels = { team: "a" };
  await assert.rejects(answerOf(changing, { fields: { labels } }), /not extensible/);
  assert.ok(!Object.isFrozen(labels), "what the test goes on with is its own");
});

Deno.test("an answer comes out as it was, and nothing as an empty plan", async () => {
  const plan: Plan = { edits: [setEnv("A", "b")], carry: { n: 1n }, stages: ["poststop"], note: "why" };
  assert.deepEqual(await answerOf(() => plan), plan);
  assert.deepEqual(await answerOf(() => undefined), {});
  assert.deepEqual(await answerOf(() => ({ edits: [], deny: [] })), {});
});
