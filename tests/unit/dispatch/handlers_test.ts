import assert from "node:assert/strict";
import { problem } from "../../../mod/api/plugin.ts";
import { dispatched, type Planned, planned } from "./dispatched.ts";

const STAGES = ["createRuntime", "poststart", "poststop"] as const;

function run(stage: (typeof STAGES)[number], plugins: Planned[]) {
  return dispatched(planned(plugins), stage, plugins);
}

/** A handler that notes itself and what it has to take back. */
function noting(notes: string[], name: string, then: () => void | Promise<void> = () => {}): Planned {
  const handler: NonNullable<Planned["on"]>["createRuntime"] = async (_state, { undo }) => {
    notes.push(name);
    undo(() => void notes.push(`undo ${name} 1`));
    undo(() => void notes.push(`undo ${name} 2`));
    await then();
  };
  return { name, on: { createRuntime: handler, poststart: handler, poststop: handler } };
}

function fail(): never {
  throw new TypeError("no bridge");
}

for (const stage of STAGES) {
  Deno.test(`handlers of ${stage} run one after another, in the order of the journal`, async () => {
    const notes: string[] = [];
    const late = () => new Promise<void>((resolve) => setTimeout(() => (notes.push("z done"), resolve())));
    const { status, stderr, stdout } = await run(stage, [noting(notes, "z", late), noting(notes, "a")]);
    assert.deepEqual([status, stderr, stdout, notes], [0, "", "", ["z", "z done", "a"]]);
  });
}

Deno.test("only plugins with a handler for the stage are called", async () => {
  const notes: string[] = [];
  const { status } = await run("poststart", [
    { name: "a", on: { poststop: fail } },
    { name: "b", on: { poststart: () => void notes.push("b") } },
  ]);
  assert.deepEqual([status, notes], [0, ["b"]]);
});

Deno.test("a handler gets the state frozen, its options, its carry and a live signal", async () => {
  const seen: unknown[] = [];
  const plugin: Planned = {
    name: "nics",
    options: { bridge: "br0" },
    carry: { since: "web" },
    on: {
      createRuntime(state, { options, carry, signal }) {
        seen.push(state.id, state.pid, options.bridge, carry, signal.aborted);
        assert.throws(() => (state as { id: string }).id = "other", TypeError);
      },
    },
  };
  assert.equal((await run("createRuntime", [plugin])).status, 0);
  assert.deepEqual(seen, ["web", 42, "br0", { since: "web" }, false]);
});

Deno.test("carry is null where the plugin handed on nothing", async () => {
  const plugin: Planned = { name: "a", on: { poststop: (_, { carry }) => assert.equal(carry, null) } };
  assert.deepEqual((await run("poststop", [plugin])).stderr, "");
});

Deno.test("a handler reads what its needs name and nothing else", async () => {
  const plugin: Planned = {
    name: "reader",
    needs: { read: ["/etc/nics"] },
    on: {
      createRuntime(_, { host }) {
        assert.equal(host.readTextFile("/etc/nics/one"), "eth0");
        host.readTextFile("/etc/shadow");
      },
    },
  };
  const host = planned([plugin]);
  host.file("/etc/nics/one", "eth0");
  host.file("/etc/shadow", "secret");
  const { status, stderr } = await dispatched(host, "createRuntime", [plugin]);
  assert.equal(status, 1);
  assert.match(stderr, /plugin reader failed at createRuntime: it wants to read \/etc\/shadow/);
});

Deno.test("a failing createRuntime is one sentence naming container, plugin, stage, cause and remedy", async () => {
  const { status, stderr, stdout, log } = await run("createRuntime", [{
    name: "nics",
    on: { createRuntime: fail },
  }]);
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(
    stderr,
    /^container-hooks: cannot start container web: plugin nics failed at createRuntime: no bridge; correct the plugin.*\n$/,
  );
  assert.match(log, /level=error msg="cannot start container web: plugin nics failed at createRuntime/);
});

Deno.test("a line in our log did not say which container it is about", async () => {
  const on: Planned["on"] = { createRuntime: (_, { log }) => log.info("looked at") };
  const { log } = await run("createRuntime", [{ name: "nics", on }]);
  assert.match(log, /msg="looked at" container="web" plugin="nics"/);
});

Deno.test("a failing poststart says that the container had started", async () => {
  const { status, stderr } = await run("poststart", [{ name: "nics", on: { poststart: fail } }]);
  assert.equal(status, 1);
  assert.match(stderr, /after container web had started, plugin nics failed at poststart: no bridge/);
});

Deno.test("an error whose fields throw was told as a defect of ours", async () => {
  const thrown = {
    get message(): string {
      throw new Error("no");
    },
    get remedy(): string {
      throw new Error("no");
    },
  };
  const handler = () => {
    throw thrown;
  };
  const { stderr } = await run("createRuntime", [{ name: "nics", on: { createRuntime: handler } }]);
  assert.match(stderr, /plugin nics failed at createRuntime: an error whose message cannot be read; correct/);
});

Deno.test("a problem that a handler throws keeps its remedy", async () => {
  const handler = () => {
    throw problem("/etc/nics names no bridge", "add one");
  };
  const { stderr } = await run("createRuntime", [{ name: "nics", on: { createRuntime: handler } }]);
  assert.match(stderr, /: \/etc\/nics names no bridge; add one\n$/);
});

for (const stage of ["createRuntime", "poststart"] as const) {
  Deno.test(`where ${stage} fails, all that was done is taken back in reverse and nobody else runs`, async () => {
    const notes: string[] = [];
    const { status } = await run(stage, [
      noting(notes, "a"),
      noting(notes, "b"),
      noting(notes, "c", fail),
      noting(notes, "d"),
    ]);
    assert.equal(status, 1);
    const undone = ["c", "b", "a"].flatMap((name) => [`undo ${name} 2`, `undo ${name} 1`]);
    assert.deepEqual(notes, ["a", "b", "c", ...undone]);
  });
}

Deno.test("where all goes well, nothing is taken back", async () => {
  const notes: string[] = [];
  assert.equal((await run("createRuntime", [noting(notes, "a")])).status, 0);
  assert.deepEqual(notes, ["a"]);
});

Deno.test("on-error = warn takes back the failing plugin's own work, and the others go on", async () => {
  const notes: string[] = [];
  const { status, stderr, log } = await run("createRuntime", [
    noting(notes, "a"),
    { ...noting(notes, "b", fail), onError: "warn" },
    noting(notes, "c"),
  ]);
  assert.deepEqual([status, stderr], [0, ""]);
  assert.deepEqual(notes, ["a", "b", "undo b 2", "undo b 1", "c"]);
  assert.match(log, /level=warning msg="plugin b failed at createRuntime: no bridge/);
});

Deno.test("at poststop every plugin has its turn, and each failure is told", async () => {
  const notes: string[] = [];
  const { status, stderr } = await run("poststop", [
    noting(notes, "a"),
    noting(notes, "b", fail),
    noting(notes, "c"),
    noting(notes, "d", fail),
  ]);
  assert.equal(status, 1);
  assert.deepEqual(notes, ["a", "b", "undo b 2", "undo b 1", "c", "d", "undo d 2", "undo d 1"]);
  assert.match(stderr, /^.*plugin b failed at poststop.*\n.*plugin d failed at poststop.*\n$/);
});

Deno.test("poststop may come twice", async () => {
  const notes: string[] = [];
  const plugins = [noting(notes, "a")];
  const host = planned(plugins);
  assert.equal((await dispatched(host, "poststop", plugins)).status, 0);
  assert.equal((await dispatched(host, "poststop", plugins)).status, 0);
  assert.deepEqual(notes, ["a", "a"]);
});

Deno.test("a handler that does not end is given up at its limit, its signal aborted, its work taken back", async () => {
  const notes: string[] = [];
  const plugin: Planned = {
    name: "slow",
    timeout: 20,
    on: {
      createRuntime: (_, { signal, undo }) => {
        undo(() => void notes.push(`undo, aborted: ${signal.aborted}`));
        return new Promise(() => {});
      },
    },
  };
  const { status, stderr } = await run("createRuntime", [plugin]);
  assert.equal(status, 1);
  assert.match(stderr, /cannot start container web: createRuntime of plugin slow took longer than 0\.02 s/);
  assert.deepEqual(notes, ["undo, aborted: true"]);
});

Deno.test("what a handler registers after its limit is refused", async () => {
  const { promise: refused, resolve } = Promise.withResolvers<string>();
  const plugin: Planned = {
    name: "slow",
    timeout: 20,
    on: {
      createRuntime: (_, { signal, undo }) =>
        new Promise((_, reject) => {
          // After the handler was given up: its work is being taken back by then.
          signal.addEventListener("abort", () =>
            setTimeout(() => {
              try {
                undo(() => {});
              } catch (error) {
                resolve((error as Error).message);
                reject(error);
              }
            }));
        }),
    },
  };
  await run("createRuntime", [plugin]);
  assert.match(await refused, /undo comes too late/);
});

Deno.test("an undo that throws or hangs does not keep the others from their turn, and is logged", async () => {
  const notes: string[] = [];
  const plugin: Planned = {
    name: "nics",
    timeout: 60,
    on: {
      createRuntime(_, { undo }) {
        undo(() => void notes.push("first"));
        undo(() => new Promise(() => {}));
        undo(() => {
          throw new Error("stuck");
        });
        fail();
      },
    },
  };
  const { stderr, log } = await run("createRuntime", [plugin]);
  assert.deepEqual(notes, ["first"]);
  assert.equal(stderr.split("\n").length, 2);
  assert.match(log, /plugin nics failed at undo of createRuntime: stuck/);
  assert.match(log, /undo of createRuntime of plugin nics took longer than 0\.03 s/);
});

Deno.test("a promise that a handler left behind and that fails is the handler's failure", async () => {
  const plugin: Planned = {
    name: "careless",
    on: {
      createRuntime() {
        void Promise.reject(new Error("nobody waits for this"));
      },
    },
  };
  const { status, stderr } = await run("createRuntime", [plugin]);
  assert.equal(status, 1);
  assert.match(stderr, /plugin careless failed at createRuntime: nobody waits for this/);
});

Deno.test("a plugin that is no longer part of the program fails by name", async () => {
  const host = planned([{ name: "gone", on: { poststart: () => {} } }]);
  const { status, stderr } = await dispatched(host, "poststart", []);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /plugin gone failed at poststart: it was part of the program that planned this container/,
  );
});

Deno.test("a plugin named like a property of every object is not found there", async () => {
  const host = planned([{ name: "constructor", on: { poststart: () => {} } }]);
  assert.match((await dispatched(host, "poststart", [])).stderr, /plugin constructor failed at poststart/);
});

Deno.test("a cache folder that others can write is not loaded from", async () => {
  const plugin: Planned = {
    name: "disk",
    on: { poststart: () => {} },
    code: { folder: "/var/lib/cache/abc", root: "/etc/plugins", entry: "disk.ts" },
  };
  const host = planned([plugin]);
  host.file("/var/lib/cache/abc/load.js", "export const load = () => { throw new Error(); };");
  host.folder("/var/lib/cache/abc", { mode: 0o777 });
  const { status, stderr } = await dispatched(host, "poststart", [plugin]);
  assert.equal(status, 1);
  assert.match(stderr, /plugin disk failed at poststart: folder of handlers' code .* is not trusted/);
});

Deno.test("a plugin whose cached code is gone fails by name, and at poststop the others have their turn", async () => {
  const notes: string[] = [];
  const plugins: Planned[] = [
    {
      name: "disk",
      on: { poststop: () => {} },
      code: { folder: "/gone", root: "/etc/plugins", entry: "disk.ts" },
    },
    { name: "other", on: { poststop: () => void notes.push("other") } },
  ];
  const { status, stderr } = await run("poststop", plugins);
  assert.deepEqual([status, notes], [1, ["other"]]);
  assert.match(
    stderr,
    /plugin disk failed at poststop: its code was kept in .*, and is there no more; start the container anew/,
  );
});

Deno.test("what one handler stored is there for another, and outlives the run folder", async () => {
  const seen: unknown[] = [];
  const plugin: Planned = {
    name: "counter",
    on: {
      createRuntime: (state, { store, host }) => {
        store("count", { of: state.id, n: 2n ** 60n });
        host.cache("seen", true);
      },
      poststop: (_, { host }) =>
        void seen.push(host.stored("count"), host.storedNames(), host.cached("seen")),
    },
  };
  const host = planned([plugin]);
  assert.equal((await dispatched(host, "createRuntime", [plugin])).stderr, "");
  const again = planned([plugin]);
  for (const path of ["store/counter/count", "cache/counter/seen"]) {
    const file = `/var/lib/container-hooks/${path}.json`;
    again.file(file, host.text(file)!, { mode: 0o600 });
  }
  assert.equal((await dispatched(again, "poststop", [plugin])).stderr, "");
  assert.deepEqual(seen, [{ of: "web", n: 2n ** 60n }, ["count"], true]);
});
