/** A clock that somebody sets, or that the machine gets right after its start, changes no decision. */
import assert from "node:assert/strict";
import { setEnv } from "../../../mod/api/plugin.ts";
import { checkNeverStarted } from "../../../mod/doctor/never_started.ts";
import { after } from "../../../mod/host/timer.ts";
import { isLeftBehind, unfinishedName } from "../../../mod/host/unfinished.ts";
import { readBypass, switchBypassOn } from "../../../mod/state/bypass.ts";
import { listEntries, writeEntry } from "../../../mod/state/journal.ts";
import { sweep, sweepNowAndThen } from "../../../mod/state/sweep.ts";
import { beforeCreate } from "../../../mod/wrapper/before_create.ts";
import { readCall } from "../../../mod/wrapper/runtime_call.ts";
import type { MemoryHost } from "../memory_host.ts";
import { BUNDLE, CONFIG, type Decided, hostFor, ORIGINAL, programOf, RUNTIME } from "../plan/create_host.ts";

const SECOND = 1000, DAY = 86_400_000;

/** From half a minute to what a machine without a clock of its own is off after its start. */
const JUMPS = [30 * SECOND, -30 * SECOND, DAY, -DAY, 56 * 365 * DAY, -10 * 365 * DAY];

const EDITING: Decided = { plan: () => ({ edits: [setEnv("B", "2")] }) };

async function create(host: MemoryHost, plugins: Record<string, Decided>, id = "web") {
  host.file(CONFIG, ORIGINAL, { mode: 0o600 });
  const call = (await readCall(host, RUNTIME, ["create", "--bundle", BUNDLE, id]))!;
  return await beforeCreate(host, programOf(plugins), call, {});
}

Deno.test("a clock that was set forward by half a minute took the create's time from its plugins", async () => {
  const host = hostFor(["a"], "[container-hooks]\ndeadline = 5\n");
  // A second is left to plugins, whatever else has taken the time.
  const slow: Decided = { plan: () => new Promise((resolve) => void after(1300, () => resolve({}))) };
  host.fault = (_, path) => {
    if (path.endsWith("config.toml")) host.clockSetBy = 30 * SECOND;
  };
  assert.equal((await create(host, { a: slow })).outcome, "unchanged");
  assert.equal(host.clockSetBy, 30 * SECOND);
});

for (const jump of JUMPS) {
  const told = `${jump < 0 ? "back" : "forward"} by ${Math.abs(jump) / SECOND} s`;

  Deno.test(`a clock set ${told} sweeps no entry, neither of what lives nor of what is just gone`, async () => {
    const host = hostFor(["a"]);
    await create(host, { a: EDITING }, "lives");
    const gone = listEntries(host)[0]!;
    await writeEntry(host, {
      ...gone,
      token: host.randomToken(),
      container: { ...gone.container, id: "gone" },
      config: { ...gone.config, path: "/gone/config.json" },
    });
    host.clockSetBy = jump;
    await sweep(host);
    assert.deepEqual(listEntries(host).map(({ container }) => container.id).sort(), ["gone", "lives"]);
    host.time += DAY + 1;
    await sweep(host);
    assert.deepEqual(listEntries(host).map(({ container }) => container.id), ["lives"], "a day has passed");
  });

  Deno.test(`a clock set ${told} makes nothing that is at work a thing left behind`, () => {
    const host = hostFor([]);
    const name = unfinishedName(host);
    host.file(`/f/${name}/x`, "");
    host.clockSetBy = jump;
    assert.equal(isLeftBehind(host, "/f", name), false);
    host.time += 11 * 60 * SECOND;
    assert.equal(isLeftBehind(host, "/f", name), true);
  });

  Deno.test(`a clock set ${told} ends no bypass before its time, and none later`, () => {
    const host = hostFor([]);
    const boot = (seconds: number) => {
      host.file("/proc/sys/kernel/random/boot_id", "b-1\n");
      host.file("/proc/uptime", `${seconds} 1\n`);
    };
    boot(100);
    switchBypassOn(host, { duration: 60 * SECOND });
    host.clockSetBy = jump;
    boot(159);
    assert.ok(readBypass(host));
    boot(161);
    assert.equal(readBypass(host), undefined);
  });

  Deno.test(`a clock set ${told} makes no container one that waits for its start`, async () => {
    const host = hostFor(["a"]);
    await create(host, { a: EDITING });
    host.file("/proc/42/cmdline", "runc\0init\0");
    host.file("/proc/42/cgroup", "0::/web\n");
    host.clockSetBy = jump;
    assert.deepEqual(checkNeverStarted(host), []);
    host.time += 6 * 60 * SECOND;
    assert.match(checkNeverStarted(host)[0]!.what, /was created 6 minutes ago/);
  });
}

Deno.test("a clock that was set back kept the journal from ever being swept", async () => {
  const host = hostFor(["a"]);
  host.clockSetBy = 365 * DAY;
  await create(host, { a: EDITING });
  await sweepNowAndThen(host);
  const [entry] = listEntries(host);
  await writeEntry(host, {
    ...entry!,
    token: host.randomToken(),
    config: { ...entry!.config, path: "/gone/x" },
  });
  host.clockSetBy = 0;
  host.time += 2 * DAY;
  await sweepNowAndThen(host);
  assert.equal(listEntries(host).length, 1);
});

Deno.test("the newest of a container's entries is the newest, though the clock was set back since", async () => {
  const host = hostFor(["a"]);
  await create(host, { a: EDITING }, "older");
  host.time += SECOND;
  host.clockSetBy = -DAY;
  await create(host, { a: EDITING }, "newer");
  assert.deepEqual(listEntries(host).map(({ container }) => container.id), ["newer", "older"]);
});
