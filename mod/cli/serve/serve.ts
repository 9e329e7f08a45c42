/** `container-hooks serve`: the service that plans for launchers, and how it does. */
import { runFolder } from "../../host/our_folders.ts";
import { watchInstalled } from "../../install/in_force.ts";
import { serveHandlers } from "../../serve/serve_handlers.ts";
import { servePlans } from "../../serve/serve_plans.ts";
import { readStatus, type ServiceStatus } from "../../serve/status.ts";
import { HANDLERS_FOLDER, SERVICE_FOLDER } from "../../wrapper/launcher_contract.ts";
import { printJson, printPairs } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";

/** Flags of the command. */
interface Flags {
  json: boolean;
  status: boolean;
  handlers: boolean;
}

/** Serves until it is asked to end, or tells. */
export async function serve(this: ProgramContext, { json, status, handlers }: Flags): Promise<void> {
  const { host, program } = this;
  if (!status && handlers) return await serveHandlers(host, program);
  if (!status) return await servePlans(host, program, watchInstalled(host, program.file));
  const plans = readStatus(host, `${runFolder(host)}/${SERVICE_FOLDER}`);
  const ofHandlers = readStatus(host, `${runFolder(host)}/${HANDLERS_FOLDER}`);
  if (json) return printJson(host, { runs: plans !== undefined, ...plans, handlers: ofHandlers ?? null });
  if (!plans) host.stdout("no service runs: each create starts the program\n");
  else await printPairs(host, pairsOf("service", "planned", plans));
  if (ofHandlers) await printPairs(host, pairsOf("handlers", "called", ofHandlers));
  else if (plans) host.stdout("no handlers are served: no plugin has any, or a hook starts the program\n");
}

function pairsOf(name: string, done: string, status: ServiceStatus): [string, string][] {
  const { pid, version, since, warm, refused, cold, median, p99, memory, isolates, placesTaken } = status;
  const failed = name === "service" ? "refused" : "failed";
  const pairs: [string, string][] = [
    [name, `runs, pid ${pid}, version ${version}`],
    ["since", new Date(since).toISOString()],
    [done, `${warm}, and ${refused} ${failed}`],
    [
      "took",
      median === undefined
        ? "nothing yet"
        : `${median.toFixed(1)} ms, 1 of 100 more than ${p99!.toFixed(1)} ms`,
    ],
    ["waiting", `${placesTaken} launchers`],
    ...status.keptCold === undefined
      ? []
      : [["sends away", `everybody: ${status.keptCold}`] as [string, string]],
    ["memory", `${Math.round(memory / 1e6)} MB, ${isolates} plugins kept warm`],
  ];
  const why = Object.entries(cold).map(([why, count]): [string, string] => ["sent away", `${count}: ${why}`]);
  const endedBy = status.tooOften.map((name): [string, string] => [
    "ended by",
    `plugin ${name}, twice: until its code changes, each create that asks it starts the program`,
  ]);
  return [...pairs, ...endedBy, ...why];
}
