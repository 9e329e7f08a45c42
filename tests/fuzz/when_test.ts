import assert from "node:assert/strict";
import fc from "fast-check";
import { absent, byEngine, type Fact, unknown } from "../../mod/core/facts.ts";
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

function fact<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Fact<T>> {
  return fc.oneof(
    { weight: 4, arbitrary: value.map(byEngine) },
    { weight: 1, arbitrary: fc.constantFrom(absent<T>("none"), unknown<T>("who knows")) },
  );
}

const facts = fc.record({
  annotations: fact(entries),
  labels: fact(entries),
  env: fact(entries),
  commands: fact(text),
  hasBindMounts: fact(fc.boolean()),
  image: fact(text),
  engine: fact(engine),
  operation: fact(operation),
  role: fact(role),
}) as fc.Arbitrary<WhenFacts>;

type Answer = "yes" | "no" | "unknown";

/** oci-hooks(5) once more, written as plainly as can be: each condition's answer. */
function answers(when: When, facts: WhenFacts): Answer[] {
  const of = <T>(fact: Fact<T>, holds: (value: T) => boolean): Answer =>
    fact.state === "unknown" ? "unknown" : fact.state === "known" && holds(fact.value) ? "yes" : "no";
  const pairsHold = (wanted: Record<string, string>, entries: Readonly<Record<string, string>>) =>
    Object.entries(wanted).every(([key, value]) =>
      Object.entries(entries).some(([k, v]) => new RegExp(key).test(k) && new RegExp(value).test(v))
    );
  const anyHolds = (wanted: string[], text: string) => wanted.some((word) => new RegExp(word).test(text));
  return [
    ...when.always === undefined ? [] : [when.always ? "yes" as const : "no" as const],
    ...when.hasBindMounts === undefined
      ? []
      : when.hasBindMounts
      ? [of(facts.hasBindMounts, (has) => has)]
      : ["no" as const],
    ...when.annotations ? [of(facts.annotations, (all) => pairsHold(when.annotations!, all))] : [],
    ...when.labels ? [of(facts.labels, (all) => pairsHold(when.labels!, all))] : [],
    ...when.env ? [of(facts.env, (all) => pairsHold(when.env!, all))] : [],
    ...when.commands ? [of(facts.commands, (text) => anyHolds(when.commands!, text))] : [],
    ...when.image ? [of(facts.image, (text) => anyHolds(when.image!, text))] : [],
    ...when.engine ? [of(facts.engine, (name) => when.engine!.includes(name))] : [],
    ...when.operation ? [of(facts.operation, (name) => when.operation!.includes(name))] : [],
    ...when.role
      ? [of(facts.role, (name) => when.role!.includes(name))]
      : facts.role.state === "known" && facts.role.value === "sandbox"
      ? ["no" as const]
      : [],
  ];
}

function answer(when: When, facts: WhenFacts): Answer {
  const all = answers(when, facts);
  if (Object.keys(when).length === 0 || all.includes("no")) return "no";
  return all.includes("unknown") ? "unknown" : "yes";
}

Deno.test("a when matches exactly where all of its conditions hold, and is undecided where that is not known", () => {
  fc.assert(fc.property(when, facts, (when, facts) => {
    const { matches, undecided } = matchWhen(checkWhen(when, "x"), facts);
    assert.equal(matches ? "yes" : undecided.length > 0 ? "unknown" : "no", answer(when, facts));
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
    // A letter takes the place of what is escaped, and of a class: what stands around it must not come together.
    const plain = compiled.source.replace(/\\[\s\S]/g, (escape) => /\\[1-9]/.test(escape) ? escape : "a");
    const outside = plain.replace(/\[[^\]]*\]/g, "a");
    assert.doesNotMatch(outside, /\(\?<?[=!]|\\[1-9]/);
  }));
});
