/** Handlers of plugins, called by real runtimes. */
import assert from "node:assert/strict";
import { type Bundle, type BundleSettings, makeBundle } from "../harness/bundle.ts";
import { crunMayRun } from "../harness/engines.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { mustRun, type Ran, run, which } from "../harness/run.ts";

const RUNTIMES = ["runc", "crun"] as const;
type Runtime = (typeof RUNTIMES)[number];

/** A plugin of the test: the bodies of its handlers, and what else differs from the ordinary. */
interface PluginText {
  plan?: string;
  on: Partial<Record<"createRuntime" | "poststart" | "poststop", string>>;
  /** Lines of its table in config.toml. */
  policy?: string;
}

/** Plugins, installed in front of a runtime, and a container to be. */
interface Scene {
  installed: Installation;
  bundle: Bundle;
  id: string;
  /** What the handlers noted with `note(...)`, in order. */
  notes(): string[];
  /** Calls the runtime, through us. */
  call(...args: string[]): Promise<Ran>;
  /** All that somebody can have read: of crun's hooks, nothing reaches the terminal. */
  said(...ran: Ran[]): string;
  /** Writes a plugin anew. */
  write(name: string, plugin: PluginText): string;
}

async function scene(
  { form, work }: Subject,
  runtime: Runtime,
  plugins: Record<string, PluginText>,
  bundle: BundleSettings = {},
): Promise<Scene> {
  const noted = work.file("noted", "");
  const note = work.program("note", `#!/bin/sh\necho "$*" >>${noted}\n`);
  const write = (name: string, plugin: PluginText) =>
    work.file(`plugins/${name}.ts`, sourceOf(name, plugin, note));
  for (const [name, plugin] of Object.entries(plugins)) write(name, plugin);
  const policies = Object.entries(plugins).map(([name, { policy = "" }]) => `[plugins.${name}]\n${policy}\n`);
  const installed = await install(form, work, { policy: policies.join(""), runtimes: [which(runtime)!] });
  const call = (...args: string[]) =>
    run([...before(runtime), installed.runtime, ...args], { env: installed.env });
  return {
    installed,
    call,
    said: (...ran) => {
      const log = Deno.readTextFileSync(installed.log);
      return runtime === "crun" ? log : ran.map(({ stderr }) => stderr).join("");
    },
    bundle: await makeBundle(work, bundle),
    id: `hooks-test-${crypto.randomUUID().slice(0, 8)}`,
    notes: () => Deno.readTextFileSync(noted).split("\n").filter((line) => line !== ""),
    write,
  };
}

function sourceOf(name: string, { plan = "return {};", on }: PluginText, note: string): string {
  const handlers = Object.entries(on).map(([stage, body]) =>
    `    async ${stage}(state, context) {
      const note = (...words: string[]) => context.host.run(NOTE, words);
      ${body}
    },
`
  );
  return `import { definePlugin, hook, problem } from "container-hooks/plugin";
const NOTE = ${JSON.stringify(note)};
export default definePlugin({
  api: 1, name: "${name}", version: "1.0.0", brief: "Has handlers", when: { always: true },
  options: { word: { type: "string", default: "unsaid", brief: "A word" } },
  needs: { run: [${JSON.stringify(note)}] },
  plan(container) {
    ${plan}
  },
  on: {
${handlers.join("")}  },
});
`;
}

function before(runtime: Runtime): string[] {
  return runtime === "crun" ? crunMayRun() : [];
}

/** Calls the runtime without us. */
function bare(runtime: Runtime, args: string[]): Promise<Ran> {
  return run([...before(runtime), which(runtime)!, ...args]);
}

/** Runs the container to its end. */
function runIt({ call, bundle, id }: Scene): Promise<Ran> {
  return call("run", "--bundle", bundle.path, id);
}

function handlerTest(name: string, body: (subject: Subject, runtime: Runtime) => Promise<void>): void {
  for (const runtime of RUNTIMES) {
    specTest(`${runtime}: ${name}`, ["root", "runc", runtime], (subject) => body(subject, runtime));
  }
}

handlerTest(
  "handlers run once each, at their stage, with what the plugin was planned with",
  async (subject, runtime) => {
    const at = (stage: string) =>
      `await note("${stage}", context.options.word, context.carry.since, state.id, String(state.pid > 1));`;
    const on = { createRuntime: at("createRuntime"), poststart: at("poststart"), poststop: at("poststop") };
    const plan = 'return { carry: { since: "planned" } };';
    const scened = await scene(subject, runtime, {
      first: { plan, on, policy: 'options = { word = "said" }' },
      second: { plan, on: { poststop: on.poststop } },
    }, { args: ["echo", "out"] });
    const ran = await runIt(scened);
    assert.deepEqual([ran.status, ran.stdout, ran.stderr], [0, "out\n", ""]);
    const words = scened.notes().map((line) => line.split(" "));
    assert.deepEqual(words.map(([stage, word, since, id]) => [stage, word, since, id]), [
      ["createRuntime", "said", "planned", scened.id],
      ["poststart", "said", "planned", scened.id],
      ["poststop", "said", "planned", scened.id],
      ["poststop", "unsaid", "planned", scened.id],
    ]);
    assert.equal(words[0]!.at(-1), "true", "createRuntime knows the container's process");
  },
);

handlerTest(
  "a bigint that is carried comes back to handlers as one, to its last digit",
  async (subject, runtime) => {
    const poststop = `const { infinity, one, number } = context.carry;
      await note(...[infinity, one, number].map((value) => typeof value + ":" + value));`;
    const plan = "return { carry: { infinity: 2n ** 64n - 1n, one: 1n, number: 1 } };";
    const scened = await scene(subject, runtime, { first: { plan, on: { poststop } } });
    const { status, stderr } = await runIt(scened);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.deepEqual(scened.notes(), ["bigint:18446744073709551615 bigint:1 number:1"]);
  },
);

handlerTest("a stage has one entry of ours, behind the plugins' own hooks", async (subject, runtime) => {
  const on = { poststop: 'await note("handler");' };
  const scened = await scene(subject, runtime, {
    first: { plan: 'return { edits: [hook.poststop(NOTE, ["hook"])] };', on },
    second: { plan: 'return { edits: [hook.poststop(NOTE, ["hook"])] };', on },
  });
  assert.equal((await runIt(scened)).status, 0);
  assert.deepEqual(scened.notes(), ["hook", "hook", "handler", "handler"]);
  const hooks = scened.bundle.spec().hooks!;
  assert.deepEqual(Object.keys(hooks), ["poststop"]);
  assert.equal(hooks.poststop!.length, 3);
  assert.equal(hooks.poststop![2]!.path, Deno.realPathSync(scened.installed.program));
});

handlerTest(
  "a failing createRuntime stops the container, says why and takes all back",
  async (subject, runtime) => {
    const scened = await scene(subject, runtime, {
      first: { on: { createRuntime: 'context.undo(() => note("undone")); await note("done");' } },
      second: { on: { createRuntime: 'throw problem("no bridge br0", "make one");' } },
    }, { args: ["echo", "started"] });
    const ran = await runIt(scened);
    assert.notEqual(ran.status, 0);
    assert.doesNotMatch(ran.stdout, /started/);
    const file = `${subject.work.path}/plugins/second.ts`;
    const said =
      `cannot start container ${scened.id}: plugin second failed at createRuntime \\(${file}:13:13\\): ` +
      "no bridge br0; make one";
    assert.match(scened.said(ran), new RegExp(said));
    assert.deepEqual(scened.notes(), ["done", "undone"]);
    assert.match(Deno.readTextFileSync(scened.installed.log), /level=error msg="cannot start container/);
  },
);

handlerTest(
  "with on-error = warn a failing createRuntime lets the container start",
  async (subject, runtime) => {
    const scened = await scene(subject, runtime, {
      first: {
        on: { createRuntime: 'context.undo(() => note("undone")); throw new Error("no");' },
        policy: 'on-error = "warn"',
      },
      second: { on: { createRuntime: 'await note("second");' } },
    }, { args: ["echo", "started"] });
    const ran = await runIt(scened);
    assert.deepEqual([ran.status, ran.stdout], [0, "started\n"], ran.stderr);
    assert.deepEqual(scened.notes(), ["undone", "second"]);
    assert.match(
      Deno.readTextFileSync(scened.installed.log),
      /level=warning msg="plugin first failed at createRuntime/,
    );
  },
);

/** runc kills the container, and calls poststart at create already; crun warns, and goes on. */
handlerTest(
  "a failing poststart is told, and the runtime decides about the container",
  async (subject, runtime) => {
    const scened = await scene(subject, runtime, {
      first: { on: { poststart: 'context.undo(() => note("undone")); throw new Error("not ready");' } },
    }, { args: ["sleep", "1000"] });
    const { call, bundle, id } = scened;
    const created = await call("create", "--bundle", bundle.path, id);
    const started = await call("start", id);
    const state = await call("state", id);
    await call("delete", "--force", id);
    const said = new RegExp(
      `after container ${id} had started, plugin first failed at poststart .*: not ready`,
    );
    assert.match(scened.said(created, started), said);
    assert.deepEqual(scened.notes(), ["undone"]);
    if (runtime === "runc") assert.notEqual(created.status, 0);
    else assert.equal(JSON.parse(state.stdout).status, "running", state.stderr);
  },
);

handlerTest("a plugin that changes meanwhile is still called as it was planned", async (subject, runtime) => {
  const at = (word: string) => ({ on: { poststop: `await note("${word}");` } });
  const scened = await scene(subject, runtime, { first: at("old") }, { args: ["sleep", "1000"] });
  const { call, bundle, id, write } = scened;
  assert.equal((await call("create", "--bundle", bundle.path, id)).status, 0);
  write("first", at("new"));
  // Another container is planned with the new one, and the index with it.
  const other = await makeBundle(subject.work, { name: "other" });
  assert.equal((await call("run", "--bundle", other.path, `${id}-other`)).status, 0);
  Deno.removeSync(`${subject.work.path}/plugins/first.ts`);
  assert.equal((await call("delete", "--force", id)).status, 0);
  assert.deepEqual(scened.notes(), ["new", "old"]);
});

const WAYS_OUT: Record<string, string> = {
  "calls Deno.exit": "Deno.exit(0);",
  "calls process.exit": "globalThis.process.exit(0);",
  "closes the window": "globalThis.close();",
  "never ends": "await new Promise(() => {});",
  "loops for ever": "for (;;);",
  "loops in a timer": "setTimeout(() => { for (;;); }); await new Promise(() => {});",
  "leaves a rejection": 'void Promise.reject(new Error("left"));',
};

const SAID_OF_LOOPS = /cannot start container \S+: createRuntime of plugin first took longer than 1 s/;

for (const [what, code] of Object.entries(WAYS_OUT)) {
  handlerTest(`the container does not start where a handler ${what}`, async (subject, runtime) => {
    const scened = await scene(subject, runtime, {
      first: { on: { createRuntime: code }, policy: "timeout = 1" },
    }, { args: ["echo", "started"] });
    const ran = await runIt(scened);
    assert.notEqual(ran.status, 0);
    assert.doesNotMatch(ran.stdout, /started/);
    assert.match(scened.said(ran), what.startsWith("loops") ? SAID_OF_LOOPS : /plugin first/);
  });
}

handlerTest("in audit mode no handler is called", async (subject, runtime) => {
  const scened = await scene(subject, runtime, {
    first: { on: { createRuntime: 'await note("called");' }, policy: 'mode = "audit"' },
  });
  assert.equal((await runIt(scened)).status, 0);
  assert.deepEqual(scened.notes(), []);
  assert.equal(scened.bundle.spec().hooks, undefined);
});

handlerTest("what a handler prints reaches nobody's standard output", async (subject, runtime) => {
  const scened = await scene(subject, runtime, {
    first: { on: { createRuntime: 'console.log("printed");', poststart: 'console.log("printed");' } },
  }, { args: ["echo", "out"] });
  const ran = await runIt(scened);
  assert.deepEqual([ran.status, ran.stdout, ran.stderr], [0, "out\n", ""]);
  assert.match(Deno.readTextFileSync(scened.installed.log), /msg=printed|msg="printed"/);
});

handlerTest(
  "a bundle that was copied is not taken for the one it was copied from",
  async (subject, runtime) => {
    const scened = await scene(subject, runtime, {
      first: { on: { createRuntime: 'await note("called");' } },
    });
    assert.equal((await runIt(scened)).status, 0);
    const copy = await makeBundle(subject.work, { name: "copy", text: () => scened.bundle.text() });
    const ran = await bare(runtime, ["run", "--bundle", copy.path, scened.id]);
    assert.notEqual(ran.status, 0);
    assert.match(scened.said(ran), /the state on standard input names the bundle/);
    assert.deepEqual(scened.notes(), ["called"]);
  },
);

handlerTest("a container whose journal entry is gone can be deleted", async (subject, runtime) => {
  const scened = await scene(subject, runtime, {
    first: { on: { poststop: 'await note("poststop");' } },
  }, { args: ["sleep", "1000"] });
  const { installed, call, bundle, id } = scened;
  assert.equal((await call("create", "--bundle", bundle.path, id)).status, 0);
  Deno.removeSync(installed.runFolder, { recursive: true });
  const deleted = await call("delete", "--force", id);
  assert.equal(deleted.status, 0, deleted.stderr);
  assert.deepEqual(scened.notes(), []);
});

handlerTest("a bundle whose journal entry is gone does not start", async (subject, runtime) => {
  const scened = await scene(subject, runtime, { first: { on: { createRuntime: "" } } });
  assert.equal((await runIt(scened)).status, 0);
  Deno.removeSync(scened.installed.runFolder, { recursive: true });
  const again = await bare(runtime, ["run", "--bundle", scened.bundle.path, scened.id]);
  assert.notEqual(again.status, 0);
  if (runtime === "runc") assert.match(again.stderr, /journal entry .* is gone/);
});

specTest(
  "a program that a handler starts inherits no descriptor of the runtime's",
  ["root", "runc"],
  async (subject) => {
    const { work } = subject;
    const list = work.program("list", `#!/bin/sh\nls -l /proc/self/fd >${work.path}/descriptors\n`);
    const scened = await scene(subject, "runc", { first: { on: { poststop: 'await note("called");' } } });
    assert.equal((await runIt(scened)).status, 0);
    Deno.copyFileSync(list, `${work.path}/note`);
    const { path, args, env } = scened.bundle.spec().hooks!.poststop![0]!;
    const secret = work.file("secret", "");
    const state = { ociVersion: "1.2.0", id: scened.id, status: "stopped", bundle: scened.bundle.path };
    await mustRun(["/bin/sh", "-c", 'exec 9<"$0"; exec "$@"', secret, path, ...args!.slice(1)], {
      stdin: JSON.stringify(state),
      env: Object.fromEntries(env!.map((variable) => variable.split("=", 2) as [string, string])),
    });
    const descriptors = Deno.readTextFileSync(`${work.path}/descriptors`);
    assert.match(descriptors, /0 -> /);
    assert.doesNotMatch(descriptors, /secret/);
  },
);

/** Calls the dispatcher as a runtime would, with standard input as the shell's `redirection` makes it. */
async function dispatchWith({ form, work }: Subject, redirection: string): Promise<Ran> {
  const installed = await install(form, work);
  const entry = `${work.path}/run/journal/${"0".repeat(32)}.json`;
  const words = [installed.program, "dispatch", "createRuntime", "--journal", entry];
  return await run(["/bin/sh", "-c", `cd "$0"; ${redirection}`, work.path, ...words], { env: installed.env });
}

specTest("a state that never ends is given up", ["root"], async (subject) => {
  const ran = await dispatchWith(subject, 'mkfifo state; exec 3<>state; exec "$@" <state');
  assert.deepEqual([ran.status, ran.stdout], [1, ""]);
  assert.match(ran.stderr, /the state on standard input did not end within 5 s/);
});

specTest("a state that is too large is given up", ["root"], async (subject) => {
  const ran = await dispatchWith(subject, 'head -c 17825792 /dev/zero | "$@"');
  assert.deepEqual([ran.status, ran.stdout], [1, ""]);
  assert.match(ran.stderr, /the state on standard input is longer than 16 MiB/);
});

specTest(
  "a call under the runtime's name is one of the dispatcher all the same",
  ["root"],
  async (subject) => {
    const installed = await install(subject.form, subject.work);
    const words = ["dispatch", "createRuntime", "--journal", "/nowhere.json"];
    // The file itself, whatever stands in front of it.
    const named = `${subject.work.folder("named")}/container-hooks-runtime`;
    await Deno.symlink(subject.form.path, named);
    const ran = await run([named, ...words], { env: installed.env });
    assert.equal(ran.status, 2);
    assert.match(ran.stderr, /dispatch takes --journal and the absolute path of a journal entry/);
  },
);

handlerTest(
  "removing the plugin cache lost the poststop handlers of running containers",
  async (subject, runtime) => {
    const on = { poststart: 'await note("poststart");', poststop: 'await note("poststop");' };
    const scened = await scene(subject, runtime, { one: { on } }, { args: ["sleep", "60"] });
    const { call, bundle, id, installed } = scened;
    assert.equal((await call("create", "--bundle", bundle.path, id)).status, 0);
    assert.equal((await call("start", id)).status, 0);
    // All that can be made again.
    Deno.removeSync(`${installed.env.CONTAINER_HOOKS_STATE}/plugins`, { recursive: true });
    Deno.removeSync(`${installed.env.CONTAINER_HOOKS_STATE}/index.json`);
    const ended = await call("delete", "--force", id);
    assert.equal(ended.status, 0, scened.said(ended));
    assert.deepEqual(scened.notes(), ["poststart", "poststop"]);
    assert.deepEqual(
      Array.from(Deno.readDirSync(`${installed.runFolder}/code`), ({ name }) => /^[0-9a-f]{64}$/.test(name)),
      [true],
    );
  },
);

/** What a handler registers and does in the end; what is told; what has been called of what it registered. */
const TAKEN_BACK: [what: string, body: string, says: RegExp, called: string[]][] = [
  [
    "registered 100,000 functions",
    `context.undo(async () => void await note("undone"));
      for (let i = 1; i < 100000; i++) context.undo(() => {});`,
    /plugin one failed at createRuntime .*undo takes up to 1000 functions; register one that takes several/,
    ["undone"],
  ],
  [
    "waits for ever",
    `context.undo(async () => void await note("undone"));
      await new Promise(() => {});`,
    /createRuntime of plugin one took longer than 1 s/,
    ["undone"],
  ],
  [
    "waits for ever in something that it registered",
    `context.undo(async () => void await note("undone"));
      context.undo(() => new Promise(() => {}));
      throw new Error("failed");`,
    /plugin one failed at createRuntime .*failed/,
    ["undone"],
  ],
  [
    "loops in something that it registered",
    `context.undo(async () => void await note("not reached"));
      context.undo(() => { for (;;); });
      context.undo(async () => void await note("undone"));
      throw new Error("failed");`,
    /plugin one failed at createRuntime .*failed/,
    ["undone"],
  ],
  [
    "loops",
    `context.undo(async () => void await note("not reached"));
      for (;;);`,
    /createRuntime of plugin one took longer than 1 s/,
    [],
  ],
];

for (const [what, body, says, called] of TAKEN_BACK) {
  handlerTest(
    `a handler that ${what} is told by name, and what can be is taken back`,
    async (subject, runtime) => {
      const scened = await scene(subject, runtime, {
        one: { on: { createRuntime: body }, policy: `timeout = ${what.startsWith("registered") ? 60 : 1}` },
      }, { args: ["echo", "started"] });
      const ran = await runIt(scened);
      assert.notEqual(ran.status, 0);
      assert.doesNotMatch(ran.stdout, /started/);
      assert.match(scened.said(ran), says);
      assert.deepEqual(scened.notes(), called);
      const log = Deno.readTextFileSync(scened.installed.log);
      if (what.includes("loops in")) {
        assert.match(log, /undo of createRuntime of plugin one took longer than 0\.\d+ s/);
        assert.match(log, /its code does not give way, so what it registered cannot be called \(1 left\)/);
      }
      if (what === "loops") assert.match(log, /its code does not give way/);
    },
  );
}

handlerTest("a plugin that loops lost what another had to take back", async (subject, runtime) => {
  const scened = await scene(subject, runtime, {
    first: {
      on: {
        createRuntime: 'context.undo(async () => void await note("first undone")); await note("first");',
      },
    },
    second: { on: { createRuntime: "for (;;);" }, policy: "timeout = 1" },
  });
  const ran = await runIt(scened);
  assert.notEqual(ran.status, 0);
  assert.match(scened.said(ran), /createRuntime of plugin second took longer than 1 s/);
  assert.deepEqual(scened.notes(), ["first", "first undone"]);
});
