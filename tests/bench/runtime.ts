/** What a call of the runtime costs over bare runc: calls that pass through, and create with one hook. */
import type { Form } from "../harness/forms.ts";
import { install, type Installation } from "../harness/installation.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";
import { bareCaller, caller, HOOKS, openContainers, RUNC } from "./containers.ts";
import { addEmpty, overEmpty } from "./empty_program.ts";
import { type Contestants, race, type Row, silently } from "./measure.ts";

const ROUNDS = 21;

/** The design's budget for a create with hooks.json alone, in milliseconds over an empty program of the same runtime. */
const CREATE_BUDGET = 15;

/** The design's budget for a call that passes through the launcher, in milliseconds. */
const PASS_THROUGH_BUDGET = 1;

/** Rows of `--version` and `create`, for every way of calling us. */
export async function measureRuntime(forms: Form[]): Promise<Row[]> {
  using bareWork = workFolder();
  const works = forms.map(() => workFolder());
  try {
    const installed = await Promise.all(forms.map((form, i) => install(form, works[i]!, { hooks: HOOKS })));
    const times = await create(bareWork, works, installed);
    return [
      ...rows(
        "call that passes through",
        forms,
        await passThrough(installed),
        ({ launcher }) => launcher && PASS_THROUGH_BUDGET,
      ),
      ...rows(
        "create with one hook",
        forms,
        times,
        (form) => overEmpty(times, form, CREATE_BUDGET),
      ),
    ];
  } finally {
    works.forEach((work) => work[Symbol.dispose]());
  }
}

function rows(
  what: string,
  forms: Form[],
  times: Record<string, number>,
  budget: (form: Form) => number | undefined,
): Row[] {
  return forms.map((form) => ({
    what,
    form: form.name,
    unit: "ms",
    bare: times.bare!,
    ours: times[form.name]!,
    budget: budget(form),
  }));
}

async function passThrough(installed: Installation[]): Promise<Record<string, number>> {
  const call = (program: string, env = {}) => () =>
    Promise.resolve(() => silently([program, "--version"], env));
  return await race({
    bare: call(RUNC),
    ...Object.fromEntries(installed.map(({ form, runtime, env }) => [form.name, call(runtime, env)])),
  }, ROUNDS);
}

/** Bare runc gets a bundle that has the hook already, so that the hook's own time is on both sides. */
async function create(
  bareWork: WorkFolder,
  works: WorkFolder[],
  installed: Installation[],
): Promise<Record<string, number>> {
  await using containers = openContainers();
  const contestants: Contestants = {
    bare: await containers.contestant(bareCaller(bareWork, true), "create"),
  };
  for (const [i, ours] of installed.entries()) {
    contestants[ours.form.name] = await containers.contestant(caller(works[i]!, ours), "create");
    await addEmpty(contestants, ours.form, works[i]!);
  }
  return await race(contestants, ROUNDS);
}
