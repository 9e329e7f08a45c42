/** Memory of the service: at its start, and after many plans that one caller asks for as fast as it can. */
import type { Form } from "../harness/forms.ts";
import { workFolder } from "../harness/work_folder.ts";
import { askServiceText } from "../../mod/wrapper/fill_script.ts";
import { RUNC } from "./containers.ts";
import { makeBenchBundle } from "./groups.ts";
import { type Budget, budgetOf, type Row } from "./measure.ts";
import { THREE_PLUGINS, type WarmHost, warmHost } from "./warm_host.ts";

/** After how many plans it is looked at; `--plans` adds one. */
const LOOKS = [0, 1000];

/** The design's budget for all processes of the service, in MB. */
const BUDGET: Budget = { portable: 110, compiled: 200 };

/** Plans of one call of the caller; what the journal keeps of them is taken away in between. */
const BATCH = 1000;

/** Seconds that it may take on a busy machine. */
const CALLER_LIMIT = 600;

/** Where the caller lies on the private host. */
const CALLER = "/usr/local/bin/bench-caller";

/**
 * The launcher's own lines, again and again in one process. Its last arguments are those of a create.
 *
 * @param program What the service serves.
 */
function callerText(program: string): string {
  return `#!/bin/sh
container_hooks_program='${program}'
container_hooks_newline='
'
${askServiceText()}
plans=$1 done=0 warm=0
shift
set -C
while [ "$done" -lt "$plans" ]; do
  container_hooks_ask /run/container-hooks/service $# ${RUNC} 2>/dev/null
  case $container_hooks_said in *" edited "*) warm=$((warm + 1)) ;; esac
  done=$((done + 1))
done
echo "$warm"
`;
}

/** For it there is a second process. */
const HANDLING = { name: "handles", plan: "return {};", rest: "on: { poststop() {} }," };

/** Rows of the resident memory. @param plans The last look is after so many. */
export async function measureServiceMemory(forms: Form[], plans: number): Promise<Row[]> {
  const looks = [...new Set([...LOOKS, plans])].toSorted((a, b) => a - b);
  const rows: Row[] = [];
  for (const form of forms) {
    using work = workFolder();
    await using host = await warmHost(form, work);
    await host.configure([...THREE_PLUGINS, HANDLING]);
    const bundle = await makeBenchBundle(work);
    const create = ["create", "--bundle", bundle.path, "bench-memory"];
    const { stdout: announced } = await host.served.host.mustRun(["cat", "/run/container-hooks/service/now"]);
    const program = announced.trimEnd().split(" ").slice(3).join(" ");
    await host.served.host.write(CALLER, callerText(program));
    let planned = 0;
    for (const look of looks) {
      for (; planned < look; planned += BATCH) await askFor(host, create, Math.min(BATCH, look - planned));
      rows.push({
        what: look === 0 ? "memory of the service, 3 plugins and a handler" : `... after ${look} plans`,
        form: `warm, ${form.name}`,
        unit: "MB",
        ours: await memoryOf(host),
        budget: budgetOf(form, BUDGET),
      });
    }
  }
  return rows;
}

/** A service that becomes its successor sends the callers of that moment away; they are not counted. */
async function askFor({ served: { host } }: WarmHost, create: string[], plans: number): Promise<void> {
  for (let left = plans; left > 0;) {
    const { stdout } = await host.mustRun(["sh", CALLER, String(left), ...create], { limit: CALLER_LIMIT });
    left -= Number(stdout);
  }
  await host.mustRun(["sh", "-c", "rm -rf /run/container-hooks/journal /var/lib/container-hooks/bundles"]);
}

/** Of both processes of the service, in MB; what they share is counted once. */
async function memoryOf({ served }: WarmHost): Promise<number> {
  const { pid, handlers } = await served.status();
  const megabytes = (pid: number) =>
    Number(/^Pss:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`))?.[1]) / 1000;
  return megabytes(pid!) + (handlers ? megabytes(handlers.pid) : 0);
}
