/** Real isolates, with plugins from the disk. */
import assert from "node:assert/strict";
import type { PluginHost, PluginLog } from "../../../mod/api/plugin.ts";
import { Failure, failure } from "../../../mod/errors.ts";
import { denoHost } from "../../../mod/host/deno_host.ts";
import { findPlugins } from "../../../mod/plugin/find.ts";
import { prepareFile } from "../../../mod/plugin/prepare.ts";
import { Isolate, type Reach } from "../../../mod/sandbox/isolate.ts";
import { outsideOfHandler, outsideOfPlan } from "../../../mod/sandbox/outside.ts";
import { makeContainer } from "../../../mod/api/testing.ts";
import { PluginPlace, pluginText, PROGRAM } from "../plugin/plugin_place.ts";

const MODULE = import.meta.resolve("../../../isolate.ts");

const STATE = { ociVersion: "1.2.0", id: "web", status: "created", bundle: "/b" };

function absent(): never {
  throw failure("file-missing", { what: "file", path: "/x" });
}

const HOST: PluginHost = {
  readTextFile: absent,
  readJsonFile: () => ({ wide: "wörd" }),
  readFile: () => new Uint8Array([0, 200, 10]),
  readFolder: () => [{ name: "a", kind: "a folder" }],
  sha256: (path) => Promise.resolve(`of ${path}`),
  stored: (name) => ({ name, large: 2n ** 63n }),
  storedNames: () => ["one"],
  cached: () => undefined,
  cache() {},
  lstat: () => undefined,
  readLink: absent,
  kept: () => ({}),
  run: (path) => Promise.resolve({ status: 0, stdout: path, stderr: "" }),
};

/** Notes each line of the log. */
function reaching(
  said: string[] = [],
  outside = outsideOfPlan(HOST, () => Promise.resolve({ a: 1 })),
): Reach {
  const write = (level: string) => (message: string) => void said.push(`${level} ${message}`);
  const log: PluginLog = { debug: write("debug"), info: write("info"), warn: write("warn") };
  return { name: "a", outside, log };
}

/** Calls `body` with an isolate of a plugin whose functions are those. */
async function withIsolate(functions: string, body: (isolate: Isolate) => Promise<void>): Promise<void> {
  using place = new PluginPlace({ "a.ts": pluginText("a", functions) });
  const [found] = findPlugins(denoHost, [place.plugins], [], place.sources);
  const { cached } = await prepareFile(denoHost, PROGRAM, `${place.state}/plugins`, found!, place.sources);
  using isolate = await Isolate.start(MODULE, [cached!]);
  await body(isolate);
}

function asked(isolate: Isolate, reach: Reach, signal = new AbortController().signal): Promise<unknown> {
  return isolate.call(0, { plan: { container: makeContainer(), options: {} } }, reach, signal);
}

Deno.test("a plan in an isolate calls host, waits for some of it, and answers", async () => {
  const functions = `needs: { read: ["/"] }, async plan(container, { host, log, features }) {
    log.info("asked");
    const { stdout } = await host.run("/bin/true", []);
    return { note: [container.id, stdout, host.readJsonFile("/x").wide, (await features()).a].join(" ") };
  },`;
  await withIsolate(functions, async (isolate) => {
    const said: string[] = [];
    const answer = await asked(isolate, reaching(said)) as Record<string, unknown>;
    assert.equal(answer.note, "test /bin/true wörd 1");
    assert.deepEqual(said, ["info asked"]);
  });
});

Deno.test("a failure of the core comes back as itself, and no words of a plugin pass for one", async () => {
  const functions = `plan(container, { host }) {
    try { host.readTextFile("/x"); } catch (error) { if (container.id === "test") throw error; }
  },`;
  await withIsolate(functions, async (isolate) => {
    const thrown = await asked(isolate, reaching()).catch((error) => error);
    assert.ok(thrown instanceof Failure && thrown.code === "file-missing");
  });
  const forging =
    `plan() { throw Object.assign(new Error("forged"), { failure: 0, code: "deadline", what: "w" }); },`;
  await withIsolate(forging, async (isolate) => {
    const thrown = await asked(isolate, reaching()).catch((error) => error);
    assert.equal(thrown instanceof Failure, false);
    assert.equal((thrown as Error).message, "forged");
  });
});

Deno.test("what a plan has left behind is not heard while another call goes on", async () => {
  const functions = `plan(container, { log, host }) {
    (globalThis as any).times = ((globalThis as any).times ?? 0) + 1;
    if ((globalThis as any).times > 1) return { note: "second" };
    (async () => {
      for (let i = 0; i < 50; i++) await crypto.subtle.digest("SHA-256", new Uint8Array(1e6));
      log.info("too late");
      try { host.lstat("/x"); } catch { /* It comes too late. */ }
    })();
  },`;
  await withIsolate(functions, async (isolate) => {
    const said: string[] = [];
    await asked(isolate, reaching(said));
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(said, [], "said between two calls");
    assert.equal((await asked(isolate, reaching(said)) as { note: string }).note, "second");
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal((await asked(isolate, reaching(said)) as { note: string }).note, "second");
    assert.deepEqual(said, []);
  });
});

Deno.test("a plan in an isolate gets bytes, folders, checksums, and values with bigints", async () => {
  const functions = `async plan(_container, { host }) {
    host.cache("x", { y: 1n });
    const carry = {
      bytes: [...host.readFile("/x")],
      folder: host.readFolder("/"),
      sum: await host.sha256("/x"),
      stored: host.storedNames().map((name) => host.stored(name)),
      cached: host.cached("x") ?? "none",
    };
    return { carry };
  },`;
  await withIsolate(functions, async (isolate) => {
    const { carry } = await asked(isolate, reaching()) as { carry: unknown };
    assert.deepEqual(carry, {
      bytes: [0, 200, 10],
      folder: [{ name: "a", kind: "a folder" }],
      sum: "of /x",
      stored: [{ name: "one", large: 2n ** 63n }],
      cached: "none",
    });
  });
});

Deno.test("a plan that stores is told that it cannot: only handlers do", async () => {
  await withIsolate("plan(_container, context) { context.store('x', 1); },", async (isolate) => {
    await assert.rejects(asked(isolate, reaching()), { message: /store is not a function/ });
  });
});

Deno.test("a handler keeps, works alone and registers what takes its work back", async () => {
  const functions = `on: { async poststop(state, { keep, store, alone, undo, log, host }) {
    undo(async () => log.info("back " + (await host.run("/bin/true", [])).stdout));
    keep("value", { id: state.id, wide: 2n ** 60n });
    store("other", [1n]);
    log.info(await alone(() => Promise.resolve("alone")));
  } },`;
  await withIsolate(functions, async (isolate) => {
    const notes: unknown[] = [];
    using outside = outsideOfHandler(HOST, {
      keep: (name, value) => void notes.push(name, value),
      store: (name, value) => void notes.push(name, value),
      alone: async (work) => {
        notes.push("enter");
        const done = await work();
        notes.push("leave");
        return done;
      },
    });
    const said: string[] = [];
    const reach = reaching(said, outside);
    const { signal } = new AbortController();
    const undos: number[] = [];
    const work = { handle: { stage: "poststop" as const, state: STATE, options: {}, carry: null } };
    await isolate.call(0, work, reach, signal, (undo) => undos.push(undo));
    assert.deepEqual(notes, ["value", { id: "web", wide: 2n ** 60n }, "other", [1n], "enter", "leave"]);
    assert.deepEqual([said, undos], [["info alone"], [0]]);
    await isolate.call(0, { undo: 0 }, reach, signal);
    assert.deepEqual(said, ["info alone", "info back /bin/true"]);
  });
});

Deno.test("nothing of the isolate leads out of it", async () => {
  const functions = `plan() {
    const names = ["Deno", "process", "postMessage", "Worker", "BroadcastChannel", "fetch", "close", "Buffer"];
    return { note: names.filter((name) => name in globalThis).join(" ") };
  },`;
  await withIsolate(functions, async (isolate) => {
    assert.equal((await asked(isolate, reaching()) as { note: string }).note, "");
  });
});

Deno.test("an isolate that was ended says so to whoever calls it", async () => {
  await withIsolate("plan() { for (;;); },", async (isolate) => {
    const asking = asked(isolate, reaching());
    asking.catch(() => {});
    isolate[Symbol.dispose]();
    await assert.rejects(asked(isolate, reaching()), /has ended/);
  });
});

Deno.test("a plugin that was in no cache is told when its isolate starts", async () => {
  await assert.rejects(
    Isolate.start(MODULE, [{ folder: "/nowhere/at/all", root: "/r", entry: "a.ts" }]),
    (thrown: { message: string }) => /nowhere/.test(thrown.message),
  );
});

Deno.test("what a plan rejects and nobody handles is what it failed with, though it has answered", async () => {
  for (
    const left of ['Promise.reject(new Error("left"))', 'after().then(() => { throw new Error("left"); })']
  ) {
    const functions = `async plan() {
      const after = async () => { for (let turn = 0; turn < 5; turn++) await turn; };
      void ${left};
      for (let turn = 0; turn < 9; turn++) await turn;
      return {};
    },`;
    await withIsolate(functions, async (isolate) => {
      for (let call = 0; call < 50; call++) {
        await assert.rejects(asked(isolate, reaching()), (thrown: Error) => thrown.message === "left");
      }
    });
  }
});

Deno.test("a plugin that exchanges Promise.reject keeps nobody waiting", async () => {
  const functions = `plan() { Promise.reject = () => new Promise(() => {}); return { note: "answered" }; },`;
  await withIsolate(functions, async (isolate) => {
    for (let call = 0; call < 2; call++) {
      assert.equal((await asked(isolate, reaching()) as Record<string, unknown>).note, "answered");
    }
  });
});
