/** What `docker run` costs over docker's own runc. */
import { startDocker } from "../harness/engines.ts";
import type { Form } from "../harness/forms.ts";
import { install } from "../harness/installation.ts";
import { workFolder } from "../harness/work_folder.ts";
import { race, type Row } from "./measure.ts";

const ROUNDS = 7;
const HOOKS = { prestart: [{ path: "/bin/true" }] };

/** Rows of `docker run true` of every form. */
export async function measureDocker(forms: Form[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const form of forms) {
    using work = workFolder();
    const installed = await install(form, work, { hooks: HOOKS });
    const runtime = "container-hooks-runtime";
    await using docker = await startDocker(work, {
      runtimes: { [runtime]: installed.runtime },
      env: installed.env,
    });
    let count = 0;
    const runOn = (runtime: string) => () =>
      Promise.resolve(async () => {
        const ran = await docker.runContainer({ id: `bench-${count++}`, runtime, args: ["true"] });
        if (ran.status !== 0) throw new Error(ran.stderr);
      });
    const times = await race({ bare: runOn("runc"), ours: runOn(runtime) }, ROUNDS);
    rows.push({ what: "docker run", form: form.name, unit: "ms", bare: times.bare!, ours: times.ours! });
  }
  return rows;
}
