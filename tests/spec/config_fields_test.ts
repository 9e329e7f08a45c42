/**
 * What a gate is shown of a container beside what runc and crun start, for each field that a gate may look at and
 * for everything that may stand there: absent, null, of a wrong type, twice, in another case, with U+0000.
 *
 * Where we do not refuse a text, each runtime either refuses it or starts what was shown.
 */
import assert from "node:assert/strict";
import { checkSpec } from "../../mod/core/check_spec.ts";
import type { Spec } from "../../mod/core/oci.ts";
import { withoutEngine } from "../../mod/engines/identity.ts";
import { Failure } from "../../mod/errors.ts";
import { makeContainer } from "../../mod/plan/container.ts";
import { parseJsonObject } from "../../mod/text/json/json_text.ts";
import type { Container } from "../../mod/api/plugin.ts";
import { makeBundle } from "../harness/bundle.ts";
import { crunMayRun } from "../harness/engines.ts";
import { type Need, testWith } from "../harness/needs.ts";
import { run, which } from "../harness/run.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";

/** What the container's own process sees, one fact a line. */
const SHOW = `b=/bin/busybox
echo "uid $($b id -u)"; echo "gid $($b id -g)"; echo "groups $($b id -G)"; echo "umask $(umask)"
echo "variable $X"; echo "folder $($b pwd)"
$b sed -n 's/^NoNewPrivs:./nnp /p; s/^CapBnd:.0*$/bound none/p; s/^CapBnd:.*[^0].*$/bound some/p' /proc/self/status
$b awk '$5 == "/" { print "root " substr($6, 1, 2) }' /proc/self/mountinfo
$b awk '$5 == "/mnt" { print "mounted " $5 }' /proc/self/mountinfo
[ -n "$($b head -c 1 /proc/version)" ] && echo "masked no" || echo "masked yes"
$b awk '$5 == "/proc/sys" { found = 1 } END { print "readonly " (found ? "yes" : "no") }' /proc/self/mountinfo
echo "end"`;

/** One field, what else may stand there, and what is seen of it in both places. */
interface Field {
  path: string;
  /** Beside absent and null. */
  values: unknown[];
  /** As the container shows it. */
  shown(container: Container): string;
  /** The fact that the process tells. */
  fact: string;
}

const groups = ({ user: { gid, additionalGids } }: Container["process"]) =>
  [gid, ...additionalGids.filter((other) => other !== gid)].join(" ");
const FOUND: Record<string, (container: Container) => string> = {
  uid: ({ process }) => String(process.user.uid),
  gid: ({ process }) => String(process.user.gid),
  groups: ({ process }) => groups(process),
  umask: ({ process }) => process.user.umask.toString(8).padStart(4, "0"),
  variable: ({ env }) => env.X ?? "",
  folder: ({ process }) => process.cwd ?? "none",
  nnp: ({ process }) => process.noNewPrivileges ? "1" : "0",
  root: ({ spec }) => spec.root?.readonly ? "ro" : "rw",
  bound: ({ process }) => process.capabilities!.bounding.length > 0 ? "some" : "none",
  masked: ({ linux }) => (linux.maskedPaths as string[]).includes("/proc/version") ? "yes" : "no",
  readonly: ({ linux }) => (linux.readonlyPaths as string[]).includes("/proc/sys") ? "yes" : "no",
  mounted: ({ mounts }) => mounts.some(({ destination }) => destination === "/mnt") ? "/mnt" : "",
};

const field = (path: string, fact: string, ...values: unknown[]): Field => ({
  path,
  values,
  shown: FOUND[fact]!,
  fact,
});

const NOT_NUMBERS = ["1000", true, 1.5, -1, 4294967296, {}, []];

const FIELDS: Field[] = [
  field("process.user", "uid", [], "x", 7, {}),
  field("process.user", "groups", [], "x", 7, {}),
  field("process.user.uid", "uid", 5, ...NOT_NUMBERS),
  field("process.user.gid", "gid", 5, ...NOT_NUMBERS),
  field("process.user.additionalGids", "groups", [9, 10], [], "5", ["5"], {}, [null]),
  field("process.user.umask", "umask", 63, "63", true),
  field("process.env", "variable", ["PATH=/bin", "X=2"], "X=2", ["PATH=/bin", "X=2", 3], ["X=2", null], {}),
  field("process.cwd", "folder", "/tmp", 7, [], ""),
  field("process.noNewPrivileges", "nnp", true, false, "true", 1, {}),
  field("root.readonly", "root", true, false, "true", 1, []),
  field("process.capabilities.bounding", "bound", ["CAP_KILL"], [], "CAP_KILL", {}),
  field("linux.maskedPaths", "masked", ["/proc/version"], [], "/proc/version", {}),
  field("linux.readonlyPaths", "readonly", ["/proc/sys"], [], "/proc/sys", {}),
  field("mounts", "mounted", {}, "x", [null], [{ destination: "/mnt", type: 7 }]),
];

/** Texts that no serialiser writes, made of one with `"uid":1000` and `"X=1"`. */
const TEXTS: Record<string, (text: string) => string> = {
  "a key twice": (text) => text.replace('"uid":1000', '"uid":1000,"uid":0'),
  "a key in another case": (text) => text.replace('"uid":1000', '"uid":1000,"Uid":0'),
  "a key in another case before it": (text) => text.replace('"uid":1000', '"UID":0,"uid":1000'),
  "an object in another case": (text) => text.replace('"user":', '"User":{"uid":0},"user":'),
  "a key that crun cuts": (text) => text.replace('"uid":1000', '"uid\\u0000x":0,"uid":1000'),
  "a key with half a pair": (text) => text.replace('"uid":1000', '"uid\\ud800":0,"uid":1000'),
  "a text that crun cuts": (text) => text.replace('"X=1"', '"X=1\\u00002"'),
  "a text with half a pair": (text) => text.replace('"X=1"', '"X=\\udfff"'),
  "a number with a fraction": (text) => text.replace('"uid":1000', '"uid":1000.0'),
  "a number with an exponent": (text) => text.replace('"uid":1000', '"uid":1e3'),
  "minus zero": (text) => text.replace('"uid":1000', '"uid":-0'),
  "a long way of writing a number": (text) => text.replace('"uid":1000', '"uid":1000000000000000000000e-18'),
  "an escaped key": (text) => text.replace('"uid":1000', '"\\u0075id":1000'),
  "an escaped key beside the plain one": (text) => text.replace('"uid":1000', '"\\u0075id":0,"uid":1000'),
};

/** Kept where the test below changes something else. */
function baseSpec(spec: Spec): void {
  Object.assign(spec.process!, {
    args: ["/bin/sh", "-c", SHOW],
    user: { uid: 1000, gid: 1001, additionalGids: [5] },
    env: ["PATH=/bin", "X=1"],
    cwd: "/",
    noNewPrivileges: true,
  });
  delete spec.process!.rlimits;
}

const RUNTIMES: { name: Need & ("runc" | "crun"); prefix: () => string[] }[] = [
  { name: "runc", prefix: () => [] },
  { name: "crun", prefix: crunMayRun },
];

/** What is shown, or the code of our refusal. */
function shownOf(text: string): Container | string {
  try {
    const spec = checkSpec(parseJsonObject(text, "config.json").value, "config.json");
    const call = {
      id: "c1",
      bundle: "/b",
      askedBundle: "/b",
      configFile: "/b/config.json",
      runtime: "/usr/bin/runc",
    };
    return makeContainer(spec, { ...call, operation: "create" }, withoutEngine("called by hand"));
  } catch (error) {
    if (error instanceof Failure && error.code !== "internal") return error.code;
    throw error;
  }
}

/** Facts that the container's process told; undefined where the runtime refuses it. */
async function startedBy(argv: string[], folder: string): Promise<Map<string, string> | undefined> {
  const id = `fields-${crypto.randomUUID().slice(0, 8)}`;
  const ran = await run([...argv, "run", "--bundle", folder, id]);
  if (!ran.stdout.includes("\nend\n")) return undefined;
  return new Map(
    ran.stdout.trimEnd().split("\n").map((line) => {
      const [name = "", ...rest] = line.split(" ");
      return [name, rest.join(" ").trim()];
    }),
  );
}

for (const { name, prefix } of RUNTIMES) {
  testWith(`a gate was shown another container than ${name} starts`, ["root", name, "busybox"], async () => {
    using work = workFolder();
    const argv = [...prefix(), which(name)!];
    const base = await baseText(work);
    const first = await startedBy(argv, base.folder);
    assert.equal(first?.get("uid"), "1000", "the base starts");
    const outcomes: string[] = [];
    for (const { path, values, shown, fact } of FIELDS) {
      for (const value of [undefined, null, ...values]) {
        const text = JSON.stringify(withValue(base.spec(), path, value));
        const what = `${path} = ${JSON.stringify(value) ?? "(absent)"}`;
        outcomes.push(await compare(base, argv, text, what, fact, shown));
      }
    }
    const plain = JSON.stringify(base.spec());
    for (const [what, change] of Object.entries(TEXTS)) {
      const text = change(plain);
      assert.notEqual(text, plain, what);
      outcomes.push(await compare(base, argv, text, what, "uid", FOUND.uid!));
      outcomes.push(await compare(base, argv, text, what, "variable", FOUND.variable!));
    }
    // It compares something: some are refused by us, some by the runtime, and some start as shown.
    for (const kind of ["refused by us", "refused by the runtime", "as shown"]) {
      assert.ok(outcomes.includes(kind), kind);
    }
  });
}

async function baseText(work: WorkFolder): Promise<{ folder: string; file: string; spec(): Spec }> {
  const { path, config, text } = await makeBundle(work, { edit: baseSpec });
  const made = text();
  return { folder: path, file: config, spec: () => JSON.parse(made) };
}

async function compare(
  { folder, file }: { folder: string; file: string },
  argv: string[],
  text: string,
  what: string,
  fact: string,
  shown: (container: Container) => string,
): Promise<string> {
  const container = shownOf(text);
  if (typeof container === "string") return "refused by us";
  Deno.writeTextFileSync(file, text);
  const started = await startedBy(argv, folder);
  if (!started) return "refused by the runtime";
  const seen = started.get(fact) ?? "";
  assert.equal(seen, shown(container), `${what}: ${fact}`);
  return "as shown";
}

/** A copy with one value; undefined takes the field away. */
function withValue(spec: Spec, path: string, value: unknown): Spec {
  const steps = path.split(".");
  const last = steps.pop()!;
  const holder = steps.reduce<Record<string, unknown>>(
    (branch, step) => branch[step] as Record<string, unknown>,
    spec as Record<string, unknown>,
  );
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return spec;
}
