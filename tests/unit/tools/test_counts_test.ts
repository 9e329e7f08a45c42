import assert from "node:assert/strict";
import { add, failedIn, leftOut, NOTHING, parseSummary } from "../../../tools/test_counts.ts";

const mixed = `running 3 tests from ./a_test.ts
ok ... ok (0ms)
on podman (left out: podman is not installed) ... ignored (0ms)
bad ... FAILED (14ms)

FAILED | 1 passed (1 step) | 2 failed (1 step) | 1 ignored (105ms)

error: Test failed
`;

Deno.test("counts are those of the runner's summary, steps left aside", () => {
  assert.deepEqual(parseSummary(mixed, false), { passed: 1, failed: 2, skipped: 1 });
  assert.deepEqual(parseSummary("\nok | 9 passed | 0 failed (2s)\n", true), {
    passed: 9,
    failed: 0,
    skipped: 0,
  });
});

Deno.test("a run that died without a summary is a failure", () => {
  assert.deepEqual(parseSummary("error: The module's source code could not be parsed", false), {
    ...NOTHING,
    failed: 1,
  });
});

Deno.test("a run that failed though no test did is a failure", () => {
  assert.equal(parseSummary("ok | 9 passed | 0 failed (2s)", false).failed, 1);
});

Deno.test("the last summary counts, since a test may print another runner's", () => {
  assert.equal(
    parseSummary("ok | 1 passed | 0 failed (1s)\nok | 2 passed | 0 failed (1s)\n", true).passed,
    2,
  );
});

Deno.test("a folder without tests counts nothing", () => {
  assert.deepEqual(parseSummary("ok | 0 passed | 0 failed (0ms)\n", true), NOTHING);
});

Deno.test("tests that were left out are named with their reason", () => {
  assert.deepEqual(leftOut(mixed), ["on podman (left out: podman is not installed)"]);
});

Deno.test("tests that failed are named once more at the end of a long run", () => {
  assert.deepEqual(failedIn(mixed), ["bad"]);
});

Deno.test("counts of groups add up", () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  assert.deepEqual(add(one, one), { passed: 2, failed: 4, skipped: 6 });
});
