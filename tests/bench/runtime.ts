/** What a call of the runtime costs over bare runc: calls that pass through, and create with one hook. */
import { makeBundle } from "../harness/bundle.ts";
import type { Form } from "../harness/forms.ts";
import { install, type Installation } from "../harness/installation.ts";
import { which } from "../harness/run.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";
import { type Contestants, race, type Row, silently } from "./measure.ts";

const ROUNDS = 21;

/** The design's budget for create, by form. */
const CREATE_BUDGET: Record<string, number> = { portable: 15, compiled: 28 };

/** The design's budget for a call that passes through; it counts on the launcher. */
const PASS_THROUGH_BUDGET = 1;

/** Rows of `--version` and `create` of every form. */
export async function measureRuntime(forms: Form[]): Promise<Row[]> {
  using bareWork = workFolder();
  const works = forms.map(() => workFolder());
  try {
    const installed = await Promise.all(forms.map((form, i) => install(form, works[i]!, { hooks: HOOKS })));
    return [
      ...rows("call that passes through", installed, await passThrough(installed), () => PASS_THROUGH_BUDGET),
      ...rows(
        "create with one hook",
        installed,
        await create(bareWork, works, installed),
        (form) => CREATE_BUDGET[form],
      ),
    ];
  } finally {
    works.forEach((work) => work[Symbol.dispose]());
  }
}

const HOOKS = { prestart: [{ path: "/bin/true", args: ["true"], env: ["PATH=/bin"], timeout: 10 }] };
const RUNC = which("runc") ?? "runc";

function rows(
  what: string,
  installed: Installation[],
  times: Record<string, number>,
  budget: (form: string) => number | undefined,
): Row[] {
  return installed.map(({ form: { name } }) => ({
    what,
    form: name,
    unit: "ms" as const,
    bare: times.bare!,
    ours: times[name]!,
    ...(budget(name) === undefined ? {} : { budget: budget(name) }),
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
  const contestants: Contestants = { bare: await creator(bareWork, RUNC, {}, true) };
  for (const [i, { form, runtime, env }] of installed.entries()) {
    contestants[form.name] = await creator(works[i]!, runtime, env, false);
  }
  return await race(contestants, ROUNDS);
}

async function creator(work: WorkFolder, program: string, env: Record<string, string>, hooked: boolean) {
  const id = `bench-${crypto.randomUUID().slice(0, 8)}`;
  const bundle = await makeBundle(work, {
    edit: (spec) => void (hooked && Object.assign(spec, { hooks: HOOKS })),
  });
  const original = bundle.text();
  let made = false;
  return async () => {
    if (made) await silently([RUNC, "delete", "--force", id]);
    // An engine writes it anew for each container.
    await Deno.writeTextFile(bundle.config, original);
    made = true;
    return () => silently([program, "create", "--bundle", bundle.path, id], env);
  };
}
