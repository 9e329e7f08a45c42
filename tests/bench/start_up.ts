/** How long the program takes to start, and how much memory a plan takes. */
import { type Form, portableFolder } from "../harness/forms.ts";
import { install } from "../harness/installation.ts";
import { probeRuntime } from "../harness/probe.ts";
import { workFolder } from "../harness/work_folder.ts";
import { makeBenchBundle } from "./groups.ts";
import { type Budget, budgetOf, median, race, type Row, silently, start } from "./measure.ts";

const ROUNDS = 15;
const PLANS = 5;

/** The design's budget for the resident memory of a cold plan, in MB. */
const MEMORY_BUDGET: Budget = { portable: 50, compiled: 70 };

/** Rows of `--help`, the shortest way through the program, of every form. */
export async function measureStartUp(forms: Form[]): Promise<Row[]> {
  const env = { CONTAINER_HOOKS_PORTABLE_DIR: portableFolder() };
  const helped = ({ path }: Form) => () => Promise.resolve(() => silently([path, "--help"], env));
  const times = await race(Object.fromEntries(forms.map((form) => [form.name, helped(form)])), ROUNDS);
  return forms.map(({ name }) => ({ what: "start-up (--help)", form: name, unit: "ms", ours: times[name]! }));
}

/** Rows of the resident memory at its peak, before the program becomes the runtime. */
export async function measureMemory(forms: Form[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const form of forms) {
    using work = workFolder();
    const installed = await install(form, work, {
      runtimes: [probeRuntime(work).path],
      hooks: { prestart: [{ path: "/bin/true" }] },
    });
    const bundle = await makeBenchBundle(work);
    const peaks: number[] = [];
    for (let plan = 0; plan <= PLANS; plan++) {
      const child = start([installed.runtime, "create", "--bundle", bundle.path, "c1"], installed.env);
      const peak = watchMemory(child.pid);
      await child.status;
      // The first start of the portable form unpacks it.
      if (plan > 0) peaks.push(peak);
    }
    rows.push({
      what: "memory of a plan",
      form: form.name,
      unit: "MB",
      ours: median(peaks),
      budget: budgetOf(form, MEMORY_BUDGET),
    });
  }
  return rows;
}

/**
 * Looks at the process again and again until it has ended. The kernel keeps the peak only while the program
 * runs: the runtime that it becomes begins anew.
 *
 * @returns MB
 */
function watchMemory(pid: number): number {
  let peak = 0;
  for (;;) {
    const kilobytes = Deno.readTextFileSync(`/proc/${pid}/status`).match(/VmHWM:\s+(\d+) kB/)?.[1];
    // A process that has ended, and was not waited for yet, has no memory left.
    if (kilobytes === undefined) return peak;
    peak = Math.max(peak, Number(kilobytes) / 1000);
  }
}
