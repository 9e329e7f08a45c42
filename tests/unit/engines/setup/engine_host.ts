/** A host in memory with one engine, whose program is a function. */
import { MemoryHost } from "../../memory_host.ts";
import { putProcess } from "./processes.ts";

/** The engine's process, where there is one. */
export const PID = 7;

/** A host with one program, and with a process of it where `args` are given. */
export function hostWith(
  program: string,
  run: (args: string[], env: Record<string, string>) => string,
  args?: string[],
): MemoryHost {
  const host = new MemoryHost();
  host.file(`/usr/bin/${program}`, "", { mode: 0o755 });
  host.programs[`/usr/bin/${program}`] = (command) => {
    try {
      return { stdout: new TextEncoder().encode(run(command.args, command.env)) };
    } catch (error) {
      return { status: 1, stderr: new TextEncoder().encode((error as Error).message) };
    }
  };
  host.folder("/proc");
  host.folder("/etc");
  if (args) putProcess(host, { pid: PID, program, args, started: 99000 });
  return host;
}
