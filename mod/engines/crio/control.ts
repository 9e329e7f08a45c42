/** CRI-O: it reads its runtimes when it starts, and `crio status config` prints what the running one has. */
import { parse } from "smol-toml";
import { crioConfiguration } from "./config.ts";
import { failure } from "../../errors.ts";
import { optionValue } from "../setup/daemons.ts";
import type { Daemon, EngineControl } from "../setup/engine_control.ts";
import { unknownContainers } from "../setup/containers.ts";
import { crictlPods } from "../setup/pods.ts";
import { ask, findProgram } from "../setup/programs.ts";
import { noAnswer } from "../setup/no_answer.ts";

const DEFAULT_SOCKET = "/var/run/crio/crio.sock";

/** What `crio status config` prints, as far as it is about runtimes. */
interface RunningConfig {
  crio?: { runtime?: { default_runtime?: string; runtimes?: Record<string, unknown> } };
}

/** CRI-O's programs. */
export const crioControl: EngineControl = {
  configuration: crioConfiguration,
  program: "crio",
  fileOptions: ["--config", "-c"],
  restarts: ["systemd", "none"],
  unit: "crio.service",
  serves: "pods",
  waysAround: { runtimes: [], others: [] },
  async check(host, { program }, files) {
    if (program === undefined) return;
    for (const { file, staged } of files) {
      if (staged === undefined) continue;
      // Each file by itself, over what CRI-O has built in.
      const { ok, complaint } = await ask(host, program, ["--config", staged, "--config-dir", "", "config"]);
      if (!ok) throw failure("engine-refuses", { engine: "crio", file, said: complaint });
    }
  },
  async ask(host, site, name) {
    const { program, daemon } = site;
    if (!program || !daemon) return noAnswer(site);
    const { ok, stdout, complaint } = await ask(host, program, [
      ...["status", "--socket", socketOf(daemon)],
      "config",
    ]);
    if (!ok) return { ...noAnswer(site), how: `crio status config says: ${complaint}` };
    const runtime = (parse(stdout) as RunningConfig).crio?.runtime;
    const loaded = Object.hasOwn(runtime?.runtimes ?? {}, name);
    return {
      loaded,
      isDefault: runtime?.default_runtime === name,
      how: `crio status config ${loaded ? "lists" : "does not list"} it`,
    };
  },
  async containersBy(host, { program, daemon }, name) {
    if (!daemon) return unknownContainers("no CRI-O is running that could be asked");
    const client = findProgram(host, "crictl", program);
    if (client === undefined) return unknownContainers("crictl, which could tell, is not installed");
    return await crictlPods(host, client, socketOf(daemon), name);
  },
};

function socketOf({ args }: Daemon): string {
  return optionValue(args, ["--listen"]) ?? DEFAULT_SOCKET;
}
