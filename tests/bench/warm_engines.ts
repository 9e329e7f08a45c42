/** What `docker run` and `podman run` cost over bare runc where the service plans. */
import { dockerClient, IMAGE } from "../harness/engines.ts";
import type { Form } from "../harness/forms.ts";
import { startHostEngines } from "../harness/host_engines.ts";
import { workFolder } from "../harness/work_folder.ts";
import { RUNC } from "./containers.ts";
import type { Entry } from "./inside/race.ts";
import type { Row } from "./measure.ts";
import { LAUNCHER, rowOf, THREE_PLUGINS, warmHost } from "./warm_host.ts";

const ROUNDS = 25;

/** How many times as long as bare runc's a `docker run` may take. */
const BUDGET = 1.03;

/** Rows of `run true` by docker and podman. */
export async function measureWarmEngines(forms: Form[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const form of forms) {
    using work = workFolder();
    await using engines = await startHostEngines(work);
    await using host = await warmHost(form, work, engines.host);
    // It says with its status that nothing but a restart reaches containerd, which has no part in this.
    await engines.host.run(["/usr/bin/container-hooks", "runtime", "configure", "--all"]);
    await host.configure(THREE_PLUGINS);
    const run = (client: string, runtime: string) => [
      ...[client, "run", "--rm", "--network=none", "--runtime", runtime, IMAGE, "true"],
    ];
    const contestants: Entry[] = [
      { name: "docker", calls: [run(dockerClient(), "runc")] },
      { name: "docker, ours", calls: [run(dockerClient(), "container-hooks")] },
      { name: "podman", calls: [run("podman", RUNC)] },
      { name: "podman, ours", calls: [run("podman", LAUNCHER)] },
    ];
    const times = await host.race({ rounds: ROUNDS, contestants });
    for (const engine of ["docker", "podman"]) {
      const about = { what: `${engine} run, 3 plugins`, form: `warm, ${form.name}` };
      const row = rowOf(times, about, engine, `${engine}, ours`);
      rows.push({ ...row, budget: row.bare! * (BUDGET - 1) });
    }
  }
  return rows;
}
