import assert from "node:assert/strict";
import { dispatched, ENTRY, type Planned, planned, STATE } from "./dispatched.ts";

const nothing: Planned[] = [{ name: "a", on: { createRuntime() {}, poststart() {}, poststop() {} } }];

async function refusal(
  given: { state?: unknown; entry?: string; stage?: string },
  host = planned(nothing),
): Promise<string> {
  const { status, stderr, stdout } = await dispatched(host, given.stage ?? "createRuntime", nothing, given);
  assert.notEqual(status, 0);
  assert.equal(stdout, "");
  assert.equal(stderr.split("\n").length, 2, "one line");
  return stderr;
}

Deno.test("the state of another container is refused", async () => {
  assert.match(
    await refusal({ state: { ...STATE, id: "db" } }),
    /is that of container db, and the journal's is web/,
  );
});

Deno.test("the state of another bundle is refused", async () => {
  assert.match(
    await refusal({ state: { ...STATE, bundle: "/bundles/copy" } }),
    /names the bundle \/bundles\/copy/,
  );
});

Deno.test("a bundle that is reached through a link is the same one", async () => {
  const host = planned(nothing);
  host.symlink("/current", STATE.bundle);
  const { status, stderr } = await dispatched(host, "createRuntime", nothing, {
    state: { ...STATE, bundle: "/current" },
  });
  assert.deepEqual([status, stderr], [0, ""]);
});

Deno.test("a bundle that is gone at poststop is known by its name", async () => {
  const host = planned(nothing);
  host.remove(STATE.bundle);
  assert.equal((await dispatched(host, "poststop", nothing)).status, 0);
});

const states: [string, unknown, RegExp][] = [
  ["nothing", "", /is empty/],
  ["no JSON", "{", /is not JSON/],
  ["an array", "[]", /holds an array where an object belongs/],
  ["no id", { ...STATE, id: undefined }, /lacks an id/],
  ["an id that is a number", { ...STATE, id: 7 }, /lacks an id/],
  ["a pid that is a text", { ...STATE, pid: "42" }, /pid that is no whole number/],
  ["annotations that are an array", { ...STATE, annotations: ["a"] }, /annotations that are no strings/],
  ["an annotation that is a number", { ...STATE, annotations: { a: 1 } }, /annotations that are no strings/],
  ["bytes that are no UTF-8", new Uint8Array([0x7b, 0xff]), /is not UTF-8/],
  ["more than 16 MiB", new Uint8Array(16 * 1024 * 1024 + 1), /is longer than 16 MiB/],
  ["no end", "never closed", /did not end within 5 s/],
];

for (const [what, state, expected] of states) {
  Deno.test(`a state with ${what} is refused`, async () => {
    assert.match(await refusal({ state }), expected);
  });
}

Deno.test("a state with an annotation named __proto__ keeps it as data", async () => {
  let seen: string | undefined;
  const plugins: Planned[] = [{
    name: "a",
    on: {
      poststart: (state) =>
        void (seen = Object.getOwnPropertyDescriptor(state.annotations, "__proto__")?.value),
    },
  }];
  const state = JSON.stringify(STATE).replace("}", ',"annotations":{"__proto__":"x"}}');
  assert.equal((await dispatched(planned(plugins), "poststart", plugins, { state })).status, 0);
  assert.equal(seen, "x");
});

const places = [
  "journal/00000000000000000000000000000000.json",
  "/run/container-hooks/journal/../journal/00000000000000000000000000000000.json",
  "/run/container-hooks/./journal/00000000000000000000000000000000.json",
  "/run/container-hooks//journal/00000000000000000000000000000000.json",
  "/run/container-hooks/journal/web.json",
  "/run/container-hooks/journal/written/00000000000000000000000000000000.json",
  "/run/container-hooks/journal/00000000000000000000000000000000.json\n",
  "/journal/00000000000000000000000000000000.json",
];

for (const entry of places) {
  Deno.test(`${JSON.stringify(entry)} is no place of a journal entry`, async () => {
    assert.match(await refusal({ entry }), /takes --journal and the absolute path of a journal entry/);
  });
}

Deno.test("a stage that no handlers exist for is refused", async () => {
  assert.match(
    await refusal({ stage: "startContainer" }),
    /dispatch takes one of createRuntime, poststart, poststop/,
  );
});

for (const stage of ["createRuntime", "poststart"]) {
  Deno.test(`${stage} without its journal entry fails`, async () => {
    const host = planned(nothing);
    host.remove(ENTRY);
    assert.match(await refusal({ stage }, host), /container web.*journal entry .* is gone/);
  });
}

Deno.test("poststop without its journal entry warns and succeeds", async () => {
  const host = planned(nothing);
  host.remove(ENTRY);
  const { status, stderr } = await dispatched(host, "poststop", nothing);
  assert.equal(status, 0);
  assert.match(stderr, /after container web had ended, journal entry .* is gone/);
});

Deno.test("an entry that others than root can write is not believed", async () => {
  const host = planned(nothing);
  host.chmod(ENTRY, 0o666);
  assert.match(await refusal({}, host), /journal entry .* is not trusted/);
});

Deno.test("an entry in a folder that others than root can write is not believed", async () => {
  const host = planned(nothing);
  host.chmod("/run/container-hooks/journal", 0o777);
  assert.match(await refusal({}, host), /journal entry .* is not trusted/);
});

Deno.test("an entry that is cut short is refused", async () => {
  const host = planned(nothing);
  host.file(ENTRY, '{"format":1,"plug', { mode: 0o600 });
  assert.match(await refusal({}, host), /not a whole entry/);
});

Deno.test("an entry without handlers for the stage is done at once", async () => {
  const { status, stderr } = await dispatched(planned([]), "createRuntime", []);
  assert.deepEqual([status, stderr], [0, ""]);
});
