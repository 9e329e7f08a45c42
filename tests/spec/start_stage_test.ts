/** Handlers at `start`: called for containers that are marked, between create and the runtime's start, and for no other. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { install } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { which } from "../harness/run.ts";

/** Writes down what it is called with; fails where the container says so; wants the start where one asks for it. */
function source(record: string): string {
  return `import { definePlugin } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "starter",
  version: "1.0.0",
  brief: "Writes down starts",
  needs: { run: ["/usr/bin/touch", "/bin/touch"] },
  plan: ({ annotations }) => ({
    stages: annotations.start ? ["start"] : [],
    carry: annotations.start ?? null,
  }),
  on: {
    async start(state, { host, carry }) {
      if (carry === "fails") throw new Error("it may not start");
      await host.run("/usr/bin/touch", [\`${record}/\${state.id}-\${state.status}-\${state.pid > 0}\`]);
    },
  },
});
`;
}

async function setUp({ form, work }: Subject) {
  const record = work.folder("record");
  work.folder("plugins");
  work.file("plugins/starter.ts", source(record));
  const installed = await install(form, work, {
    config: `[container-hooks]
path = "${work.path}/hooks.json"
plugin-dirs = ["${work.path}/plugins"]
[container-hooks-runtime]
debug = "${work.path}/own.log"
runtimes = [${JSON.stringify(which("runc"))}]
`,
  });
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
    assert.deepEqual([record(), marks()], [[`${id}-created-true`], []]);
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
    assert.match((await runtime("state", id)).stdout, /"status": "created"/);
    assert.deepEqual(record(), []);
    await runtime("delete", "--force", id);
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
