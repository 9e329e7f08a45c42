/** `container-hooks doctor`: puts the checks together and prints what they find. */
import { printJson } from "../kit/output.ts";
import { printFindings } from "../kit/print_findings.ts";
import { checkBypass } from "../../doctor/bypass.ts";
import { checkCgroups } from "../../doctor/cgroups.ts";
import { checkConfiguration } from "../../doctor/configuration.ts";
import { checkDenials } from "../../doctor/denials.ts";
import { checkNeverStarted } from "../../doctor/never_started.ts";
import { checkPlugins } from "../../doctor/plugins.ts";
import { checkRootless } from "../../doctor/rootless.ts";
import { type NamedCheck, runChecks, statusOf } from "../../doctor/run_checks.ts";
import { checkService } from "../../doctor/service.ts";
import { checkOwnership } from "../../doctor/ownership.ts";
import { checkExecutable, checkStorage } from "../../doctor/storage.ts";
import type { Host } from "../../host/host.ts";
import { CONTROLS } from "../../engines/setup/controls.ts";
import { PROGRAM_NAME } from "../../install/compare_item.ts";
import { checkDamage } from "../../doctor/damage.ts";
import { checkEngineRecords } from "../../doctor/engine_records.ts";
import { checkEngine } from "../../doctor/engines.ts";
import { knownInstallation } from "../../doctor/installation.ts";
import { checkInstallation, checkRuntimes, launchersOf } from "../../doctor/launchers.ts";
import { checkByRunning } from "../../doctor/test_container.ts";
import type { ProgramContext, ProgramParts } from "../program_context.ts";

interface Flags {
  json: boolean;
  run: boolean;
}

/** Runs every check; its exit status says how bad it is. */
export async function doctor(this: ProgramContext, { json, run }: Flags): Promise<void> {
  const { host } = this;
  const tell = (name: string) => host.stderr(`doctor: still looking at ${name}\n`);
  const findings = await runChecks(host, checksOf(this, run), json ? () => {} : tell);
  this.process.exitCode = statusOf(findings);
  if (json) return printJson(host, { status: statusOf(findings), findings });
  await printFindings(host, findings);
}

/** Lists the checks in the order in which one would look: what the others stand on comes first. */
function checksOf({ program, checks }: ProgramParts, run: boolean): NamedCheck[] {
  return [
    { name: "configuration", check: checkConfiguration },
    { name: "installation", check: checkInstallation },
    { name: "installed files", check: checkDamage },
    { name: "OCI runtime", check: (host) => checkRuntimes(host, program.file) },
    { name: "program", check: (host) => checkExecutable(host, programsOf(host, program.again.path)) },
    { name: "plugins", check: (host) => checkPlugins(host, program) },
    ...Object.entries(checks).map(([name, { check }]) => ({ name: `plugin ${name}`, check })),
    { name: "storage", check: checkStorage },
    { name: "owners, modes", check: (host) => checkOwnership(host, program) },
    { name: "bypass", check: checkBypass },
    { name: "service", check: (host) => checkService(host, program) },
    { name: "cgroups", check: (host) => checkCgroups(host, firstRuntime(host)) },
    { name: "rootless", check: checkRootless },
    { name: "SELinux, AppArmor", check: checkDenials },
    { name: "engine records", check: checkEngineRecords },
    ...Object.entries(CONTROLS).map(([name, control]) => ({
      name,
      check: (host: Host) => checkEngine(host, name, control),
    })),
    { name: "created containers", check: checkNeverStarted },
    ...run ? [{ name: "test container", check: (host: Host) => checkByRunning(host, program) }] : [],
  ];
}

function programsOf(host: Host, running: string): string[] {
  const { record } = knownInstallation(host);
  return record ? [running, `${record.program}/${PROGRAM_NAME}`] : [running];
}

/** Engines are given the first launcher unless somebody names another. */
function firstRuntime(host: Host): string | undefined {
  return launchersOf(host, knownInstallation(host).record)[0]?.runtime;
}
