/** Calling `runtime configure`, `unconfigure` and `status` on a host in memory. */
import type { ProgramContext } from "../../../mod/cli/program_context.ts";
import { LAUNCHER } from "../engines/setup/docker_host.ts";
import type { MemoryHost } from "../memory_host.ts";
import { programWith } from "../program.ts";

/** A daemon.json without anything of ours. */
export const ORIGINAL = '{\n  "debug": true\n}\n';

/** What the commands are given where nobody says anything. */
export const FLAGS = {
  path: LAUNCHER,
  all: false,
  dryRun: false,
  json: false,
  setAsDefault: false,
  keepName: false,
  force: false,
};

/** What a command printed, and the status that it ended with. */
export interface Called {
  out: string;
  err: string;
  status: number;
}

/** Calls a command. */
export async function call<F>(
  { host }: { host: MemoryHost },
  command: (this: ProgramContext, flags: F) => Promise<void>,
  flags: F,
): Promise<Called> {
  Object.assign(host, { out: "", err: "" });
  const process: { exitCode?: number } = {};
  const context = { host, process, program: programWith() } as unknown as ProgramContext;
  await command.call(context, flags);
  return { out: host.out, err: host.err, status: process.exitCode ?? 0 };
}
