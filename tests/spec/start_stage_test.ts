/** Handlers at `start`: called for containers that are marked, between create and the runtime's start, and for no other. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { install } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { mustRun } from "../harness/run.ts";

/** Writes down what it is called with; fails where the container says so; wants the start where one asks for it. */
function source(record: string): string {
  return `import { definePlugin, setEnv } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "starter",
  version: "1.0.0",
  brief: "Writes down starts",
  needs: { run: ["/usr/bin/touch", "/bin/touch"] },
  plan: ({ annotations }) => ({
    edits: annotations.start ? [setEnv("STARTED", "by us")] : [],
    stages: annotations.start ? ["start"] : [],
    carry: annotations.start ?? null,
  }),
  on: {
    async start(state, { host, carry }) {
      if (carry === "fails") throw new Error("it may not start");
      await host.run("/usr/bin/touch", [\`${record}/\${state.id}-\${state.status}-\${state.pid > 0}-\${carry}\`]);
    },
  },
});
`;
}

async function setUp({ form, work }: Subject) {
  const record = work.folder("record");
  work.folder("plugins");
  work.file("plugins/starter.ts", source(record));
  const installed = await install(form, work);
  const id = `start-${crypto.randomUUID().slice(0, 8)}`;
  return {
    id,
    record: () => Array.from(Deno.readDirSync(record), ({ name }) => name),
    marks: () => Array.from(Deno.readDirSync(`${installed.runFolder}/start`), ({ name }) => name),
    runtime: (...args: string[]) => installed.asRuntime(args),
    bundle: (start?: string) =>
      makeBundle(work, {
        args: ["true"],
        edit: (spec) => void (spec.annotations = start === undefined ? {} : { start }),
      }),
    runFolder: installed.runFolder,
  };
}

specTest(
  "a handler at start has the created container's state, and runs once",
  ["root", "runc"],
  async (subject) => {
    const { id, record, marks, runtime, bundle } = await setUp(subject);
    const { path } = await bundle("yes");
    assert.equal((await runtime("create", "--bundle", path, id)).status, 0);
    assert.deepEqual([record(), marks().length], [[], 1]);
    const started = await runtime("start", id);
    assert.equal(started.status, 0, started.stderr);
    assert.deepEqual([record(), marks()], [[`${id}-created-true-yes`], []]);
    await runtime("delete", "--force", id);
  },
);

specTest(
  "where it fails, the container does not start, with the sentence",
  ["root", "runc"],
  async (subject) => {
    const { id, record, runtime, bundle } = await setUp(subject);
    const { path } = await bundle("fails");
    await runtime("create", "--bundle", path, id);
    const started = await runtime("start", id);
    assert.equal(started.status, 1);
    assert.match(
      started.stderr,
      new RegExp(`cannot start container ${id}: plugin starter failed at start.*it may not`),
    );
    assert.notEqual((await runtime("state", id)).status, 0, "what was created for it is removed");
    assert.deepEqual(record(), []);
  },
);

specTest("a container that is not marked starts without us", ["root", "runc"], async (subject) => {
  const { id, record, runtime, bundle, runFolder } = await setUp(subject);
  const { path, spec } = await bundle();
  await runtime("create", "--bundle", path, id);
  assert.equal(spec().hooks, undefined);
  assert.throws(() => Deno.statSync(`${runFolder}/start`), Deno.errors.NotFound);
  assert.equal((await runtime("start", id)).status, 0);
  assert.deepEqual(record(), []);
  await runtime("delete", "--force", id);
});

/** Makes it another container of the same id and bundle, as `docker start` does after a start that failed. */
function replan(path: string, from: string, to: string): void {
  const file = `${path}/config.json`;
  Deno.writeTextFileSync(file, Deno.readTextFileSync(file).replace(`"start": "${from}"`, `"start": "${to}"`));
}

specTest(
  "of containers of one id that were never started, the last one's handlers are called and no other's",
  ["root", "runc"],
  async (subject) => {
    const { id, record, marks, runtime, bundle } = await setUp(subject);
    const { path } = await bundle("one");
    for (const [from, to] of [["one", "two"], ["two", "three"], ["three", "four"]] as const) {
      assert.equal((await runtime("create", "--bundle", path, id)).status, 0);
      await runtime("delete", "--force", id);
      replan(path, from, to);
    }
    assert.equal((await runtime("create", "--bundle", path, id)).status, 0);
    const started = await runtime("start", id);
    assert.equal(started.status, 0, started.stderr);
    assert.deepEqual([record(), marks()], [[`${id}-created-true-four`], []]);
    await runtime("delete", "--force", id);
  },
);

specTest(
  "a container that wants no handler at start gets none of an earlier one of its id",
  ["root", "runc"],
  async (subject) => {
    const { id, record, marks, runtime, bundle } = await setUp(subject);
    const { path } = await bundle("one");
    assert.equal((await runtime("create", "--bundle", path, id)).status, 0);
    await runtime("delete", "--force", id);
    replan(path, "one", "");
    assert.equal((await runtime("create", "--bundle", path, id)).status, 0);
    const started = await runtime("start", id);
    assert.equal(started.status, 0, started.stderr);
    assert.deepEqual([record(), marks()], [[], []]);
    await runtime("delete", "--force", id);
  },
);

specTest(
  "a create whose config.json could not be written keeps no later container of that id from starting",
  ["root", "runc"],
  async (subject) => {
    const { id, marks, runtime, bundle } = await setUp(subject);
    const { path } = await bundle("one");
    await mustRun(["mount", "--bind", path, path]);
    try {
      await mustRun(["mount", "-o", "remount,bind,ro", path]);
      const refused = await runtime("create", "--bundle", path, id);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /config\.json .*cannot be written: read-only file system/);
    } finally {
      await mustRun(["umount", path]);
    }
    assert.deepEqual(marks(), []);
    replan(path, "one", "");
    assert.equal((await runtime("create", "--bundle", path, id)).status, 0);
    const started = await runtime("start", id);
    assert.equal(started.status, 0, started.stderr);
    await runtime("delete", "--force", id);
  },
);
