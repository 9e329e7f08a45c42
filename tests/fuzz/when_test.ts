import assert from "node:assert/strict";
import fc from "fast-check";
import { linearPattern } from "../../mod/core/pattern.ts";
import { checkWhen, matchWhen, type When, type WhenFacts } from "../../mod/core/when.ts";
import { Failure } from "../../mod/errors.ts";

const pattern = fc.constantFrom("a", "^a", "b$", "^ab$", ".", "[0-9]", "(a|b)+", "");
const text = fc.string({ unit: fc.constantFrom("a", "b", "1", "\n"), maxLength: 4 });
const entries = fc.dictionary(text, text, { maxKeys: 3 });
const pairs = fc.dictionary(pattern, pattern, { minKeys: 1, maxKeys: 2 });
const engine = fc.constantFrom("docker", "podman", "containerd", "cri-o", "none");
const operation = fc.constantFrom("create", "run", "restore");
const role = fc.constantFrom("workload", "sandbox");

function some<T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(item, { minLength: 1, maxLength: 2 });
}

const when = fc.record({
  always: fc.boolean(),
  annotations: pairs,
  labels: pairs,
  env: pairs,
  commands: some(pattern),
  hasBindMounts: fc.boolean(),
  image: some(pattern),
  engine: some(engine),
  operation: some(operation),
  role: some(role),
}, { requiredKeys: [] }) as fc.Arbitrary<When>;

const facts = fc.record({
  annotations: entries,
  labels: entries,
  env: entries,
  command: text,
  hasBindMounts: fc.boolean(),
  image: text,
  engine,
  operation,
  role,
}, {
  requiredKeys: ["annotations", "labels", "env", "hasBindMounts", "engine", "operation", "role"],
}) as fc.Arbitrary<WhenFacts>;

/** oci-hooks(5) once more, written as plainly as can be. */
function holds(when: When, facts: WhenFacts): boolean {
  const pairsHold = (wanted: Record<string, string> | undefined, entries: Readonly<Record<string, string>>) =>
    Object.entries(wanted ?? {}).every(([key, value]) =>
      Object.entries(entries).some(([k, v]) => new RegExp(key).test(k) && new RegExp(value).test(v))
    );
  const anyHolds = (wanted: string[] | undefined, text: string | undefined) =>
    wanted === undefined || (text !== undefined && wanted.some((pattern) => new RegExp(pattern).test(text)));
  return Object.keys(when).length > 0 &&
    when.always !== false &&
    (when.hasBindMounts === undefined || (when.hasBindMounts && facts.hasBindMounts)) &&
    pairsHold(when.annotations, facts.annotations) &&
    pairsHold(when.labels, facts.labels) &&
    pairsHold(when.env, facts.env) &&
    anyHolds(when.commands, facts.command) &&
    anyHolds(when.image, facts.image) &&
    (when.engine?.includes(facts.engine) ?? true) &&
    (when.operation?.includes(facts.operation) ?? true) &&
    (when.role ?? ["workload"]).includes(facts.role);
}

Deno.test("a when matches exactly where all of its conditions hold", () => {
  fc.assert(fc.property(when, facts, (when, facts) => {
    assert.equal(matchWhen(checkWhen(when, "x"), facts).matches, holds(when, facts));
  }));
});

Deno.test("each condition has one reason on one line", () => {
  fc.assert(fc.property(when, facts, (when, facts) => {
    const { reasons } = matchWhen(when, facts);
    for (const key of Object.keys(when)) assert(reasons.some((reason) => reason.startsWith(`${key}: `)));
    for (const reason of reasons) assert.doesNotMatch(reason, /\n/);
  }));
});

Deno.test("whatever is written as when is taken or refused with a failure", () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.dictionary(fc.constantFrom("annotations", "image", "role"), fc.anything()),
  );
  fc.assert(fc.property(anything, (value) => {
    try {
      checkWhen(value, "x");
    } catch (error) {
      assert(error instanceof Failure && error.code === "when", String(error));
    }
  }));
});

Deno.test("whatever is written as a pattern compiles or is refused, and what compiles is never looking back", () => {
  const piece = fc.constantFrom(
    "(",
    ")",
    "?",
    "?=",
    "?<",
    "=",
    "!",
    "[",
    "]",
    "\\",
    "1",
    "k<a>",
    "a",
    "*",
    "{2}",
    "|",
    "p{L}",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
    const pattern = pieces.join("");
    let compiled: RegExp;
    try {
      compiled = linearPattern(pattern);
    } catch (error) {
      assert(error instanceof SyntaxError);
      return;
    }
    const plain = compiled.source.replace(/\\[\s\S]/g, (escape) => /\\[1-9]/.test(escape) ? escape : "");
    const outside = plain.replace(/\[[^\]]*\]/g, "");
    assert.doesNotMatch(outside, /\(\?<?[=!]|\\[1-9]/);
  }));
});
