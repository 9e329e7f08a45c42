/** container-hooks installed so that containers get the files of a private lxcfs. */
import type { Spec } from "../../mod/core/oci.ts";
import { type Bundle, makeBundle } from "./bundle.ts";
import { crunMayRun } from "./engines.ts";
import { install, type Installation } from "./installation.ts";
import { type Lxcfs, lxcfsOn } from "./lxcfs.ts";
import type { Subject } from "./needs.ts";
import { mustRun, type Ran, run, which } from "./run.ts";
import type { WorkFolder } from "./work_folder.ts";

/** What is different from the usual. */
export interface SceneSettings {
  /** The runtime underneath. Default: runc. */
  runtime?: "runc" | "crun";
  /** Lines of TOML below `[plugins.lxcfs.options]`. */
  options?: string;
  /** TOML for the end of config.toml. */
  policy?: string;
  /** Folder that lxcfs is mounted on, in the work folder. */
  folder?: string;
}

/** An installation, and an lxcfs that does not run yet. */
export interface Scene {
  installed: Installation;
  lxcfs: Lxcfs;
  /** `container-hooks lxcfs ...` */
  command(...args: string[]): Promise<Ran>;
  /** Which files of which container are stale, or in another state, as `lxcfs status` says. */
  stale(state?: "stale" | "missing" | "silent"): Promise<Record<string, string[]>>;
}

/** Sets it up; the plugin is asked for by its options alone. */
export async function setUp(subject: Subject, settings: SceneSettings = {}): Promise<Scene> {
  const { work, form } = subject;
  const lxcfs = lxcfsOn(work, settings.folder);
  const installed = await install(form, work, {
    config: `[container-hooks]
path = "${work.path}/hooks.json"

[container-hooks-runtime]
debug = "${work.path}/own.log"
runtimes = ["${which(settings.runtime ?? "runc")}"]

[plugins.lxcfs.options]
folder = "${lxcfs.folder}"
${settings.options ?? ""}
${settings.policy ?? ""}`,
  });
  const command = (...args: string[]) => installed.command(["lxcfs", ...args]);
  return {
    installed,
    lxcfs,
    command,
    async stale(wanted = "stale") {
      const { containers } = JSON.parse((await command("status", "--json")).stdout);
      return Object.fromEntries(containers.map((each: StatusLine) => [
        each.names[0] ?? each.id,
        each.files.filter(({ state }) => state === wanted).map(({ path }) => path),
      ]));
    },
  };
}

interface StatusLine {
  id: string;
  names: string[];
  files: { path: string; state: string }[];
}

/** A container of a plain bundle that goes on running. */
export interface Running extends AsyncDisposable {
  id: string;
  /** Runs a command in it. */
  exec(...args: string[]): Promise<Ran>;
}

/** Starts one on our runtime. */
export async function startPlain(
  work: WorkFolder,
  { runtime, env }: Installation,
  settings: { args?: string[]; edit?: (spec: Spec) => void } = {},
): Promise<Running> {
  const id = newId();
  const bundle = await makeBundle(work, { args: ["sleep", "600"], ...settings, name: id });
  await mustRun([runtime, "create", "--bundle", bundle.path, id], { env });
  await mustRun(["runc", "start", id]);
  return {
    id,
    exec: (...args) => run(["runc", "exec", id, ...args]),
    [Symbol.asyncDispose]: async () => void await run(["runc", "delete", "--force", id]),
  };
}

/** Runs a bundle to its end on our runtime, which may be crun. */
export async function runPlain({ runtime, env }: Installation, bundle: Bundle, limit?: number): Promise<Ran> {
  const prefix = (await Deno.readTextFile(env.CONTAINER_HOOKS_CONFIG!)).includes("/crun") ? crunMayRun() : [];
  return await run([...prefix, runtime, "run", "--bundle", bundle.path, newId()], { env, limit });
}

function newId(): string {
  return `lxcfs-${crypto.randomUUID().slice(0, 8)}`;
}
