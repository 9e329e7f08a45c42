/** The file under test, set up as an administrator would: under both names, with a configuration. */
import { VERSION } from "../../mod/core/version.ts";
import { launcherText } from "../../mod/wrapper/launcher_text.ts";
import { type Form, portableFolder } from "./forms.ts";
import { mustRun, type Ran, run, type RunOptions, which } from "./run.ts";
import type { WorkFolder } from "./work_folder.ts";

/** How it is configured. */
export interface InstallSettings {
  /** Absolute paths or names of the runtimes underneath. Default: runc. */
  runtimes?: string[];
  /** What hooks.json holds: data, or its very text. Default: no hook. */
  hooks?: unknown;
  /** Text of config.toml in place of ours. */
  config?: string;
  /** Text for the end of ours: policies of plugins, which lie in the work folder's `plugins`. */
  policy?: string;
  /** Copy the file instead of linking to it. */
  copy?: boolean;
}

/** A form of the program, ready to be called. */
export interface Installation {
  form: Form;
  /** Path of container-hooks. */
  program: string;
  /** Path of container-hooks-runtime. */
  runtime: string;
  /** Path of hooks.json. */
  hooksFile: string;
  /** Path of config.toml. */
  configFile: string;
  /** Folder of the journal. */
  runFolder: string;
  /** Path of the program's own log. */
  log: string;
  /** The variables that make the program use this configuration. */
  env: Record<string, string>;
  /** Replaces hooks.json. */
  setHooks(hooks: unknown): void;
  /** Calls it as an OCI runtime. */
  asRuntime(args: string[], options?: RunOptions): Promise<Ran>;
  /** Calls one of its commands. */
  command(args: string[], options?: RunOptions): Promise<Ran>;
}

/** Sets `form` up in the work folder. */
export async function install(
  form: Form,
  work: WorkFolder,
  settings: InstallSettings = {},
): Promise<Installation> {
  const bin = work.folder("bin");
  const program = `${bin}/container-hooks`;
  const runtime = `${bin}/container-hooks-runtime`;
  if (settings.copy) await mustRun(["cp", "--reflink=auto", form.path, program]);
  else await Deno.symlink(form.path, program);
  const runtimes = settings.runtimes ?? [which("runc") ?? "runc"];
  if (form.launcher) work.program("bin/container-hooks-runtime", launcherFor(program, runtimes[0]!));
  else await Deno.symlink("container-hooks", runtime);

  const hooksFile = `${work.path}/hooks.json`;
  const log = `${work.path}/own.log`;
  const runFolder = `${work.path}/run`;
  const policy = settings.policy ?? "";
  const ours = toml({ hooksFile, plugins: `${work.path}/plugins`, log, runtimes }) + policy;
  const configFile = work.file("config.toml", settings.config ?? ours);
  const env = {
    CONTAINER_HOOKS_CONFIG: configFile,
    CONTAINER_HOOKS_RUN: runFolder,
    CONTAINER_HOOKS_STATE: `${work.path}/state`,
    CONTAINER_HOOKS_PORTABLE_DIR: portableFolder(),
  };
  const withOurs = (options: RunOptions = {}) => ({ ...options, env: { ...env, ...options.env } });

  const setHooks = (hooks: unknown) => {
    work.file("hooks.json", typeof hooks === "string" ? hooks : JSON.stringify(hooks, null, 2));
  };
  setHooks(settings.hooks ?? {});
  return {
    form,
    program,
    runtime,
    hooksFile,
    configFile,
    runFolder,
    log,
    env,
    setHooks,
    asRuntime: (args, options) => run([runtime, ...args], withOurs(options)),
    command: (args, options) => run([program, ...args], withOurs(options)),
  };
}

/** With the runtime as an administrator may write it: `container-hooks launcher` would refuse a missing one. */
function launcherFor(program: string, runtime: string): string {
  return launcherText({ program, runtime: which(runtime) ?? runtime, version: VERSION });
}

function toml(paths: { hooksFile: string; plugins: string; log: string; runtimes: string[] }): string {
  return `[container-hooks]
path = ${JSON.stringify(paths.hooksFile)}
plugin-dirs = [${JSON.stringify(paths.plugins)}]

[container-hooks-runtime]
debug = ${JSON.stringify(paths.log)}
log-level = "debug"
runtimes = ${JSON.stringify(paths.runtimes)}
`;
}
