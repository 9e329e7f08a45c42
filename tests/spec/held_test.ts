/**
 * How far a plugin is held: every line of the table in docs/threat-model.md that says "held" or "noticed", on
 * the built file, with a plugin from the disk.
 */
import assert from "node:assert/strict";
import { SYSTEM_PATH } from "../../mod/core/oci.ts";
import { makeBundle } from "../harness/bundle.ts";
import { install } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { probeRuntime } from "../harness/probe.ts";
import { type Ran, run } from "../harness/run.ts";

/** What came of one create. */
interface Create {
  ran: Ran;
  /** Whether the runtime was reached: whether the container would have started. */
  started: boolean;
  /** Variables of the container's process, as written. */
  env: string[];
  /** The program's own log. */
  log: string;
}

/** The body of `plan`, and what stands above it in the file. */
interface Code {
  plan: string;
  above?: string;
  needs?: string;
  /** Seconds that the plugin may take. Default: what a busy machine needs. */
  limit?: number;
  /** Lines of config.toml. */
  policy?: string;
  /** What the runtime is started by. */
  under?: string[];
}

/** Creates a container with one plugin, and with hooks-json, which is built in and asked beside it. */
async function create(subject: Subject, code: Code): Promise<Create> {
  return await (await setUp(subject, code))();
}

/** @returns what creates a container; the first time, the plugin is prepared and the index made */
async function setUp(
  { form, work }: Subject,
  code: Code,
): Promise<() => Promise<Create>> {
  const { path, calls } = probeRuntime(work);
  work.file("plugins/held.ts", pluginText(code));
  const log = `${work.path}/own.log`;
  const config = `[container-hooks]
path = "${work.path}/hooks.json"
plugin-dirs = ["${work.path}/plugins"]
[container-hooks-runtime]
debug = "${log}"
log-level = "debug"
runtimes = ["${path}"]
[plugins.held]
timeout = ${code.limit ?? 20}
${code.policy ?? ""}
`;
  const installed = await install(form, work, { config, runtimes: [path] });
  const bundle = await makeBundle(work);
  return async () => {
    const before = calls().length;
    const words = [...code.under ?? [], installed.runtime, "create", "--bundle", bundle.path, "c1"];
    const ran = await run(words, {
      env: { ...installed.env, CONTAINER_HOOKS_STATE: `${work.path}/state` },
      limit: 60,
    });
    return {
      ran,
      started: calls().length > before,
      env: bundle.spec().process!.env!,
      log: await readText(log),
    };
  };
}

function pluginText({ plan, above = "", needs = "{}" }: Code, name = "held"): string {
  return `import { definePlugin, setEnv } from "container-hooks/plugin";
${above}
export default definePlugin({
  api: 1, name: "${name}", version: "1.0.0", brief: "Tries something", when: { always: true }, needs: ${needs},
  async plan(container, { host, log, signal }) {
${plan}
  },
});
`;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail("it never came true");
}

async function readText(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}

function heldTest(name: string, body: (subject: Subject) => Promise<void>): void {
  specTest(name, ["root"], body);
}

/** The container did not start, and a sentence names the plugin and matches. */
function assertRefused({ ran, started }: Create, sentence: RegExp): void {
  assert.equal(started, false, "the runtime was reached");
  assert.notEqual(ran.status, 0);
  assert.match(ran.stderr, sentence);
  assert.match(ran.stderr, /cannot start container c1: .*plugin held/);
  assert.equal(ran.stderr.trimEnd().split("\n").length, 1, ran.stderr);
}

heldTest("a plugin that does nothing forbidden decides as usual", async (subject) => {
  const done = await create(subject, {
    plan: `return { edits: [setEnv("HELD", container.id)] };`,
  });
  assert.equal(done.started, true, done.ran.stderr);
  assert.ok(done.env.includes("HELD=c1"));
});

heldTest("a create that finds everything prepared goes as the first did", async (subject) => {
  const again = await setUp(subject, {
    plan: `return { edits: [setEnv("HELD", container.id)] };`,
  });
  await again();
  await Deno.remove(`${subject.work.path}/run`, { recursive: true });
  const second = await again();
  assert.equal(second.started, true, second.ran.stderr);
  assert.ok(second.env.includes("HELD=c1"));
});

heldTest("what `needs` names can be read and run", async (subject) => {
  const { work } = subject;
  work.file("readable/word.txt", "wörd");
  work.file("readable/data.json", `{"a": [1]}`);
  const needs = `{ read: ["${work.path}/readable"], run: ["/bin/cat"] }`;
  const done = await create(subject, {
    needs,
    plan: `
    const text = host.readTextFile("${work.path}/readable/word.txt");
    const { a } = host.readJsonFile("${work.path}/readable/data.json");
    const kind = host.lstat("${work.path}/readable").kind;
    const { stdout, status } = await host.run("/bin/cat", [], { stdin: "x".repeat(200000) });
    const missing = host.lstat("${work.path}/readable/none");
    return { edits: [setEnv("HELD", JSON.stringify([text, a, kind, stdout.length, status, missing === undefined]))] };`,
  });
  assert.equal(done.started, true, done.ran.stderr);
  assert.ok(done.env.includes(`HELD=["wörd",[1],"a folder",200000,0,true]`), done.env.join(" "));
});

for (
  const [way, code] of [["Deno.exit", "Deno.exit(0)"], ["process.exit", "process.exit(0)"], [
    "close",
    "close()",
  ]]
) {
  heldTest(`${way} does not end anything but the plugin's own call`, async (subject) => {
    assertRefused(await create(subject, { plan: `${code};` }), /is not defined.*`host` alone/);
  });
}

heldTest("a loop without an end ends at the plugin's limit", async (subject) => {
  const { ran, started } = await create(subject, { plan: "for (;;);", limit: 1 });
  assert.equal(started, false);
  assert.notEqual(ran.status, 0);
  // A process is killed in the midst of it, and the kernel's timer says why; the launcher says that it ended.
  assert.match(
    ran.stderr,
    /^container-hooks: cannot start container c1: plan of plugin held took longer than 1 s/,
  );
  assert.match(ran.stderr, /\[plugins\.held\] mode = "off"|look at what it waits for/);
});

heldTest("a promise that never settles ends at the plugin's limit", async (subject) => {
  const done = await create(subject, { plan: "await new Promise(() => {});", limit: 1 });
  assertRefused(done, /plan of plugin held took longer than 1 s/);
});

heldTest(
  "a rejection that nobody handles is the plugin's failure, with its line",
  async (subject) => {
    const done = await create(subject, { plan: `Promise.reject(new Error("left behind"));` });
    assertRefused(done, /plugins\/held\.ts:6:\d+\): left behind/);
  },
);

heldTest("an exception in a timer is the plugin's failure", async (subject) => {
  const done = await create(subject, {
    plan: `
    setTimeout(() => { throw new Error("in a timer"); });
    await new Promise((resolve) => setTimeout(resolve, 500));`,
  });
  assertRefused(done, /in a timer/);
});

heldTest(
  "what a plugin throws names its file, line and column, and the log shows the code",
  async (subject) => {
    const done = await create(subject, { plan: `    container.nothing.there;` });
    assertRefused(done, /\(\/\S+\/plugins\/held\.ts:6:\d+\): TypeError: Cannot read properties of undefined/);
    assert.match(done.log, /container\.nothing\.there/);
  },
);

heldTest("a change to the container is an error", async (subject) => {
  const done = await create(subject, { plan: `    container.process.args.push("--more");` });
  assertRefused(done, /held\.ts:6:\d+\): TypeError: Cannot add property/);
});

heldTest("standard output stays empty, and what is printed is in the log", async (subject) => {
  const done = await create(subject, {
    plan: `console.log("printed", { deep: 1 }); console.error("loudly");`,
  });
  assert.equal(done.started, true, done.ran.stderr);
  // The line is the stand-in's for the runtime.
  assert.equal(done.ran.stdout, "the runtime was called\n");
  assert.match(done.log, /printed.*deep.*plugin="?held/);
  assert.match(done.log, /loudly/);
});

for (
  const [what, code] of [
    ["reads", `await Deno.readTextFile("/etc/hostname");`],
    ["runs", `await new Deno.Command("/bin/true").output();`],
    ["fetches", `await fetch("http://127.0.0.1:1/");`],
    ["opens a library", `Deno.dlopen("libc.so.6", {});`],
    ["listens to signals", `Deno.addSignalListener("SIGTERM", () => {});`],
    ["asks for the environment", `Deno.env.get("PATH");`],
    ["starts a worker", `new Worker("data:text/javascript,0", { type: "module" });`],
  ] as const
) {
  heldTest(`a plugin that ${what} around host is refused`, async (subject) => {
    assertRefused(await create(subject, { plan: code }), /is not defined.*`host` alone/);
  });
}

heldTest("what `needs` does not name is refused by name", async (subject) => {
  const read = await create(subject, { plan: `host.readTextFile("/etc/hostname");` });
  assertRefused(read, /it wants to read \/etc\/hostname.*needs\.read/);
});

heldTest("a program that needs.run does not name is refused", async (subject) => {
  const run = await create(subject, { plan: `await host.run("/bin/true", []);` });
  assertRefused(run, /it wants to run \/bin\/true.*needs\.run/);
});

heldTest("what a plugin does to the language reaches nobody else", async (subject) => {
  const done = await create(subject, {
    plan: `
    for (
      const change of [
        () => ((Array.prototype as any).map = () => []),
        () => ((Object.prototype as any).polluted = 1),
        () => (JSON.stringify = (() => "{}") as any),
        () => ((globalThis as any).JSON = {}),
        () => (Promise.prototype.then = (() => {}) as any),
        () => ((String.prototype as any).startsWith = () => true),
        () => ((String.prototype as any).split = () => []),
        () => Object.defineProperty(Array, Symbol.hasInstance, { value: () => true }),
      ]
    ) change();`,
  });
  assert.equal(done.started, true, done.ran.stderr);
});

heldTest("errors, names and fields of a plugin's own work as anywhere", async (subject) => {
  const done = await create(subject, {
    above: `
class Mine extends Error { constructor(text: string) { super(text); this.name = "Mine"; } }
class Named { constructor() { (this as any).toString = () => "named"; } }`,
    plan: `
    const counts: Record<string, number> = {};
    counts["constructor"] = 1;
    return { edits: [setEnv("HELD", [String(new Mine("m")), String(new Named()), counts["constructor"]].join(" "))] };`,
  });
  assert.equal(done.started, true, done.ran.stderr);
  assert.ok(done.env.includes("HELD=Mine: m named 1"), done.env.join(" "));
});

heldTest("more edits than a plugin may return are refused", async (subject) => {
  const done = await create(subject, {
    plan: `return { edits: Array.from({ length: 100000 }, (_, i) => setEnv("V" + i, "x")) };`,
  });
  assertRefused(done, /edits has 100000 entries, and 1000 is the limit/);
});

const HUGE: [what: string, plan: string, says: RegExp][] = [
  ["a denial", `return { deny: ["d".repeat(64 << 20)] };`, /plugin held denies it: d{1000}; mend/],
  ["an edit", `return { edits: [setEnv("X", "x".repeat(64 << 20))] };`, /edits is larger than 1 MiB/],
  ["what handlers get back", `return { carry: "z".repeat(64 << 20) };`, /carry is larger than 1 MiB/],
  ["a note", `return { note: "n".repeat(64 << 20) };`, /note is larger than 1 MiB/],
  ["an exception", `throw new Error("e".repeat(64 << 20));`, /held\.ts:6:\d+\): e{900}/],
];

for (const [what, plan, says] of HUGE) {
  heldTest(
    `${what} of many MiB ended the process without a sentence, or filled the disk`,
    async (subject) => {
      const done = await create(subject, { plan });
      assertRefused(done, says);
      assert.ok(done.ran.stderr.length < 5000);
      assert.ok(done.log.length < 100_000);
    },
  );
}

const ODD: [what: string, plan: string, says: RegExp][] = [
  [
    "an error whose message throws was told as a defect of ours",
    `throw { get message() { throw new Error("no"); }, get remedy() { throw new Error("no"); } };`,
    /plugin held failed at plan: an error whose message cannot be read; correct the plugin/,
  ],
  [
    "an error's line breaks and escapes reached the terminal",
    `throw Object.assign(new Error("one\\ntwo\\x1b[31m"), { remedy: "three\\nfour\\x1b[0m" });`,
    /failed at plan \(\S+held\.ts:6:\d+\): one two\\u001b\[31m; three four\\u001b\[0m$/m,
  ],
  [
    "a function that calls itself for ever was placed at the first line",
    `const f = (n: number): number => 1 + f(n + 1);\nf(1);`,
    /held\.ts:6:\d+\): RangeError: Maximum call stack size exceeded/,
  ],
];

for (const [what, plan, says] of ODD) {
  heldTest(what, async (subject) => {
    assertRefused(await create(subject, { plan }), says);
  });
}

heldTest("a program that wrote more than 16 MiB was told as a defect of ours", async (subject) => {
  const done = await create(subject, {
    needs: `{ run: ["/bin/cat"] }`,
    plan: `await host.run("/bin/cat", ["/dev/zero"]);`,
  });
  assertRefused(
    done,
    /plugin held failed at plan: program \/\S*cat wrote more than 16\.0 MiB; have it write less/,
  );
});

heldTest(
  "a line of a plugin in our log did not say which container it is about",
  async (subject) => {
    const done = await create(subject, { plan: `log.info("looked at");` });
    assert.match(done.log, /msg="looked at" container="c1" plugin="held"/);
  },
);

heldTest("an edit of the wrong shape is refused, naming the field", async (subject) => {
  const done = await create(subject, {
    plan: `return { edits: [{ edit: "env", name: "A", value: 1 }] };`,
  });
  assertRefused(done, /edits\[0\]\.value/);
});

/** A promise that is kept when the plugin has answered: each of its steps takes a turn of the event loop. */
const LATER =
  `(async () => { for (let i = 0; i < 100; i++) await crypto.subtle.digest("SHA-256", new Uint8Array(1e6)); })()`;

/** What a plugin may leave behind, or lay out, for the one that is asked after it in the same isolate. */
const LEFT_BEHIND: [what: string, plan: string][] = [
  ["an exception in a timer", `setTimeout(() => { throw new Error("too late"); }, 50);`],
  ["a loop in a timer", `setTimeout(() => { for (;;); }, 50);`],
  ["a loop in a promise", `${LATER}.then(() => { for (;;); });`],
  ["a rejection", `${LATER}.then(() => { throw new Error("late"); });`],
  ["a getter on a global that loops", `Object.defineProperty(globalThis, "JSON", { get() { for (;;); } });`],
  [
    "Error[Symbol.hasInstance] that loops",
    `Object.defineProperty(Error, Symbol.hasInstance, { value() { for (;;); } });`,
  ],
  ["a broken Array.prototype", `(Array.prototype as any).join = () => { throw new Error("broken"); };`],
];

for (const [what, plan] of LEFT_BEHIND) {
  heldTest(`${what} that a plugin left behind stopped the next one, which was blamed`, async (subject) => {
    const next = pluginText({
      plan: `
    await new Promise((resolve) => setTimeout(resolve, 300));
    const text = JSON.stringify([[] instanceof Error, ["a", "b"].join("-")]);
    return { edits: [setEnv("NEXT", text)] };`,
    }, "next");
    subject.work.file("plugins/next.ts", next);
    const done = await create(subject, {
      plan: `${plan}\nreturn { edits: [setEnv("HELD", "answered")] };`,
      policy: "[plugins.next]\ntimeout = 3",
    });
    assert.equal(done.started, true, done.ran.stderr);
    assert.ok(
      done.env.includes("HELD=answered") && done.env.includes(`NEXT=[false,"a-b"]`),
      done.env.join(" "),
    );
  });
}

heldTest("whom a plugin's failure may come from is told in the log", async (subject) => {
  subject.work.file("plugins/next.ts", pluginText({ plan: `JSON.stringify({});` }, "next"));
  const done = await create(subject, { plan: `JSON.stringify = () => { throw new Error("exchanged"); };` });
  assert.equal(done.started, true, done.ran.stderr);
  assert.match(
    done.log,
    /asked again in a new isolate: in the one where held had been asked .*exchanged.*plugin="next"/,
  );
});

/** Where foreign code runs when nobody thinks of it. */
const LOOPS: [what: string, plan: string][] = [
  ["a timer", `setTimeout(() => { for (;;); }); await new Promise(() => {});`],
  ["a getter of what it throws", `throw { get message() { for (;;); } };`],
  ["toString of what it logs", `log.info({ toString() { for (;;); } } as never);`],
  ["toJSON of what it prints", `console.log({ toJSON() { for (;;); } });`],
  ["a trap of a proxy that it throws", `throw new Proxy({}, { get() { for (;;); } });`],
  [
    "a getter of what it calls host with",
    `await host.run("/bin/true", [], { get env() { for (;;); } } as never);`,
  ],
  ["a then of its answer", `return { then() { for (;;); } } as never;`],
  [
    "its signal's listener",
    `signal.addEventListener("abort", () => { for (;;); }); await new Promise(() => {});`,
  ],
  ["an unload listener", `addEventListener("unload", () => { for (;;); }); await new Promise(() => {});`],
];

for (const [what, plan] of LOOPS) {
  heldTest(`a loop in ${what} ends at the plugin's limit`, async (subject) => {
    const done = await create(subject, { plan, limit: 1 });
    assertRefused(done, /plan of plugin held took longer than 1 s; look at what it waits for/);
  });
}

heldTest("an unload listener kept a create from ending, or set how it ended", async (subject) => {
  const done = await create(subject, {
    plan: `
    addEventListener("unload", () => { for (;;); });
    addEventListener("beforeunload", () => { for (;;); });
    return { deny: ["not this one"] };`,
  });
  assertRefused(done, /plugin held denies it: not this one/);
});

for (const answer of [`{ note: () => "x" }`, `{ get edits() { for (;;); } }`, `{ edits: [Symbol("x")] }`]) {
  heldTest(`an answer of ${answer}, which is no plain data, is refused`, async (subject) => {
    const done = await create(subject, { plan: `return ${answer} as never;` });
    assertRefused(
      done,
      /returned an edit that cannot be used: .*must be (data|a plain object)|could not be cloned/,
    );
  });
}

/** Has a program end where it asks for more than 2 GB, of which Deno has most reserved from the start. */
const LITTLE_MEMORY = ["/bin/sh", "-c", 'ulimit -c 0; ulimit -d 2000000; exec "$@"', "sh"];

heldTest(
  "a plugin that takes all memory ends the process, and the container does not start",
  async (subject) => {
    const again = await setUp(subject, {
      under: LITTLE_MEMORY,
      plan: `
    if (container.env.MORE === undefined) return;
    const all: unknown[] = [];
    for (;;) all.push(new Array(10000).fill(all.length));`,
    });
    assert.equal((await again()).started, true, "the memory is enough for a plan");
    const config = `${subject.work.path}/bundle/config.json`;
    const spec = JSON.parse(Deno.readTextFileSync(config));
    spec.process.env.push("MORE=1");
    Deno.writeTextFileSync(config, JSON.stringify(spec));
    const { ran, started } = await again();
    assert.equal(started, false);
    assert.notEqual(ran.status, 0);
    if (subject.form.launcher) {
      assert.match(
        ran.stderr,
        /cannot start container c1: .* while it asked plugin held/,
      );
    }
  },
);

heldTest("a flood of lines filled the log", async (subject) => {
  const done = await create(subject, {
    plan: `for (;;) { log.info("line"); console.log("line"); }`,
    limit: 1,
  });
  assertRefused(done, /plan of plugin held took longer than 1 s/);
  assert.ok(done.log.split("\n").length < 1100, `${done.log.split("\n").length} lines`);
  assert.match(done.log, /it said more than 1000 lines; the others are left out/);
});

heldTest("a flood of calls of host is ended", async (subject) => {
  const done = await create(subject, {
    needs: `{ read: ["/etc"], run: ["/bin/sleep"] }`,
    limit: 2,
    plan: `for (;;) { host.run("/bin/sleep", ["30"]).catch(() => {}); host.lstat("/etc"); }`,
  });
  assertRefused(done, /plugin held (took longer than 2 s|failed at plan: it sent more than 20000 messages)/);
});

/** What a plugin catches of each of these calls, in their order. */
async function caught(subject: Subject, needs: string, calls: readonly string[]): Promise<string[]> {
  const tried = calls.map((call) =>
    `try { await ${call}; said.push("done"); } catch (e) { said.push(e.message); }`
  );
  const done = await create(subject, {
    needs,
    plan: `const said: string[] = [];\n${
      tried.join("\n")
    }\nreturn { edits: [setEnv("HELD", JSON.stringify(said))] };`,
  });
  assert.equal(done.started, true, done.ran.stderr);
  return JSON.parse(done.env.find((variable) => variable.startsWith("HELD="))!.slice("HELD=".length));
}

/** What is no text, or only looks like one to a check. */
const NO_TEXTS = [
  `{ startsWith: () => true, split: () => ["", "bin", "true"], toString: () => "/bin/id" }`,
  `new String("/bin/true")`,
  `["/bin/true"]`,
  `{ toString: () => "/bin/true" }`,
  "7",
  "undefined",
];

heldTest("what was checked of a path was not what was used", async (subject) => {
  const calls = NO_TEXTS.flatMap((value) => [
    ...["readTextFile", "readJsonFile", "lstat", "readLink"].map((name) => `host.${name}(${value} as never)`),
    `host.run(${value} as never, [])`,
  ]);
  const said = await caught(subject, `{ read: ["/"], run: ["/bin/true"] }`, calls);
  assert.equal(said.length, calls.length);
  for (const [index, sentence] of said.entries()) {
    assert.match(sentence, /path must be a text|could not be cloned/, calls[index]!);
  }
});

const BAD_RUNS: [args: string, options: string, says: RegExp][] = [
  [`"x"`, "{}", /args must be an array of texts/],
  [`[1]`, "{}", /args\[0\] must be a text/],
  [`[,]`, "{}", /args\[0\] must be a text/],
  [`["a\\0b"]`, "{}", /args\[0\] has a NUL character/],
  ["[]", `{ env: { LD_PRELOAD: "/tmp/x.so" } }`, /env sets LD_PRELOAD, a variable of the program loader/],
  ["[]", `{ env: { GCONV_PATH: "/tmp" } }`, /env sets GCONV_PATH/],
  ["[]", `{ env: { "A=LD_PRELOAD": "x" } }`, /"A=LD_PRELOAD", which is no variable's name/],
  ["[]", `{ env: { A: 1 } }`, /options\.env\.A must be a text/],
  ["[]", `{ env: ["LD_PRELOAD=x"] }`, /options\.env must be a plain object/],
  ["[]", `{ env: new Map([["LD_PRELOAD", "x"]]) }`, /options\.env must be a plain object/],
  ["[]", `{ timeout: NaN }`, /options\.timeout must be milliseconds/],
  ["[]", `{ stdin: 7 }`, /options\.stdin must be a text/],
  ["[]", `{ cwd: "/" }`, /options\.cwd is unknown/],
];

heldTest("a program was run with what no program is to be given", async (subject) => {
  const calls = BAD_RUNS.map(([args, options]) =>
    `host.run("/bin/true", ${args} as never, ${options} as never)`
  );
  const said = await caught(subject, `{ run: ["/bin/true"] }`, calls);
  for (const [index, [, , says]] of BAD_RUNS.entries()) assert.match(said[index]!, says);
});

heldTest("a program's variables are those that it is given, and a getter is asked once", async (subject) => {
  const calls = [`(async () => {
    let asked = 0;
    const env = { get A() { return asked++ === 0 ? "first" : "second"; } };
    const { stdout } = await host.run("/usr/bin/env", [], { env });
    throw new Error(stdout);
  })()`];
  const [said] = await caught(subject, `{ run: ["/usr/bin/env"] }`, calls);
  assert.deepEqual(said!.trim().split("\n").sort(), ["A=first", `PATH=${SYSTEM_PATH}`]);
});

heldTest("a program that nobody waited for ran on without a limit", async (subject) => {
  const mark = `${subject.work.path}/pid`;
  const done = await create(subject, {
    needs: `{ read: ["${subject.work.path}"], run: ["/bin/sh"] }`,
    plan: `void host.run("/bin/sh", ["-c", "echo $$ >${mark}; exec sleep 300"], { timeout: 600000 });
    while (host.lstat("${mark}") === undefined) await new Promise((resolve) => setTimeout(resolve, 20));`,
  });
  assert.equal(done.started, true, done.ran.stderr);
  const pid = (await readText(mark)).trim();
  await until(async () => /^$|^State:\s+[ZX]/m.test(await readText(`/proc/${pid}/status`)));
});

heldTest("a program outlived the plugin that was ended at its limit", async (subject) => {
  const { work } = subject;
  const mark = `${work.path}/pid`;
  const done = await create(subject, {
    needs: `{ run: ["/bin/sh"] }`,
    plan: `await host.run("/bin/sh", ["-c", "sleep 300 & echo $! >${mark}; wait"], { timeout: 60000 });`,
    limit: 3,
  });
  assertRefused(done, /plan of plugin held took longer than 3 s/);
  const pid = (await readText(mark)).trim();
  assert.match(pid, /^\d+$/);
  await until(async () => /^$|^State:\s+[ZX]/m.test(await readText(`/proc/${pid}/status`)));
});

heldTest("a timer that was left behind delays nothing", async (subject) => {
  const started = Date.now();
  const done = await create(subject, { plan: `setTimeout(() => {}, 20000);` });
  assert.equal(done.started, true, done.ran.stderr);
  assert.ok(Date.now() - started < 20_000);
});

heldTest(
  "code of the disk cannot be imported by another way than a plain import",
  async (subject) => {
    const done = await create(subject, { plan: `await import("./other.ts");` });
    assert.equal(done.started, false);
    assert.match(done.ran.stderr, /import/);
  },
);

const FORGED = String.raw`"\u001b[2J\ncontainer-hooks: all is well"`;

for (
  const [what, plan] of [
    ["a rejection", `Event.prototype.preventDefault = () => {}; Promise.reject(${FORGED}); await wait();`],
    [
      "an exception in a timer",
      `Event.prototype.preventDefault = () => {}; setTimeout(() => { throw new Error(${FORGED}); }); await wait();`,
    ],
  ] as const
) {
  heldTest(
    `${what} was printed as it is where a plugin had exchanged what kept it from that`,
    async (subject) => {
      const above = "const wait = () => new Promise((done) => setTimeout(done, 500));";
      const done = await create(subject, { plan, above, limit: 5 });
      assertRefused(done, /plugin held/);
      assert.equal(done.ran.stderr.includes("\u001b"), false, done.ran.stderr);
      assert.doesNotMatch(done.ran.stderr, /^container-hooks: all is well/m);
    },
  );
}

for (
  const [what, above, sentence] of [
    ["hours", `const x = ${"a?(b):c=>".repeat(60)}1;`, /it was not parsed after 10 s; write it more plainly/],
    [
      "all of its stack",
      `const x = ${"(".repeat(300_000)}1${")".repeat(300_000)};`,
      /it is nested too deeply/,
    ],
  ] as const
) {
  heldTest(`a file that takes a parser ${what} stopped creates, and nobody was named`, async (subject) => {
    const done = await create(subject, { plan: "return {};", above });
    assert.equal(done.started, false);
    assert.match(
      done.ran.stderr,
      /cannot start container c1: plugin [^ ]*\/plugins\/held\.ts cannot be loaded/,
    );
    assert.match(done.ran.stderr, sentence);
    assert.doesNotMatch(done.ran.stderr, /defect/);
  });
}

for (
  const [way, code] of [
    ["Function", `new Function("return import('node:fs')")`],
    ["a function's constructor", `(async () => {}).constructor("await import('node:fs')")`],
    ["eval", `eval("import('node:fs')")`],
    [
      "a timer",
      `setTimeout("import('node:fs').then((fs) => fs.writeSync(1, 'written'))" as never); await new Promise((r) => setTimeout(r, 100))`,
    ],
  ] as const
) {
  heldTest(`code made from text by ${way} is refused`, async (subject) => {
    const done = await create(subject, { plan: `${code};` });
    assert.equal(done.ran.stdout.includes("written"), false);
    assertRefused(done, /code is not made from text/);
  });
}

heldTest("code that a plugin's top level throws is its failure", async (subject) => {
  const done = await create(subject, {
    above: `if (typeof Deno === "undefined") throw new Error("only when held");`,
    plan: "",
  });
  assertRefused(done, /only when held/);
});
