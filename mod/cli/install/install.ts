/** `container-hooks install`: puts the running file in place. */
import { oneLine, quote } from "../../errors.ts";
import { folderOf } from "../../core/path.ts";
import type { Host } from "../../host/host.ts";
import { printJson, printPairs, printTable } from "../kit/output.ts";
import { install, type InstallPlan, type InstallRequest, planInstall } from "../../install/install.ts";
import { COMMAND } from "../../install/places.ts";
import { type ProgramFile, readProgram } from "../../install/program_file.ts";
import { enterRoot } from "../../install/root.ts";
import { UNIT } from "../../install/service_unit.ts";
import type { Step } from "../../install/transaction.ts";
import type { ProgramContext } from "../program_context.ts";
import { gather, type Gathered } from "./gather.ts";
import { listDocuments } from "./documents.ts";

interface Flags {
  json: boolean;
  dryRun: boolean;
  root?: string;
  prefix?: string;
  bindir?: string;
  service?: boolean;
}

/** Installs, or with --dry-run shows what would be done. */
export async function installProgram(this: ProgramContext, flags: Flags): Promise<void> {
  const { host } = this;
  const root = flags.root ?? "";
  enterRoot(host, root); // Another user may not even be able to read all of the program.
  const request: InstallRequest = {
    root,
    prefix: flags.prefix || undefined,
    bin: flags.bindir || undefined,
    service: flags.service,
    program: await readProgram(host, this.program),
    documents: listDocuments(this),
  };
  const plan = await (flags.dryRun ? planInstall : install)(host, request);
  if (plan.serviceTrouble !== undefined) this.process.exitCode = 1;
  if (flags.json) return printJson(host, inJson(plan, flags.dryRun));
  await printPlan(host, plan, flags.dryRun ? notChanged(request.program, this.program.unpacked) : undefined);
}

/** Tells that --dry-run has installed nothing, and what the start itself has put on the disk. */
export function notChanged({ path, size }: Pick<ProgramFile, "path" | "size">, unpacked?: string): string {
  const nothing = "nothing was changed: --dry-run";
  // The one that is installed lies in that folder.
  if (unpacked === undefined || folderOf(path) === unpacked) return nothing;
  const megabytes = Math.round(size / 1e6);
  return `${nothing}; to run at all, the portable form is unpacked in ${quote(unpacked)} (${megabytes} MB)`;
}

async function printPlan(host: Host, plan: InstallPlan, unchanged: string | undefined): Promise<void> {
  const { request: { root, program }, steps, launchers, earlier } = plan;
  await printPairs(host, [
    ["program", `${program.version}, ${program.form}, sha256 ${program.sha256}`],
    ["from", quote(program.path)],
    ...root ? [["root", quote(root)] as const] : [],
    ["before", earlier ? `${earlier.version}${earlier.state === "whole" ? "" : ", not finished"}` : "none"],
    ["service", serviceSentence(plan)],
    ...launchers.map(({ path, runtime }) => ["launcher", `${path} in front of ${quote(runtime)}`] as const),
  ]);
  const changes = steps.filter(({ action, note }) => action !== "keep" || note);
  host.stdout("\n");
  if (changes.length > 0) {
    const rows = gather(changes.map((step) => ({ ...step, path: step.item.path })));
    await printTable(host, ["ACTION", "WHAT", "MODE", "PATH"], rows.map(row));
  }
  const done = steps.length - changes.length;
  if (done > 0) {
    host.stdout(`${changes.length > 0 ? "\n" : ""}${done} of ${steps.length} are there already\n`);
  }
  if (unchanged !== undefined) host.stdout(`\n${unchanged}\n`);
  else if (plan.serviceTrouble !== undefined) {
    host.stderr(`\nthe service: ${oneLine(plan.serviceTrouble)}; see systemctl status ${UNIT}\n`);
  } else if (!earlier && !root) host.stdout(`\nnext: ${plan.bin}/${COMMAND} runtime configure\n`);
}

/** What becomes of the service, and what is left to do. */
function serviceSentence({ service, bin, request: { root } }: InstallPlan): string {
  switch (service) {
    case "start":
      return `${UNIT} is enabled and started`;
    case "restart":
      return `${UNIT} is restarted where it runs`;
    case "stop":
      return `${UNIT} is stopped and removed`;
    case "lay out":
      return root === ""
        ? `${UNIT} is laid out; systemd does not run here: systemctl enable ${UNIT} once it does`
        : `${UNIT} is laid out: systemctl --root ${quote(root)} enable ${UNIT}`;
    case "tell":
      return `no systemd here: have the init run ${bin}/${COMMAND} serve`;
    case "leave out":
      return "left out: each create starts the program; --service has it run";
  }
}

function row({ step: { action, item, note }, path, count }: Gathered<Step & { path: string }>): string[] {
  if (count > 1) return [action, `${count} documents`, "", path];
  const target = item.kind === "link" ? ` -> ${item.target}` : "";
  return [action, item.kind, modeOf(item), `${item.path}${target}${note ? ` (${note})` : ""}`];
}

function modeOf(item: Step["item"]): string {
  return item.kind === "link" ? "" : item.mode.toString(8).padStart(4, "0");
}

function inJson(
  { request: { root, program }, steps, folder, bin, earlier, service, serviceTrouble }: InstallPlan,
  dryRun: boolean,
): unknown {
  const { version, form, sha256, path } = program;
  return {
    version,
    form,
    sha256,
    from: path,
    root: root || "/",
    folder,
    bin,
    before: earlier?.version,
    service,
    serviceTrouble,
    dryRun,
    steps: steps.map(({ action, item, note }) => ({
      action,
      ...item,
      ...item.kind === "link" ? {} : { mode: modeOf(item) },
      note,
    })),
  };
}
