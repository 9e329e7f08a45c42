/** What of ours runs at this moment: processes, their memory, plans. */

/** A moment, or the peak of many. */
export interface Ours {
  /** Processes that have not become the runtime yet. */
  processes: number;
  /** Of all of them, in MB; what they share is counted once. */
  memory: number;
  /** Creates that hold one of the slots for planning. */
  plans: number;
}

/** Milliseconds between two looks. */
const PAUSE = 20;

/**
 * Looks at the processes that this one has started, again and again until `work` is done.
 *
 * @param runtime Path of the runtime underneath: what runs it is not ours.
 * @param runFolder Where the slots are.
 * @returns the peak of each number by itself
 */
export async function peakDuring(work: Promise<void>, runtime: string, runFolder: string): Promise<Ours> {
  const peak: Ours = { processes: 0, memory: 0, plans: 0 };
  let done = false;
  const working = work.finally(() => done = true);
  while (!done) {
    const ours = processesOfOurs(runtime);
    const memory = ours.map(megabytes).reduce((sum, each) => sum + each, 0);
    peak.processes = Math.max(peak.processes, ours.length);
    peak.memory = Math.max(peak.memory, memory);
    peak.plans = Math.max(peak.plans, heldLocks(`${runFolder}/slots`));
    await Promise.race([working, new Promise((resolve) => setTimeout(resolve, PAUSE))]);
  }
  await working;
  return peak;
}

/** Descendants of this process, but for the runtime and what it becomes while it makes a container. */
function processesOfOurs(runtime: string): number[] {
  const children = Map.groupBy(numbersIn("/proc"), parentOf);
  const descendants = [...children.get(Deno.pid) ?? []];
  for (const pid of descendants) descendants.push(...children.get(pid) ?? []);
  return descendants.filter((pid) => {
    const program = linkOf(`/proc/${pid}/exe`);
    // runc runs its second half from a sealed copy in memory.
    return program !== undefined && program !== runtime && !program.startsWith("/memfd:");
  });
}

function parentOf(pid: number): number | undefined {
  // The name in front, in parentheses, can have any character.
  return Number(textOf(`/proc/${pid}/stat`).replace(/^.*\) \S+ /s, "").split(" ")[0]);
}

function megabytes(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1000;
}

/** How many of the folder's files are locked. */
function heldLocks(folder: string): number {
  const files = new Set(inodesOfSlots(folder));
  return textOf("/proc/locks").split("\n")
    .map((line) => line.split(/\s+/))
    .filter(([, kind, , , , file = ""]) => kind === "FLOCK" && files.has(Number(file.split(":")[2]))).length;
}

/** Of the slots, which are numbers: beside them stand the places at which launchers wait. */
function inodesOfSlots(folder: string): (number | null)[] {
  try {
    return numbersIn(folder).map((slot) => Deno.statSync(`${folder}/${slot}`).ino);
  } catch (error) {
    // The first of the creates makes it.
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function numbersIn(folder: string): number[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => Number(name)).filter(Number.isInteger);
}

/** "" where the process has ended. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** undefined where the process has ended. */
function linkOf(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return undefined;
  }
}
