import assert from "node:assert/strict";
import { timesOf, timeTable } from "../../../tools/test_times.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="3" failures="0" errors="0" time="1.877">
    <testsuite name="./tests/unit/a_test.ts" tests="2" disabled="0" errors="0" failures="0">
        <testcase name="&quot;a time=&quot;9.000&quot;" classname="./tests/unit/a_test.ts" time="0.250" line="22" col="8">
        </testcase>
        <testcase name="b" classname="./tests/unit/a_test.ts" time="1.500" line="23" col="8">
        </testcase>
    </testsuite>
    <testsuite name="./plugins/b_test.ts" tests="1" disabled="0" errors="0" failures="0">
        <testcase name="c" classname="./plugins/b_test.ts" time="0.001" line="1" col="8">
        </testcase>
    </testsuite>
</testsuites>
`;

Deno.test("a file takes as long as its tests", () => {
  assert.deepEqual(timesOf(REPORT), [
    { path: "tests/unit/a_test.ts", seconds: 1.75 },
    { path: "plugins/b_test.ts", seconds: 0.001 },
  ]);
});

Deno.test("the slowest file comes first, and those below a second are one line", () => {
  const times = [
    { path: "quick", seconds: 0.5 },
    { path: "slow", seconds: 2 },
    { path: "quick too", seconds: 0.25 },
    { path: "slowest", seconds: 61.25 },
  ];
  assert.equal(timeTable(times), "    61.3 s  slowest\n     2.0 s  slow\n     0.8 s  2 more");
});
