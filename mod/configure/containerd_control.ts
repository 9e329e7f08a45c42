/**
 * containerd: it reads its files when it starts, and only then. `containerd config dump` prints what it makes of
 * them, and CRI's `info` what the running one has.
 */
import { parse } from "smol-toml";
import { containerdConfiguration } from "../engines/config/containerd.ts";
import { failure } from "../errors.ts";
import { discard, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { stateFolder } from "../host/our_folders.ts";
import { firstDifference } from "./compare_dumps.ts";
import { optionValue } from "./daemons.ts";
import type { Answer, EngineControl, Site, StagedFile } from "./engine_control.ts";
import { factsOf, readText } from "./find_sites.ts";
import { ask, findProgram } from "./programs.ts";
import { unasked } from "./unasked.ts";

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
    const { ok, stdout } = await ask(host, program, ["--config", file, "config", "dump"]);
    return ok ? stdout : undefined;
  },
  async check(host, site, files, name) {
    const before = await this.effective!(host, site);
    if (site.program === undefined || before === undefined) return;
    const { ok, stdout, complaint } = await dumpStaged(host, site.program, site.file, files);
    const different = ok ? firstDifference(before, stdout, name) : undefined;
    if (ok && different === undefined) return;
    const said = ok ? `it would also change ${different}, as containerd config dump shows` : complaint;
    throw failure("engine-refuses", { engine: "containerd", file: site.file, said });
  },
  async ask(host, site, name) {
    if (!site.daemon) return unasked(site);
    return await askCri(host, site, name) ?? await judgeByTime(host, site, name);
  },
};

/** What containerd makes of the files as they are to become. */
async function dumpStaged(host: Host, program: string, main: string, files: readonly StagedFile[]) {
  const dump = (file: string) => ask(host, program, ["--config", file, "config", "dump"]);
  const staged = new Map(files.map((one) => [one.file, one.staged]));
  const mainNow = staged.get(main) ?? main;
  const dropIns = files.flatMap(({ file, staged }) => file !== main && staged !== undefined ? [staged] : []);
  if (dropIns.length === 0) return await dump(mainNow);
  // The successor of a drop-in is not where the main file looks for drop-ins.
  const path = `${stateFolder(host)}/containerd-check.toml`;
  const text = `version = ${/^\s*version\s*=\s*(\d+)/m.exec(readText(host, dropIns[0]!) ?? "")?.[1] ?? 2}\n` +
    `imports = ${JSON.stringify([mainNow, ...dropIns])}\n`;
  const temporary = `${path}.new`;
  discard(host, temporary);
  replaceFile(host, path, "file", new TextEncoder().encode(text), { temporary, mode: 0o600, durable: false });
  try {
    return await dump(path);
  } finally {
    discard(host, path);
  }
}

/** Undefined where CRI cannot be asked: its client is not installed, or the CRI plugin is off. */
async function askCri(host: Host, site: Site, name: string): Promise<Answer | undefined> {
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

/** One that was started after its files were changed last has what they say. */
async function judgeByTime(host: Host, site: Site, name: string): Promise<Answer> {
  const facts = await factsOf(host, site);
  const { runtimes, default: chosen } = containerdConfiguration.read(facts, site.file);
  const ours = runtimes.find((runtime) => runtime.name === name);
  const files = [site.file, ...(ours ? [ours.file] : [])];
  const changed = Math.max(...files.map((file) => lastChange(host, file)));
  if (changed > site.daemon!.started) {
    const how = "the containerd that runs was started before its files were changed last";
    return { loaded: undefined, isDefault: undefined, how };
  }
  const how = `the containerd that runs was started after its files were changed last, and they ${
    ours ? "name" : "do not name"
  } it`;
  return { loaded: ours !== undefined, isDefault: chosen === name, how };
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
