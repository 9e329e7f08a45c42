/** Many creates at once: how long all of them take, and how much of ours is there at the same time. */
import type { Form } from "../harness/forms.ts";
import { install } from "../harness/installation.ts";
import { workFolder } from "../harness/work_folder.ts";
import {
  bareCaller,
  type Caller,
  caller,
  type Container,
  HOOKS,
  openContainers,
  RUNC,
} from "./containers.ts";
import type { Row } from "./measure.ts";
import { type Ours, peakDuring } from "./processes.ts";

const CREATES = 200;

/** The design's budget for the memory of all our processes at any time, in MB. */
const MEMORY_BUDGET = 1000;

/** How many plan at once where nobody has configured it. */
const PLANS_BUDGET = 4;

/** How many containers are removed at once. */
const REMOVALS = 4;

/** Rows of the time of all creates, and of the peaks, for every way of calling us. */
export async function measureCrowd(forms: Form[]): Promise<Row[]> {
  using bareWork = workFolder();
  const rows: Row[] = [];
  for (const form of forms) {
    using work = workFolder();
    const installed = await install(form, work, { hooks: HOOKS });
    const bare = await wallTime(bareCaller(bareWork, true));
    const ours = await wallTime(caller(work, installed));
    const peak = await peakOf(caller(work, installed), installed.runFolder);
    rows.push(
      { what: `${CREATES} creates at once`, form: form.name, unit: "s", bare, ours },
      ...peaks(form, peak),
    );
  }
  return rows;
}

function peaks({ name: form }: Form, { memory, plans, processes }: Ours): Row[] {
  return [
    { what: "... memory of ours", form, unit: "MB", ours: memory, budget: MEMORY_BUDGET },
    { what: "... plans", form, unit: "", ours: plans, budget: PLANS_BUDGET },
    { what: "... processes of ours", form, unit: "", ours: processes },
  ];
}

/** In seconds, of one time: what it is made of has happened many times then. */
async function wallTime(caller: Caller): Promise<number> {
  await using crowd = await openCrowd(caller);
  const start = performance.now();
  await crowd.createAll();
  return (performance.now() - start) / 1000;
}

/** Apart from the time, because looking at so many processes takes some. */
async function peakOf(caller: Caller, runFolder: string): Promise<Ours> {
  await using crowd = await openCrowd(caller);
  return await peakDuring(crowd.createAll(), Deno.realPathSync(RUNC), runFolder);
}

interface Crowd extends AsyncDisposable {
  createAll(): Promise<void>;
}

/** The first create is made ahead of the others: it unpacks the program and makes the index. */
async function openCrowd(caller: Caller): Promise<Crowd> {
  const containers = openContainers();
  const first = await containers.add(caller);
  await first.call("create");
  const crowd: Container[] = [];
  while (crowd.length < CREATES) crowd.push(await containers.add(caller));
  return {
    async createAll() {
      const ended = await Promise.allSettled(crowd.map((container) => container.call("create")));
      const failed = ended.filter(({ status }) => status === "rejected").length;
      if (failed > 0) throw new Error(`${failed} of ${CREATES} creates failed`);
    },
    async [Symbol.asyncDispose]() {
      await inTurns([...crowd], (container) => container.reset());
      await containers[Symbol.asyncDispose]();
    },
  };
}

async function inTurns(containers: Container[], action: (container: Container) => Promise<void>) {
  const worker = async () => {
    for (let next = containers.pop(); next !== undefined; next = containers.pop()) await action(next);
  };
  await Promise.all(Array.from({ length: REMOVALS }, worker));
}
