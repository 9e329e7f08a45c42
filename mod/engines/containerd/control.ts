/**
 * containerd: it reads its files when it starts, and only then. `containerd config dump` prints what it makes of
 * them, and CRI's `info` what the running one has.
 */
import { parse } from "smol-toml";
import { containerdConfiguration } from "./config.ts";
import { failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { firstDifference, runtimesInDump } from "./compare_dumps.ts";
import { dumpOf, dumpStaged } from "./dump.ts";
import { optionValue } from "../setup/daemons.ts";
import type { EngineControl, RunningState, Site, WantedState } from "../setup/engine_control.ts";
import { readText, realPathOf } from "../setup/engine_files.ts";
import { factsOf } from "../setup/find_sites.ts";
import { ctrPods } from "./pods.ts";
import { unknownContainers } from "../setup/containers.ts";
import { crictlPods } from "../setup/pods.ts";
import { ask, findProgram } from "../setup/programs.ts";
import { noAnswer } from "../setup/no_answer.ts";

const DEFAULT_SOCKET = "/run/containerd/containerd.sock";

/** containerd's programs. */
export const containerdControl: EngineControl = {
  configuration: containerdConfiguration,
  program: "containerd",
  fileOptions: ["--config", "-config", "-c"],
  restarts: ["systemd", "none"],
  unit: "containerd.service",
  serves: "pods",
  waysAround: { runtimes: [], others: ["ctr and other clients, which choose a runtime themselves"] },
  async effective(host, { program, file }) {
    if (program === undefined) return undefined;
    const { ok, stdout } = await dumpOf(host, program, file);
    return ok ? stdout : undefined;
  },
  async check(host, { program, file }, files, wanted) {
    if (program === undefined) return;
    // It dumps no file that is not there; such a one has nothing to lose.
    const before = realPathOf(host, file) === undefined ? undefined : await dumpOf(host, program, file);
    if (before?.ok === false) {
      // What it refuses already cannot become worse by our going.
      if (!wanted.loaded) return;
      throw failure("engine-broken", { engine: "containerd", said: before.complaint });
    }
    const after = await dumpStaged(host, program, file, files);
    const said = after.ok ? change(before?.stdout, after.stdout, wanted.name) : after.complaint;
    if (said !== undefined) throw failure("engine-refuses", { engine: "containerd", file, said });
  },
  async confirm(host, site, wanted) {
    const dump = await this.effective!(host, site);
    const said = dump === undefined ? undefined : lack(dump, wanted);
    if (said !== undefined) throw failure("engine-refuses", { engine: "containerd", file: site.file, said });
  },
  async ask(host, site, name) {
    if (!site.daemon) return noAnswer(site);
    return await askCri(host, site, name) ?? await judgeByTime(host, site, name);
  },
  async containersBy(host, site, name) {
    if (!site.daemon) return unknownContainers("no containerd is running that could be asked");
    const socket = socketOf(host, site);
    const crictl = findProgram(host, "crictl", site.program);
    const pods = crictl === undefined ? undefined : await crictlPods(host, crictl, socket, name);
    if (pods && pods.unknown === undefined) return pods;
    const ctr = findProgram(host, "ctr", site.program);
    if (ctr === undefined) {
      return pods ?? unknownContainers("neither crictl nor ctr, which could tell, is installed");
    }
    return await ctrPods(host, ctr, socket, name);
  },
};

/** What the new dump has otherwise than the old one. */
function change(before: string | undefined, after: string, name: string): string | undefined {
  const place = before === undefined ? undefined : firstDifference(before, after, name);
  return place && `it would also change ${place}, as containerd config dump shows`;
}

/** What is missing in a dump. */
function lack(dump: string, wanted: WantedState): string | undefined {
  const { names, default: chosen } = runtimesInDump(dump);
  if (!names.includes(wanted.name)) {
    return `containerd config dump does not show ${wanted.name} then, so this version does not read it there, ` +
      "or a file that is imported takes its place";
  }
  if (wanted.isDefault && chosen !== wanted.name) {
    return `containerd config dump shows the default ${chosen ?? "runc"} then, which another file sets`;
  }
}

/** Undefined where CRI cannot be asked: its client is not installed, or the CRI plugin is off. */
async function askCri(host: Host, site: Site, name: string): Promise<RunningState | undefined> {
  const client = findProgram(host, "crictl", site.program);
  if (client === undefined) return undefined;
  const { ok, stdout } = await ask(host, client, [
    "--runtime-endpoint",
    `unix://${socketOf(host, site)}`,
    "info",
  ]);
  if (!ok) return undefined;
  const containerd = JSON.parse(stdout).config?.containerd;
  if (typeof containerd?.runtimes !== "object" || containerd.runtimes === null) return undefined;
  const loaded = Object.hasOwn(containerd.runtimes, name);
  return {
    loaded,
    isDefault: containerd.defaultRuntimeName === name,
    how: `crictl info ${loaded ? "lists" : "does not list"} it`,
  };
}

/** Judges by time: a containerd that was started after its files were changed last has what they say. */
async function judgeByTime(host: Host, site: Site, name: string): Promise<RunningState> {
  const facts = await factsOf(host, site);
  const known = containerdConfiguration.read(facts, site.file);
  const ours = known.runtimes.find((runtime) => runtime.name === name);
  const files = [site.file, ...(ours ? [ours.file] : [])];
  const changed = Math.max(...files.map((file) => lastChange(host, file)));
  if (changed > site.daemon!.started) {
    const how =
      "the containerd that runs has not read its files as they are: it was started before its files " +
      "were changed last";
    return { loaded: undefined, isDefault: undefined, how };
  }
  // What a file says is not yet what containerd makes of it.
  const { names, default: chosen } = facts.effective === undefined
    ? { names: known.runtimes.map((runtime) => runtime.name), default: known.default }
    : runtimesInDump(facts.effective);
  const loaded = names.includes(name);
  const how = `the containerd that runs was started after its files were changed last, and they ${
    loaded ? "give" : "do not give"
  } it ${name}`;
  return { loaded, isDefault: chosen === name, how };
}

/** A file that was moved here keeps the time of its content; the other time is known to the second alone. */
function lastChange(host: Host, file: string): number {
  const { modified, changed } = host.lstat(host.realPath(file) ?? file) ?? { modified: 0, changed: 0 };
  return Math.max(modified, changed);
}

function socketOf(host: Host, { daemon, file }: Site): string {
  const named = optionValue(daemon!.args, ["--address", "-address", "-a"]);
  const grpc = parse(readText(host, file) ?? "").grpc as { address?: string } | undefined;
  return named ?? grpc?.address ?? DEFAULT_SOCKET;
}
