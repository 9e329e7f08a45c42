import assert from "node:assert/strict";
import { ENGINE_NAMES } from "../../../mod/core/engines.ts";
import { absent, byEngine, type Fact, unknown } from "../../../mod/core/facts.ts";
import {
  bothMatch,
  checkWhen,
  matchNarrowing,
  matchWhen,
  type When,
  type WhenFacts,
  type WhenMatch,
} from "../../../mod/core/when.ts";
import { Failure } from "../../../mod/errors.ts";

type Values = { [K in keyof WhenFacts]: WhenFacts[K] extends Fact<infer T> ? T : never };

const VALUES: Values = {
  annotations: { "org.example.audit": "yes" },
  labels: { team: "payments" },
  env: { SECRET: "hunter2", MODE: "debug" },
  commands: "/usr/sbin/nginx",
  hasBindMounts: false,
  image: "docker.io/library/nginx:1.27",
  engine: "docker",
  operation: "create",
  role: "workload",
};

/** Facts that are all known, with these values in place of the usual ones, and then these facts. */
function facts(values: Partial<Values> = {}, changed: Partial<WhenFacts> = {}): WhenFacts {
  const known = Object.entries({ ...VALUES, ...values }).map(([name, value]) => [name, byEngine(value)]);
  return { ...Object.fromEntries(known), ...changed };
}

/** [what is tried, whether it holds, the reason]. */
const CONDITIONS: [When, boolean, string][] = [
  [{ always: true }, true, "always: every container"],
  [{ always: false }, false, "always: false never matches"],
  [{ hasBindMounts: false }, false, "hasBindMounts: false never matches"],
  [{ hasBindMounts: true }, false, "hasBindMounts: there is no bind mount"],
  [
    { annotations: { "audit$": "^(yes|true)$" } },
    true,
    'annotations: org.example.audit matches "audit$" = "^(yes|true)$"',
  ],
  [
    { annotations: { "^org\\.example\\.sign$": "." } },
    false,
    'annotations: no key matches "^org\\.example\\.sign$"',
  ],
  [{ labels: { team: "^infra$" } }, false, 'labels: the value of team does not match "^infra$"'],
  [{ env: { SECRET: "^other$" } }, false, 'env: the value of SECRET does not match "^other$"'],
  [
    { commands: ["bash", "nginx$"] },
    true,
    `commands: the container's command /usr/sbin/nginx matches "nginx$"`,
  ],
  [
    { image: ["^quay\\.io/", "redis"] },
    false,
    `image: the image's name docker.io/library/nginx:1.27 matches none of "^quay\\.io/", "redis"`,
  ],
  [{ engine: ["podman", "docker"] }, true, "engine: docker is one of podman, docker"],
  [{ operation: ["restore"] }, false, "operation: create is not one of restore"],
  [{ role: ["workload"] }, true, "role: workload is one of workload"],
];

for (const [when, matches, reason] of CONDITIONS) {
  Deno.test(`when ${JSON.stringify(when)} ${matches ? "matches" : "does not match"}, and says why`, () => {
    assert.deepEqual(matchWhen(when, facts()), { matches, undecided: [], reasons: [reason] });
  });
}

Deno.test("every named condition must hold, and each has its reason", () => {
  const match = matchWhen({ engine: ["docker"], commands: ["bash"], always: true }, facts());
  assert.equal(match.matches, false);
  assert.equal(match.reasons.length, 3);
});

Deno.test("every pair of annotations must have an entry of its own", () => {
  const annotations = { "^a$": "1", "^b$": "2" };
  assert.equal(matchWhen({ annotations }, facts({ annotations: { a: "1", b: "2" } })).matches, true);
  assert.equal(matchWhen({ annotations }, facts({ annotations: { a: "1", b: "1" } })).matches, false);
});

Deno.test("the key and the value of a pair must match in one and the same entry", () => {
  const annotations = { a: "1", ab: "2" };
  assert.equal(matchWhen({ annotations: { "^a$": "2" } }, facts({ annotations })).matches, false);
  assert.equal(matchWhen({ annotations: { "^a": "2" } }, facts({ annotations })).matches, true);
});

Deno.test("an empty when never matches, and a missing one every workload", () => {
  assert.equal(matchWhen({}, facts()).matches, false);
  assert.equal(matchWhen(undefined, facts()).matches, true);
});

Deno.test("a sandbox is left alone unless when.role asks for it", () => {
  const sandbox = facts({ role: "sandbox" });
  assert.equal(matchWhen(undefined, sandbox).matches, false);
  assert.deepEqual(
    matchWhen({ always: true }, sandbox).reasons.at(-1),
    "role: a sandbox is left alone without when.role",
  );
  assert.equal(matchWhen({ role: ["sandbox"] }, sandbox).matches, true);
});

Deno.test("a narrowing that names no role keeps the roles that the plugin asked for", () => {
  assert.equal(matchNarrowing({ engine: ["docker"] }, facts({ role: "sandbox" })).matches, true);
});

const CONDITIONS_ON_FACTS: Record<keyof WhenFacts, When> = {
  annotations: { annotations: { ".": "." } },
  labels: { labels: { ".": "." } },
  env: { env: { ".": "." } },
  commands: { commands: ["."] },
  hasBindMounts: { hasBindMounts: true },
  image: { image: ["."] },
  engine: { engine: ["docker"] },
  operation: { operation: ["create"] },
  role: { role: ["workload"] },
};

for (const [name, when] of Object.entries(CONDITIONS_ON_FACTS)) {
  Deno.test(`when.${name} does not match what is not there, and says so`, () => {
    const match = matchWhen(when, facts({}, { [name]: absent("nobody gave it one") }));
    assert.deepEqual(match, {
      matches: false,
      undecided: [],
      reasons: [`${name}: there is none: nobody gave it one`],
    });
  });

  Deno.test(`when.${name} is undecided where that is not known, unless another condition fails`, () => {
    const unsure = facts({}, { [name]: unknown("the database is gone") });
    const reason = `${name}: not known: the database is gone`;
    assert.deepEqual(matchWhen(when, unsure), { matches: false, undecided: [reason], reasons: [reason] });
    assert.deepEqual(matchWhen({ ...when, always: false }, unsure).undecided, []);
    assert.deepEqual(matchWhen({ ...when, always: true }, unsure).undecided, [reason]);
  });
}

Deno.test("a container whose role is not known is looked at as a workload", () => {
  assert.equal(matchWhen(undefined, facts({}, { role: unknown("x") })).matches, true);
});

Deno.test("of two whens one that fails decides, and one that is undecided leaves both so", () => {
  const unsure = facts({}, { labels: unknown("x") });
  const [yes, no, maybe] = [{ always: true }, { always: false }, { labels: { a: "b" } }]
    .map((when) => matchWhen(when, unsure)) as [WhenMatch, WhenMatch, WhenMatch];
  const undecided = (one: WhenMatch, other: WhenMatch) => bothMatch(one, other).undecided.length;
  assert.equal(bothMatch(yes, yes).matches, true);
  assert.deepEqual([bothMatch(yes, no).matches, bothMatch(yes, maybe).matches], [false, false]);
  assert.deepEqual([undecided(yes, maybe), undecided(maybe, yes), undecided(maybe, maybe)], [1, 1, 2]);
  assert.deepEqual([undecided(no, maybe), undecided(maybe, no), undecided(yes, no)], [0, 0, 0]);
});

Deno.test("values of variables, labels and annotations stay out of the reasons", () => {
  for (const pattern of ["hunter", "^other$"]) {
    const { reasons } = matchWhen({ env: { SECRET: pattern } }, facts());
    assert.doesNotMatch(reasons.join(), /hunter2/);
  }
});

Deno.test("a key that holds a line break cannot forge a second reason", () => {
  const { reasons } = matchWhen(
    { env: { "^A": "." } },
    facts({ env: { "A\nalways: every container": "x" } }),
  );
  assert.doesNotMatch(reasons.join(), /\n/);
});

/** [what somebody wrote, what the message says of it]. */
const REFUSED: [unknown, RegExp][] = [
  ["always", /when must be an object, not "always"/],
  [{ allways: true }, /when\.allways is unknown; known are always, annotations/],
  [{ always: "yes" }, /when\.always must be true or false, not "yes"/],
  [{ annotations: ["a"] }, /when\.annotations must be an object, not an array/],
  [{ annotations: {} }, /when\.annotations is empty/],
  [{ annotations: { "org.example": 1 } }, /when\.annotations\["org\.example"\] must be a string, not 1/],
  [
    { annotations: { "(": "x" } },
    /when\.annotations\["\("\] is the pattern "\(", which is not a regular expression/,
  ],
  [{ commands: [] }, /when\.commands is empty/],
  [{ commands: ["(?=a)b"] }, /when\.commands\[0\] is the pattern .*looking around is not linear/],
  [{ image: "nginx" }, /when\.image must be an array, not "nginx"/],
  [
    { engine: ["dockre"] },
    new RegExp(`when\\.engine\\[0\\] must be one of ${ENGINE_NAMES.join(", ")}, not "dockre"`),
  ],
  [{ role: ["pause"] }, /when\.role\[0\] must be one of workload, sandbox/],
];

for (const [when, message] of REFUSED) {
  Deno.test(`when ${JSON.stringify(when)} is refused with the condition's name`, () => {
    assert.throws(() => checkWhen(when, "/etc/x.toml:7"), (error) => {
      assert(error instanceof Failure && error.code === "when");
      assert.match(error.message, message);
      assert.match(error.message, /^\/etc\/x\.toml:7: /);
      return true;
    });
  });
}

Deno.test("a when without a mistake comes back as it was written", () => {
  const when = { annotations: { "^a$": "." }, role: ["sandbox"], hasBindMounts: true };
  assert.deepEqual(checkWhen(when, "x"), when);
});
