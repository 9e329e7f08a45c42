/**
 * How far a plugin is held: every line of the table in docs/threat-model.md that says "held" or "noticed", on
 * the built file, with a plugin from the disk.
 */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { install } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { probeRuntime } from "../harness/probe.ts";
import type { Ran } from "../harness/run.ts";

const ISOLATIONS = ["process", "worker"] as const;
type Isolation = (typeof ISOLATIONS)[number];

/** Seconds that the plugin may take. */
const LIMIT = 1;

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
}

/** Creates a container with one plugin, and with hooks-json, which is built in and asked beside it. */
async function create(subject: Subject, isolation: Isolation, code: Code): Promise<Create> {
  return await (await setUp(subject, isolation, code))();
}

/** @returns what creates a container; the first time, the plugin is prepared and the index made */
async function setUp(
  { form, work }: Subject,
  isolation: Isolation,
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
timeout = ${LIMIT}
isolation = "${isolation}"
`;
  const installed = await install(form, work, { config, runtimes: [path] });
  const bundle = await makeBundle(work);
  return async () => {
    const before = calls().length;
    const ran = await installed.asRuntime(["create", "--bundle", bundle.path, "c1"], {
      env: { CONTAINER_HOOKS_STATE: `${work.path}/state` },
      limit: 30,
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

async function readText(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}

/** Registers a test for each isolation. */
function heldTest(name: string, body: (subject: Subject, isolation: Isolation) => Promise<void>): void {
  for (const isolation of ISOLATIONS) {
    specTest(`${isolation}: ${name}`, ["root"], (subject) => body(subject, isolation));
  }
}

/** The container did not start, and a sentence names the plugin and matches. */
function assertRefused({ ran, started }: Create, sentence: RegExp): void {
  assert.equal(started, false, "the runtime was reached");
  assert.notEqual(ran.status, 0);
  assert.match(ran.stderr, sentence);
  assert.match(ran.stderr, /cannot start container c1: .*plugin held/);
  assert.equal(ran.stderr.trimEnd().split("\n").length, 1, ran.stderr);
}

heldTest("a plugin that does nothing forbidden decides as usual", async (subject, isolation) => {
  const done = await create(subject, isolation, {
    plan: `return { edits: [setEnv("HELD", container.id)] };`,
  });
  assert.equal(done.started, true, done.ran.stderr);
  assert.ok(done.env.includes("HELD=c1"));
});

heldTest("a create that finds everything prepared goes as the first did", async (subject, isolation) => {
  const again = await setUp(subject, isolation, {
    plan: `return { edits: [setEnv("HELD", container.id)] };`,
  });
  await again();
  await Deno.remove(`${subject.work.path}/run`, { recursive: true });
  const second = await again();
  assert.equal(second.started, true, second.ran.stderr);
  assert.ok(second.env.includes("HELD=c1"));
});

heldTest("what `needs` names can be read and run", async (subject, isolation) => {
  const { work } = subject;
  work.file("readable/word.txt", "wörd");
  work.file("readable/data.json", `{"a": [1]}`);
  const needs = `{ read: ["${work.path}/readable"], run: ["/bin/cat"] }`;
  const done = await create(subject, isolation, {
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
  heldTest(`${way} does not end anything but the plugin's own call`, async (subject, isolation) => {
    assertRefused(await create(subject, isolation, { plan: `${code};` }), /is not defined.*`host` alone/);
  });
}

heldTest("a loop without an end ends at the plugin's limit", async (subject, isolation) => {
  const { ran, started } = await create(subject, isolation, { plan: "for (;;);" });
  assert.equal(started, false);
  assert.notEqual(ran.status, 0);
  // A process is killed in the midst of it, and the kernel's timer says why; the launcher says that it ended.
  assert.match(
    ran.stderr,
    /^container-hooks: cannot start container c1: plan of plugin held took longer than 1 s/,
  );
  assert.match(ran.stderr, /\[plugins\.held\] mode = "off"|look at what it waits for/);
  if (isolation === "process" && !subject.form.launcher) assert.equal(ran.signal, "SIGKILL");
});

heldTest("a promise that never settles ends at the plugin's limit", async (subject, isolation) => {
  const done = await create(subject, isolation, { plan: "await new Promise(() => {});" });
  assertRefused(done, /plan of plugin held took longer than 1 s/);
});

heldTest(
  "a rejection that nobody handles is the plugin's failure, with its line",
  async (subject, isolation) => {
    const done = await create(subject, isolation, { plan: `Promise.reject(new Error("left behind"));` });
    assertRefused(done, /plugins\/held\.ts:6:\d+\): left behind/);
  },
);

heldTest("an exception in a timer is the plugin's failure", async (subject, isolation) => {
  const done = await create(subject, isolation, {
    plan: `
    setTimeout(() => { throw new Error("in a timer"); });
    await new Promise((resolve) => setTimeout(resolve, 500));`,
  });
  assertRefused(done, /in a timer/);
});

heldTest(
  "what a plugin throws names its file, line and column, and the log shows the code",
  async (subject, isolation) => {
    const done = await create(subject, isolation, { plan: `    container.nothing.there;` });
    assertRefused(done, /\(\/\S+\/plugins\/held\.ts:6:\d+\): TypeError: Cannot read properties of undefined/);
    assert.match(done.log, /container\.nothing\.there/);
  },
);

heldTest("a change to the container is an error", async (subject, isolation) => {
  const done = await create(subject, isolation, { plan: `    container.process.args.push("--more");` });
  assertRefused(done, /held\.ts:6:\d+\): TypeError: Cannot add property/);
});

heldTest("standard output stays empty, and what is printed is in the log", async (subject, isolation) => {
  const done = await create(subject, isolation, {
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
  heldTest(`a plugin that ${what} around host is refused`, async (subject, isolation) => {
    assertRefused(await create(subject, isolation, { plan: code }), /is not defined.*`host` alone/);
  });
}

heldTest("what `needs` does not name is refused by name", async (subject, isolation) => {
  const read = await create(subject, isolation, { plan: `host.readTextFile("/etc/hostname");` });
  assertRefused(read, /it wants to read \/etc\/hostname.*needs\.read/);
});

heldTest("a program that needs.run does not name is refused", async (subject, isolation) => {
  const run = await create(subject, isolation, { plan: `await host.run("/bin/true", []);` });
  assertRefused(run, /it wants to run \/bin\/true.*needs\.run/);
});

heldTest("a prototype or a global that the core uses cannot be exchanged", async (subject, isolation) => {
  const done = await create(subject, isolation, {
    plan: `
    const tried: string[] = [];
    for (
      const change of [
        () => ((Array.prototype as any).map = () => []),
        () => ((Object.prototype as any).polluted = 1),
        () => ((Object.prototype as any).toString = 1),
        () => (JSON.stringify = (() => "{}") as any),
        () => ((globalThis as any).JSON = {}),
        () => (Promise.prototype.then = (() => {}) as any),
        () => ((String.prototype as any).startsWith = () => true),
      ]
    ) {
      try { change(); tried.push("changed"); } catch (error) { tried.push((error as Error).name); }
    }
    return { edits: [setEnv("HELD", tried.join(" "))] };`,
  });
  // A worker may do with its own isolate what it likes, and its edits arrive all the same.
  if (isolation === "worker") return assert.equal(done.ran.stderr.includes("defect"), false, done.ran.stderr);
  assert.equal(done.started, true, done.ran.stderr);
  assert.ok(done.env.includes(`HELD=${Array(7).fill("TypeError").join(" ")}`), done.env.join(" "));
});

heldTest("frozen prototypes do not keep a plugin from ordinary work", async (subject, isolation) => {
  const done = await create(subject, isolation, {
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

heldTest("more edits than a plugin may return are refused", async (subject, isolation) => {
  const done = await create(subject, isolation, {
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
    async (subject, isolation) => {
      const done = await create(subject, isolation, { plan });
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
  heldTest(what, async (subject, isolation) => {
    assertRefused(await create(subject, isolation, { plan }), says);
  });
}

heldTest("a program that wrote more than 16 MiB was told as a defect of ours", async (subject, isolation) => {
  const done = await create(subject, isolation, {
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
  async (subject, isolation) => {
    const done = await create(subject, isolation, { plan: `log.info("looked at");` });
    assert.match(done.log, /msg="looked at" container="c1" plugin="held"/);
  },
);

heldTest("an edit of the wrong shape is refused, naming the field", async (subject, isolation) => {
  const done = await create(subject, isolation, {
    plan: `return { edits: [{ edit: "env", name: "A", value: 1 }] };`,
  });
  assertRefused(done, /edits\[0\]\.value/);
});

heldTest(
  "an exception after the answer is told while another plugin is asked",
  async (subject, isolation) => {
    const waits = pluginText({ plan: "await new Promise((resolve) => setTimeout(resolve, 500));" }, "waits");
    subject.work.file("plugins/waits.ts", waits);
    const done = await create(subject, isolation, {
      plan: `
    setTimeout(() => { throw new Error("too late"); }, 100);
    return { edits: [setEnv("HELD", "answered")] };`,
    });
    // A worker is ended as soon as it has answered, and its timers with it.
    assert.equal(done.started, isolation === "worker", done.ran.stderr);
    if (isolation === "process") assert.match(done.ran.stderr, /plugin waits failed at plan: too late/);
  },
);

heldTest("a timer that was left behind delays nothing", async (subject, isolation) => {
  const started = Date.now();
  const done = await create(subject, isolation, { plan: `setTimeout(() => {}, 20000);` });
  assert.equal(done.started, true, done.ran.stderr);
  assert.ok(Date.now() - started < 20_000);
});

heldTest(
  "code of the disk cannot be imported by another way than a plain import",
  async (subject, isolation) => {
    const done = await create(subject, isolation, { plan: `await import("./other.ts");` });
    assert.equal(done.started, false);
    assert.match(done.ran.stderr, /import/);
  },
);

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
  heldTest(`code made from text by ${way} is refused`, async (subject, isolation) => {
    const done = await create(subject, isolation, { plan: `${code};` });
    assert.equal(done.ran.stdout.includes("written"), false);
    assertRefused(done, /code is not made from text/);
  });
}

heldTest("code that a plugin's top level throws is its failure", async (subject, isolation) => {
  const done = await create(subject, isolation, {
    above: `if (typeof Deno === "undefined") throw new Error("only when held");`,
    plan: "",
  });
  assertRefused(done, /only when held/);
});
