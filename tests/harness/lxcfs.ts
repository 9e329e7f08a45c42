/** A private lxcfs, on a folder of the test's own, that can be killed and started again. */
import { mustRun, run, SYSTEM_PATH } from "./run.ts";
import { until } from "./until.ts";
import type { WorkFolder } from "./work_folder.ts";

/** A lxcfs of one test. */
export interface Lxcfs extends AsyncDisposable {
  /** Where it is mounted. */
  folder: string;
  /** Starts it, again where it was killed. */
  start(): Promise<void>;
  /** Has it answer nothing, and not end either. */
  hang(): void;
  /** Kills it as the kernel's out-of-memory killer would: its mount stays, and is dead. */
  kill(): Promise<void>;
}

/** One that does not run yet. @param name Folder that it will be mounted on, in the work folder. */
export function lxcfsOn(work: WorkFolder, name = "lxcfs"): Lxcfs {
  const folder = work.folder(name);
  let child: Deno.ChildProcess | undefined;
  const kill = async () => {
    child?.kill("SIGKILL");
    await child?.status;
    child = undefined;
  };
  return {
    folder,
    hang: () => child?.kill("SIGSTOP"),
    kill,
    async start() {
      // As lxcfs.service does when it has ended: a dead mount cannot be mounted on.
      await run(["umount", "-l", folder]);
      child = new Deno.Command("lxcfs", {
        args: ["--foreground", "--enable-cfs", "--pidfile", `${work.path}/${name}.pid`, folder],
        clearEnv: true,
        env: { PATH: SYSTEM_PATH },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      await until(`lxcfs answers at ${folder}`, async () => {
        return (await run(["cat", `${folder}/proc/uptime`])).status === 0;
      });
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await run(["umount", "-l", folder]);
    },
  };
}

/** Makes a folder on which mounts are handed on to whoever shares it. */
export async function sharedFolder(work: WorkFolder, name: string): Promise<string> {
  const folder = work.folder(name);
  await mustRun(["mount", "--bind", folder, folder]);
  await mustRun(["mount", "--make-shared", folder]);
  return folder;
}
