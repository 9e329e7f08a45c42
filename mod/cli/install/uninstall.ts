/** `container-hooks uninstall`: takes back what install has made. */
import { oneLine } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { printJson, printTable } from "../kit/output.ts";
import { removesAnything, uninstall } from "../../install/uninstall.ts";
import { planUninstall, type UninstallPlan } from "../../install/uninstall_plan.ts";
import type { ProgramContext } from "../program_context.ts";
import { gather } from "./gather.ts";

interface Flags {
  json: boolean;
  dryRun: boolean;
  root?: string;
  force: boolean;
  purge: boolean;
}

/** Uninstalls, or with --dry-run shows what would be done. */
export async function uninstallProgram(this: ProgramContext, flags: Flags): Promise<void> {
  const { host } = this;
  const request = { ...flags, root: flags.root ?? "", self: this.program.file };
  const plan = await planUninstall(host, request);
  // The table comes first: what prints it lies in a file that is about to be removed.
  if (!flags.json) await printPlan(host, plan);
  const done = flags.dryRun ? plan : await uninstall(host, request);
  if (done.serviceTrouble !== undefined) this.process.exitCode = 1;
  if (flags.json) return printJson(host, inJson(done, flags.dryRun));
  if (done.serviceTrouble !== undefined) host.stderr(`\nthe service: ${oneLine(done.serviceTrouble)}\n`);
  if (flags.dryRun) return host.stdout("\nnothing was changed: --dry-run\n");
  if (done.record) return host.stdout("\nuninstalled\n");
  if (removesAnything(done)) host.stdout("\nwhat was left is removed\n");
}

async function printPlan(host: Host, { record, removals, inUse }: UninstallPlan): Promise<void> {
  host.stdout(record ? `version ${record.version}\n` : "nothing is installed\n");
  for (const place of inUse) host.stdout(`still named by ${place}\n`);
  if (removals.length === 0) return;
  host.stdout("\n");
  const rows = gather(removals).map(({ step: { action, note }, path, count }) => [
    action,
    `${path}${note ? ` (${note})` : ""}${count > 1 ? ` (${count} documents)` : ""}`,
  ]);
  await printTable(host, ["ACTION", "PATH"], rows);
}

function inJson({ record, removals, inUse, serviceTrouble }: UninstallPlan, dryRun: boolean): unknown {
  const steps = removals.map(({ action, path, note }) => ({ action, path, note }));
  return { version: record?.version, dryRun, inUse, serviceTrouble, steps };
}
