/** The service that plans: whether it runs, as which version, and why creates are cold all the same. */
import { type Finding, fine, thrownFinding, warning } from "../cli/kit/finding.ts";
import { formatTime } from "../cli/kit/output.ts";
import { ask, findProgram } from "../engines/setup/programs.ts";
import type { Host } from "../host/host.ts";
import { runFolder } from "../host/our_folders.ts";
import { UNIT, UNIT_FILE } from "../install/service_unit.ts";
import type { Program } from "../plugin/program.ts";
import { readStatus, type ServiceStatus } from "../serve/status.ts";
import { type JournalEntry, listEntries } from "../state/journal.ts";
import { countPlanned } from "../state/planned.ts";
import { SERVICE_FOLDER } from "../wrapper/launcher_contract.ts";
import { knownInstallation } from "./installation.ts";
import { checkBetween, domainOf } from "./selinux.ts";

const SUBJECT = "service";

/** What the service says of a process whose descriptors it may not look at. */
const NOT_SEEN = "it does not hold its place";

/** Looks at the service, and at who planned the containers on record. */
export async function checkService(host: Host, program: Program): Promise<Finding[]> {
  if (host.uid() !== 0 || host.inUserNamespace()) {
    return [fine(SUBJECT, "plans for root's engines alone; rootless, each create starts the program")];
  }
  try {
    const status = readStatus(host, `${runFolder(host)}/${SERVICE_FOLDER}`);
    if (!status) return [await notRunning(host)];
    return [
      ...runningFindings(host, program, status),
      ...await standingFindings(host, status),
      ...plannedFindings(listEntries(host)),
    ];
  } catch (thrown) {
    return [thrownFinding(SUBJECT, thrown)];
  }
}

/** It is there for speed alone: only where somebody has meant it to run, something is wrong. */
async function notRunning(host: Host): Promise<Finding> {
  const cold = "does not run: each create starts the program";
  if (!host.lstat("/run/systemd/system")) {
    return fine(SUBJECT, `${cold}; have the host's init run \`container-hooks serve\` to make creates fast`);
  }
  if (!host.lstat(UNIT_FILE)) {
    return fine(SUBJECT, `${cold}; \`container-hooks install --service\` has it run`);
  }
  const [load, active, enabled] = await unitStates(host);
  if (load === "masked") {
    return warning(SUBJECT, `${cold}, since ${UNIT} is masked`, `systemctl unmask ${UNIT}`);
  }
  if (active === "failed" || active === "activating") {
    return warning(SUBJECT, `${cold}, since ${UNIT} fails at its start`, `journalctl -u ${UNIT} says why`);
  }
  const enabling = `systemctl enable --now ${UNIT}`;
  if (enabled !== "enabled") {
    return fine(SUBJECT, `${cold}, since ${UNIT} is disabled; \`${enabling}\` has it run`);
  }
  return warning(SUBJECT, `${cold}, though ${UNIT} is there and enabled`, enabling);
}

/** LoadState, ActiveState, UnitFileState, as far as systemd tells them. */
async function unitStates(host: Host): Promise<(string | undefined)[]> {
  const systemctl = findProgram(host, "systemctl");
  if (systemctl === undefined) return [];
  const names = ["LoadState", "ActiveState", "UnitFileState"];
  const { ok, stdout } = await ask(host, systemctl, ["show", "-p", names.join(","), UNIT]);
  if (!ok) return [];
  return names.map((name) => new RegExp(`^${name}=(.*)$`, "m").exec(stdout)?.[1]);
}

function runningFindings(host: Host, program: Program, status: ServiceStatus): Finding[] {
  const { pid, version, since, warm, refused, tooOften, keptCold } = status;
  const restart = host.lstat("/run/systemd/system") && host.lstat(UNIT_FILE)
    ? `systemctl restart ${UNIT}`
    : `kill ${pid}, and have the init start it again`;
  const runs = `runs, pid ${pid}, version ${version}, since ${formatTime(since)}`;
  const findings: Finding[] = [];
  const installed = knownInstallation(host).record?.version ?? program.version;
  if (version !== installed) {
    const order = isOlder(version, installed) ? "older" : "newer";
    findings.push(warning(
      SUBJECT,
      `${runs}, which is ${order} than the installed ${installed}: each create starts the program`,
      restart,
    ));
  }
  if (keptCold !== undefined) findings.push(fine(SUBJECT, `${runs}, and sends everybody away: ${keptCold}`));
  for (const name of tooOften) {
    findings.push(warning(
      SUBJECT,
      `plugin ${name} has ended it twice: until its code changes, each create that asks it starts the program`,
      `mend or remove plugin ${name}: it does not come back, or takes all memory`,
    ));
  }
  if (findings.length > 0) return findings;
  return [fine(SUBJECT, `${runs}; it has planned ${warm} and refused ${refused}${coldIn(status)}`)];
}

function coldIn({ cold }: ServiceStatus): string {
  const away = Object.entries(cold).map(([why, count]) => `${count}: ${why}`);
  return away.length > 0 ? `, and sent away ${away.join("; ")}` : "";
}

/** By the numbers of the version; what follows them says nothing. */
function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => text.split(/[.+-]/).slice(0, 3).map(Number);
  const [a, b] = [numbers(version), numbers(than)];
  const at = a.findIndex((number, place) => number !== b[place]);
  return at !== -1 && a[at]! < b[at]!;
}

/** Where the service stands, and why it may not see who asks. */
async function standingFindings(host: Host, { pid, cold }: ServiceStatus): Promise<Finding[]> {
  const findings: Finding[] = [];
  const elsewhere = ["mnt", "pid", "net", "ipc", "uts", "user", "cgroup"].filter((kind) => {
    const [its, ours] = [`/proc/${pid}/ns/${kind}`, `/proc/self/ns/${kind}`].map((path) => link(host, path));
    return its !== undefined && ours !== undefined && its !== ours;
  });
  if (elsewhere.length > 0) {
    findings.push(warning(
      SUBJECT,
      `it is in other namespaces than this shell (${
        elsewhere.join(", ")
      }): it plans for launchers in its own alone`,
      "start it by the host's init, and take Private..., Protect... and the like out of its unit",
    ));
  }
  const denied = await checkBetween(host, SUBJECT, pid);
  if (denied.length > 0) return [...findings, ...denied];
  const domain = domainOf(host, pid);
  if (domain !== undefined && (cold[NOT_SEEN] ?? 0) > 0) {
    findings.push(warning(
      SUBJECT,
      `SELinux keeps it, in the domain ${domain}, from looking at launchers, which are in their engine's: ` +
        `${cold[NOT_SEEN]} were sent away`,
      `ausearch -m avc -c container-hooks shows the denials; ` +
        `restorecon -R /usr/libexec/container-hooks, then ausearch ... | audit2allow -M container-hooks-service`,
    ));
  }
  return findings;
}

function link(host: Host, path: string): string | undefined {
  try {
    return host.readLink(path);
  } catch {
    return undefined;
  }
}

/** Counts the containers on record by who planned them. */
function plannedFindings(entries: readonly JournalEntry[]): Finding[] {
  const { warm, cold } = countPlanned(entries);
  const why = Object.entries(cold);
  if (warm === 0 && why.length === 0) return [];
  const words = why.map(([reason, count]) => `${count}: ${reason}`).join("; ");
  return [fine(SUBJECT, `of the creates on record ${warm} were warm${words ? `, and cold ${words}` : ""}`)];
}
