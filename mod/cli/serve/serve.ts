/** `container-hooks serve`: the service that plans for launchers, and how it does. */
import { runFolder } from "../../host/our_folders.ts";
import { servePlans } from "../../serve/serve_plans.ts";
import { readStatus, type ServiceStatus } from "../../serve/status.ts";
import { SERVICE_FOLDER } from "../../wrapper/launcher_contract.ts";
import { printJson, printPairs } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";

/** Serves until it is asked to end, or tells. */
export async function serve(this: ProgramContext, flags: { json: boolean; status: boolean }): Promise<void> {
  if (!flags.status) return await servePlans(this.host, this.program);
  const status = readStatus(this.host, `${runFolder(this.host)}/${SERVICE_FOLDER}`);
  if (flags.json) return printJson(this.host, { runs: status !== undefined, ...status });
  if (!status) {
    this.host.stdout("no service runs: each create starts the program\n");
    return;
  }
  await printPairs(this.host, pairsOf(status));
}

function pairsOf(status: ServiceStatus): [string, string][] {
  const { pid, version, since, warm, refused, cold, median, p99, memory, isolates, placesTaken } = status;
  const pairs: [string, string][] = [
    ["service", `runs, pid ${pid}, version ${version}`],
    ["since", new Date(since).toISOString()],
    ["planned", `${warm}, and ${refused} refused`],
    [
      "took",
      median === undefined
        ? "nothing yet"
        : `${median.toFixed(1)} ms, 1 of 100 more than ${p99!.toFixed(1)} ms`,
    ],
    ["waiting", `${placesTaken} launchers`],
    ["memory", `${Math.round(memory / 1e6)} MB, ${isolates} plugins kept warm`],
  ];
  const why = Object.entries(cold).map(([why, count]): [string, string] => ["sent away", `${count}: ${why}`]);
  const endedBy = status.tooOften.map((name): [string, string] => [
    "ended by",
    `plugin ${name}, twice: until its code changes, each create starts the program`,
  ]);
  return [...pairs, ...endedBy, ...why];
}
