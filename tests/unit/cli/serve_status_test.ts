import assert from "node:assert/strict";
import { printStatus } from "../../../mod/cli/serve/print_status.ts";
import type { ServiceStatus } from "../../../mod/serve/status.ts";
import { MemoryHost } from "../memory_host.ts";

const STATUS: ServiceStatus = {
  pid: 77,
  program: "/p",
  version: "1.2.3",
  since: 0,
  memory: 61_400_000,
  placesTaken: 2,
  isolates: 3,
  tooOften: [],
  warm: 1204,
  refused: 3,
  cold: { "something has changed": 2, "it is in another namespace": 11 },
  median: 1.24,
  p99: 6.5,
};

async function printed(...of: Parameters<typeof printStatus> extends [unknown, ...infer R] ? R : never) {
  const host = new MemoryHost();
  await printStatus(host, ...of);
  return host.out;
}

Deno.test("both processes stand side by side, and below them why creates were cold", async () => {
  const handlers = { ...STATUS, pid: 78, warm: 9, refused: 0, cold: {}, median: 3, p99: 4.04, memory: 4e7 };
  const record = { warm: 90, cold: { "no service runs": 7, "the bypass is on, and a gate stands": 1 } };
  assert.equal(
    await printed(STATUS, handlers, record),
    `                   plans                 handlers
pid                77                    78
version            1.2.3                 1.2.3
since              1970-01-01T00:00:00Z  1970-01-01T00:00:00Z
done               1204                  9
refused or failed  3                     0
sent away          13                    0
median             1.2 ms                3.0 ms
p99                6.5 ms                4.0 ms
waiting now        2                     2
plugins kept warm  3                     3
memory             61 MB                 40 MB

of the creates on record 90 were warm and 8 cold

cold                   why
sent away, plans   11  it is in another namespace
sent away, plans   2   something has changed
creates on record  7   no service runs
creates on record  1   the bypass is on, and a gate stands
`,
  );
});

Deno.test("without a service the journal still says how many were cold, and why", async () => {
  assert.equal(
    await printed(undefined, undefined, { warm: 0, cold: { "no service runs": 2 } }),
    `no service runs: each create starts the program

of the creates on record 0 were warm and 2 cold

cold                  why
creates on record  2  no service runs
`,
  );
});

Deno.test("before the first answer there is no time, and what ends the service is named", async () => {
  const { median: _, p99: __, ...fresh } = { ...STATUS, cold: {}, tooOften: ["greedy"] };
  const said = await printed(fresh, undefined, { warm: 0, cold: {} });
  assert.match(said, /^median +nothing yet$/m);
  assert.match(said, /^no handlers are served: /m);
  assert.match(said, /^ended by +plugin greedy, twice/m);
});

Deno.test("a configuration that keeps everybody cold is told", async () => {
  const said = await printed(
    { ...STATUS, keptCold: "the configuration has service = false" },
    undefined,
    { warm: 0, cold: {} },
  );
  assert.match(said, /^sends everybody away +the configuration has service = false$/m);
});
