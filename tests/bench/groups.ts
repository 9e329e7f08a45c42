/**
 * Where the containers of a benchmark are among the control groups: below one group of this process, so that all of
 * them can be found and ended, whatever became of the runtime's state and of the benchmark.
 */
import { type Bundle, type BundleSettings, makeBundle } from "../harness/bundle.ts";
import { until } from "../harness/until.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

const NAME = "container-hooks-bench-";

/** Group of this process, as `linux.cgroupsPath` has it. */
const OWN = `${NAME}${Deno.pid}`;

/** Makes a bundle whose container is in a group of its own below that of this process. */
export function makeBenchBundle(work: WorkFolder, settings: BundleSettings = {}): Promise<Bundle> {
  const name = `${settings.name ?? "bundle"}-${crypto.randomUUID().slice(0, 8)}`;
  return makeBundle(work, {
    ...settings,
    edit(spec) {
      spec.linux = { ...spec.linux, cgroupsPath: `/${OWN}/${name}` };
      settings.edit?.(spec);
    },
  });
}

/** Ends all that is left in the groups of this process, and in those of benchmarks that were killed. */
export async function removeGroups(): Promise<void> {
  const isOver = (pid: number) => pid === Deno.pid || !isThere(`/proc/${pid}`);
  for (const mount of hierarchies()) {
    for (const { name } of Deno.readDirSync(mount)) {
      const pid = Number(name.startsWith(NAME) ? name.slice(NAME.length) : NaN);
      if (Number.isInteger(pid) && isOver(pid)) await removeGroup(`${mount}/${name}`);
    }
  }
}

/**
 * Has the groups of this process removed at its end, an interrupt and a request to end included. Those of a process
 * that was killed are removed by the next one.
 */
export async function guardGroups(): Promise<AsyncDisposable> {
  await removeGroups();
  for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    Deno.addSignalListener(signal, () => void removeGroups().finally(() => Deno.exit(status)));
  }
  return { [Symbol.asyncDispose]: removeGroups };
}

/** Where control groups are mounted, of either version. */
function hierarchies(): string[] {
  const mounts = Deno.readTextFileSync("/proc/self/mountinfo").split("\n").map((line) => line.split(" "));
  return mounts.filter((words) => /^cgroup2?$/.test(words[words.indexOf("-") + 1] ?? "")).map((words) =>
    words[4]!
  );
}

/** A group can be removed once no process is in it or below it. */
async function removeGroup(group: string): Promise<void> {
  await until(`${group} is removed`, () => {
    for (const pid of processesIn(group)) kill(pid);
    removeEmpty(group);
    return true;
  });
}

function processesIn(group: string): number[] {
  const own = Deno.readTextFileSync(`${group}/cgroup.procs`).split("\n").map(Number).filter((pid) => pid > 1);
  return [...own, ...foldersIn(group).flatMap(processesIn)];
}

function removeEmpty(group: string): void {
  for (const folder of foldersIn(group)) removeEmpty(folder);
  Deno.removeSync(group);
}

function foldersIn(group: string): string[] {
  return Array.from(Deno.readDirSync(group)).filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => `${group}/${name}`);
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
