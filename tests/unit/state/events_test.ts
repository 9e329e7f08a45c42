import assert from "node:assert/strict";
import { eventsPath, openEvents, readEvents } from "../../../mod/state/events.ts";
import { MemoryHost } from "../memory_host.ts";
import { dispatched, type Planned, planned } from "../dispatch/dispatched.ts";

const RUN = "/run/container-hooks", TOKEN = "0".repeat(32);
const path = eventsPath(RUN, TOKEN);

function hostWithRun(): MemoryHost {
  const host = new MemoryHost();
  host.folder(`${RUN}/journal`, { mode: 0o700 });
  return host;
}

function write(host: MemoryHost, plugin: string): void {
  using events = openEvents(host, RUN, TOKEN);
  events.write({ event: "called", stage: "poststart", plugin });
}

Deno.test("events are appended, and read in the order in which they happened", () => {
  const host = hostWithRun();
  write(host, "a");
  host.time += 5;
  write(host, "b");
  const read = readEvents(host, RUN, TOKEN);
  assert.deepEqual(read.map(({ at, ...event }) => [at - host.time, "plugin" in event && event.plugin]), [
    [-5, "a"],
    [0, "b"],
  ]);
  assert.equal(host.lstat(path)!.mode, 0o600);
});

Deno.test("a line that a kill has cut short is left out, and the others are read", () => {
  const host = hostWithRun();
  write(host, "a");
  host.file(path, `${host.text(path)}{"at":1,"event":"ca`, { mode: 0o600 });
  assert.equal(readEvents(host, RUN, TOKEN).length, 1);
});

Deno.test("events of somebody else, or none, are none", () => {
  const host = hostWithRun();
  assert.deepEqual(readEvents(host, RUN, TOKEN), []);
  write(host, "a");
  host.file(path, host.text(path)!, { uid: 1000 });
  assert.deepEqual(readEvents(host, RUN, TOKEN), []);
});

Deno.test("that events cannot be written is in nobody's way, at any call", () => {
  for (const failing of ["append", "write"] as const) {
    const host = hostWithRun();
    host.fault = (call) => {
      if (call === failing) throw new Error("No space left on device (os error 28)");
    };
    write(host, "a");
    assert.deepEqual(readEvents(host, RUN, TOKEN), []);
  }
});

Deno.test("the events of one container have a limit", () => {
  const host = hostWithRun();
  using events = openEvents(host, RUN, TOKEN);
  for (let i = 0; i < 100; i++) {
    events.write({ event: "called", stage: "poststop", plugin: "x".repeat(10_000) });
  }
  assert.ok(host.lstat(path)!.size < 128 * 1024);
  assert.ok(readEvents(host, RUN, TOKEN).length > 5);
});

/** What is on record of the handlers of a stage, without times. */
async function recorded(stage: string, plugins: readonly Planned[]) {
  const host = planned(plugins);
  await dispatched(host, stage, plugins);
  return readEvents(host, RUN, TOKEN).map((event) => {
    const { at: _, took: __, ...rest } = { took: 0, ...event };
    return rest;
  });
}

const fails = () => {
  throw new Error("out of luck");
};

Deno.test("each handler is on record with its result and its last words", async () => {
  const plugins: Planned[] = [
    { name: "a", on: { poststop: (_, { log }) => (log.info("first"), log.info("last")) } },
    { name: "b", on: { poststop: fails }, onError: "warn" },
    { name: "c", on: { poststop: fails } },
  ];
  const ends = (await recorded("poststop", plugins)).filter(({ event }) => event === "ended");
  assert.deepEqual(ends.map((end) => ({ ...end, said: "said" in end && end.said })), [
    { event: "ended", stage: "poststop", plugin: "a", result: "done", said: "last" },
    {
      event: "ended",
      stage: "poststop",
      plugin: "b",
      result: "forgiven",
      said: "plugin b failed at poststop: out of luck",
    },
    {
      event: "ended",
      stage: "poststop",
      plugin: "c",
      result: "failed",
      said: "plugin c failed at poststop: out of luck",
    },
  ]);
});

Deno.test("what a failing stage takes back is on record, and a handler behind it was not called", async () => {
  const undoing: Planned["on"] = { createRuntime: (_, { undo }) => undo(() => {}) };
  const plugins: Planned[] = [
    { name: "a", on: undoing },
    { name: "b", on: { createRuntime: fails } },
    { name: "c", on: undoing },
  ];
  assert.deepEqual(
    (await recorded("createRuntime", plugins)).map(({ event, ...rest }) =>
      `${event} ${"plugin" in rest && rest.plugin}`
    ),
    ["called a", "ended a", "called b", "ended b", "undone a"],
  );
});
