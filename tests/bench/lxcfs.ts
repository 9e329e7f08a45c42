/**
 * What lxcfs's files cost a container, by our plugin and by the shell script that users write today.
 *
 *     deno task bench --only lxcfs                what both add to a create
 *     deno run -A tests/bench/lxcfs.ts [--json]   the two side by side: lines, time, what happens on failure
 */
import { getBorderCharacters, table } from "table";
import type { BundleSettings } from "../harness/bundle.ts";
import { builtFiles, type Form } from "../harness/forms.ts";
import { install, type Installation } from "../harness/installation.ts";
import { type Lxcfs, lxcfsOn } from "../harness/lxcfs.ts";
import { run } from "../harness/run.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";
import { bareCaller, caller, openContainers, RUNC } from "./containers.ts";
import { makeBenchBundle } from "./groups.ts";
import { type Contestants, race, type Row } from "./measure.ts";

const ROUNDS = 9;

/** A prestart hook as those that are passed around: it mounts what it finds, and looks at nothing else. */
function scriptText(folder: string): string {
  return `#!/bin/sh
LXCFS=${folder}
state=$(cat)
pid=$(echo "$state" | sed -n 's/.*"pid": *\\([0-9]*\\).*/\\1/p')
bundle=$(echo "$state" | sed -n 's/.*"bundle": *"\\([^"]*\\)".*/\\1/p')
rootfs=$(sed -n '/"root"/,/}/s/.*"path": *"\\([^"]*\\)".*/\\1/p' "$bundle/config.json" | head -n 1)
for file in cpuinfo meminfo diskstats stat swaps uptime loadavg; do
  nsenter --target "$pid" --mount -- mount -n --bind "$LXCFS/proc/$file" "$rootfs/proc/$file"
done
nsenter --target "$pid" --mount -- mount -n --bind "$LXCFS/sys/devices/system/cpu" "$rootfs/sys/devices/system/cpu"
exit 0
`;
}

/** All that an administrator writes for our plugin. */
const POLICY = "[plugins.lxcfs]\n";

/** A container that a way of mounting is tried on. */
interface Way {
  name: string;
  /** Lines that somebody writes and keeps. */
  lines: number;
  /** Runs a container to its end. */
  call: (bundle: string, id: string) => ReturnType<typeof run>;
  /** What the bundle has to have for it. */
  hooks?: unknown;
}

function waysOf(work: WorkFolder, lxcfs: Lxcfs, ours: Installation): Way[] {
  const text = scriptText(lxcfs.folder);
  const path = work.program("lxcfs-hook.sh", text);
  return [
    {
      name: "plugin lxcfs",
      lines: POLICY.trimEnd().split("\n").length,
      call: (bundle, id) => ours.asRuntime(["run", "--bundle", bundle, id]),
    },
    {
      name: "shell script",
      lines: text.trimEnd().split("\n").length,
      call: (bundle, id) => run([RUNC, "run", "--bundle", bundle, id]),
      hooks: { prestart: [{ path, env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] }] },
    },
  ];
}

function installFor(form: Form, work: WorkFolder, { folder }: Lxcfs, policy = POLICY): Promise<Installation> {
  return install(form, work, {
    config: `[container-hooks]
path = "${work.path}/hooks.json"
[container-hooks-runtime]
debug = "${work.path}/own.log"
runtimes = ["${RUNC}"]
${policy}${policy && `options.folder = "${folder}"\n`}`,
  });
}

/** Rows of `create`: each over the same way of calling without lxcfs's files, the script over runc itself. */
export async function measureLxcfs(forms: Form[]): Promise<Row[]> {
  using works = new DisposableStack();
  const work = () => works.use(workFolder());
  const first = work();
  await using lxcfs = lxcfsOn(first);
  await lxcfs.start();
  await using containers = openContainers();
  const script = {
    prestart: [{ path: first.program("hook.sh", scriptText(lxcfs.folder)), env: ["PATH=/usr/bin:/bin"] }],
  };
  const contestants: Contestants = {
    runc: await containers.contestant(bareCaller(work()), "create"),
    script: await containers.contestant({ ...bareCaller(work()), hooks: script }, "create"),
  };
  for (const form of forms) {
    for (const [name, policy] of [["without", ""], ["with", POLICY]] as const) {
      const folder = work();
      const installed = await installFor(form, folder, lxcfs, policy);
      contestants[`${form.name} ${name}`] = await containers.contestant(caller(folder, installed), "create");
    }
  }
  const times = await race(contestants, ROUNDS);
  return [
    ...forms.map((form): Row => ({
      what: "create, plugin lxcfs, over none",
      form: form.name,
      unit: "ms",
      bare: times[`${form.name} without`]!,
      ours: times[`${form.name} with`]!,
    })),
    {
      what: "create, lxcfs by a shell script",
      form: "runc",
      unit: "ms",
      bare: times.runc!,
      ours: times.script!,
    },
  ];
}

/** What a user sees of one way when things are not as they should be. */
async function behaviour(work: WorkFolder, lxcfs: Lxcfs, way: Way): Promise<Record<string, string>> {
  const attempt = async (command: string, edit: BundleSettings["edit"] = () => {}) => {
    const bundle = await makeBenchBundle(work, {
      name: `b${crypto.randomUUID().slice(0, 8)}`,
      args: ["sh", "-c", command],
      edit(spec) {
        Object.assign(spec, way.hooks ? { hooks: way.hooks } : {});
        edit(spec);
      },
    });
    const { status, stdout, stderr } = await way.call(bundle.path, bundle.path.split("/").at(-1)!);
    return { status, text: (stdout.trim() || stderr.trim()).split("\n").at(-1)!.slice(0, 110) };
  };
  await lxcfs.start();
  const own = work.file("own", "MemTotal: its own\n");
  const withOwn: BundleSettings["edit"] = (spec) =>
    void spec.mounts!.push({ destination: "/proc/meminfo", source: own, type: "bind", options: ["bind"] });
  const result = {
    "writes reach the host": (await attempt("echo add >/sys/devices/system/cpu/uevent && echo yes")).text,
    "the container's own /proc/meminfo": (await attempt("head -n 1 /proc/meminfo", withOwn)).text,
  };
  await lxcfs.kill();
  const dead = await attempt("head -n 1 /proc/meminfo");
  return { ...result, "lxcfs is dead at create": `status ${dead.status}: ${dead.text}` };
}

async function compare(form: Form): Promise<Record<string, Record<string, string>>> {
  using work = workFolder();
  await using lxcfs = lxcfsOn(work);
  const ours = await installFor(form, work, lxcfs);
  const rows = await measureLxcfs([form]);
  const result: Record<string, Record<string, string>> = {};
  for (const [index, way] of waysOf(work, lxcfs, ours).entries()) {
    const { ours, bare } = rows[index]!;
    result[way.name] = {
      "lines to write": String(way.lines),
      "added to a create": `${(ours - bare!).toFixed(1)} ms`,
      ...await behaviour(work, lxcfs, way),
      "lxcfs restarted under it": way.hooks
        ? "nothing; users write a second script"
        : "lxcfs remount, lxcfs watch",
    };
  }
  return result;
}

if (import.meta.main) {
  const result = await compare(builtFiles()[0]!);
  const [first, second] = Object.values(result);
  const rows = Object.keys(first!).map((what) => [what, first![what]!, second![what]!]);
  console.log(
    Deno.args.includes("--json")
      ? JSON.stringify(result, null, 2)
      : table([["", ...Object.keys(result)], ...rows], {
        border: getBorderCharacters("void"),
        columnDefault: { width: 60, wrapWord: true },
        columns: { 0: { width: 34 } },
        drawHorizontalLine: () => false,
      }),
  );
}
