/**
 * What plugins from the disk answer, taken apart on the built file: what denies, and what is refused, in the core's
 * process and in a worker.
 */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { install } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { probeRuntime } from "../harness/probe.ts";

/** What one plugin answers, with what its manifest says beside the ordinary. */
interface Answering {
  /** The body of `plan`. */
  plan: string;
  manifest?: string;
}

/** Creates a container with a plugin of `on-error = "warn"`. */
async function create({ form, work }: Subject, { plan, manifest = "" }: Answering) {
  const { path, calls } = probeRuntime(work);
  work.file(
    "plugins/odd.ts",
    `import { definePlugin, hook, mount, setEnv } from "container-hooks/plugin";
export default definePlugin({
  api: 1, name: "odd", version: "1.0.0", brief: "Answers oddly", ${manifest}
  plan(): any {
    ${plan}
  },
});
`,
  );
  const config = `[container-hooks]
path = "${work.path}/hooks.json"
plugin-dirs = ["${work.path}/plugins"]
[container-hooks-runtime]
debug = "${work.path}/own.log"
runtimes = ["${path}"]
[plugins.odd]
on-error = "warn"
`;
  const installed = await install(form, work, { config, runtimes: [path] });
  const bundle = await makeBundle(work);
  const env = { CONTAINER_HOOKS_STATE: `${work.path}/state` };
  const ran = await installed.asRuntime(["create", "--bundle", bundle.path, "c1"], { env });
  const explained = await installed.command(["explain", "c1", "--json"]);
  return {
    ran,
    started: calls().length > 0,
    spec: bundle.spec(),
    explained: explained.stdout,
    log: installed.log,
  };
}

function answerTest(name: string, body: (subject: Subject) => Promise<void>): void {
  specTest(name, ["root"], body);
}

const DENIALS: [what: string, plan: string, says: RegExp, manifest?: string][] = [
  ["a text", `return { deny: "no" };`, /plugin odd denies it: no;/],
  [
    "a text and a number",
    `return { deny: ["no", 7] };`,
    /denies it: no; deny\[1\] is of type number, and anything but/,
  ],
  ["a Set", `return { deny: new Set(["no"]) };`, /denies it: deny is of type object, and anything but/],
  [
    "an empty array with a field of its own",
    `return { deny: Object.assign([], { reason: "no" }) };`,
    /denies it: deny is of type object/,
  ],
  ["a function", `return { deny: () => "no" };`, /denies it: deny is of type function/],
  ["inherited", `return Object.create({ deny: ["no"] });`, /denies it: no;/],
  [
    "a getter of a class",
    `class Answer { get deny() { throw new Error("called"); } }
    return new Answer();`,
    /denies it: deny cannot be read as plain data/,
  ],
  [
    "beside edits that cannot be sent to another isolate",
    `return { deny: ["no"], edits: [() => {}] };`,
    /denies it: no;/,
  ],
  [
    "a gate that returns edits",
    `return { edits: [setEnv("A", "1")] };`,
    /denies it: it is a gate, and a gate may not return edits/,
    "gate: true,",
  ],
];

for (const [what, plan, says, manifest] of DENIALS) {
  answerTest(
    `a denial that is ${what} let the container start under on-error = warn`,
    async (subject) => {
      const { ran, started } = await create(subject, { plan, manifest });
      assert.match(ran.stderr, says);
      assert.equal(started, false, "the runtime was reached");
      assert.notEqual(ran.status, 0);
    },
  );
}

const HOOK = `path: "/bin/true", args: ["true"]`;
const REFUSED: [what: string, plan: string, says: RegExp][] = [
  [
    "a hook of a class lost its environment when it was copied",
    `class Hook { path = "/bin/true"; args = ["true"]; get env() { return ["A=1"]; } }
    return { edits: [{ edit: "hook", stage: "createContainer", hook: new Hook() }] };`,
    /edits\[0\]\.hook\\?" must be a plain object/,
  ],
  [
    "a hook that inherits its environment lost it when it was copied",
    `return { edits: [{ edit: "hook", stage: "createContainer", hook: Object.create({ ${HOOK}, env: ["A=1"] }) }] };`,
    /edits\[0\]\.hook\\?" must be a plain object/,
  ],
  [
    "an environment with an iterator of its own was another one when it was written",
    `const env = Object.defineProperty(["LD_PRELOAD=/x"], Symbol.iterator, { value: () => ["A=1"].values() });
    return { edits: [{ edit: "hook", stage: "createContainer", hook: { ${HOOK}, env } }] };`,
    /edits\[0\]\.hook\.env\\?" must be an array without fields of its own/,
  ],
  [
    "two different mounts at one place were both made",
    `return { edits: ["/x", "//x/"].map((destination, i) => mount({ destination, source: "/bin", options: ["bind", "r" + "ow"[i]] })) };`,
    /plugin odd wants two different values for the mount at \/x/,
  ],
  [
    "1,500 edits",
    `return { edits: Array.from({ length: 1500 }, (_, i) => setEnv("V" + i, "x")) };`,
    /edits has 1500 entries, and 1000 is the limit/,
  ],
];

for (const [what, plan, says] of REFUSED) {
  answerTest(what, async (subject) => {
    const { ran, spec, log } = await create(subject, { plan });
    const said = ran.stderr + await Deno.readTextFile(log).catch(() => "");
    assert.match(said, says);
    assert.equal(spec.hooks?.createContainer, undefined);
    assert.equal(
      spec.mounts?.some(({ destination }: { destination: string }) => destination.includes("x")),
      false,
    );
  });
}

answerTest(
  "numbers of 64 bits come through plan, config.json, journal and explain",
  async (subject) => {
    const { ran, started, spec, explained } = await create(subject, {
      plan: `return {
      edits: [{ edit: "rlimit", type: "RLIMIT_CORE", soft: 4294967295n, hard: 2n ** 64n - 1n }],
      carry: { infinity: 2n ** 64n - 1n },
    };`,
    });
    assert.deepEqual([ran.stderr, started], ["", true]);
    const limit = spec.process?.rlimits?.find(({ type }: { type: string }) => type === "RLIMIT_CORE");
    assert.deepEqual(limit, { type: "RLIMIT_CORE", hard: Number(2n ** 64n - 1n), soft: 4294967295 });
    assert.match(explained, /"infinity": 18446744073709551615\n/);
  },
);
