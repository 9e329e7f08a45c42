/** `container-hooks serve`: the service that plans for launchers, and how it does. */
import { runFolder } from "../../host/our_folders.ts";
import { watchInstalled } from "../../install/in_force.ts";
import { serveHandlers } from "../../serve/serve_handlers.ts";
import { servePlans } from "../../serve/serve_plans.ts";
import { readStatus } from "../../serve/status.ts";
import { listEntries } from "../../state/journal.ts";
import { countPlanned } from "../../state/planned.ts";
import { HANDLERS_FOLDER, SERVICE_FOLDER } from "../../wrapper/launcher_contract.ts";
import { printJson } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { printStatus } from "./print_status.ts";

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
  const record = countPlanned(listEntries(host));
  if (json) {
    return printJson(host, { runs: plans !== undefined, ...plans, handlers: ofHandlers ?? null, record });
  }
  await printStatus(host, plans, ofHandlers, record);
}
