/** Processes of a host in memory, as /proc shows them. */
import type { MemoryHost } from "../../memory_host.ts";

/** One process. */
export interface Process {
  pid: number;
  program: string;
  /** Its words behind its own name. */
  args: string[];
  /** Whose it is; root's where nothing is said. */
  uid?: number;
  parent?: number;
  /** Hundredths of a second after the host was started, which was 1000 seconds ago. */
  started?: number;
}

/** Puts a process there that sees the host's own files, or another in its place. */
export function putProcess(host: MemoryHost, process: Process): void {
  const { pid, program, args, uid = 0, parent = 1, started = 500 } = process;
  host.file("/proc/uptime", "1000.00 1.00\n");
  host.file(`/proc/${pid}/comm`, `${program}\n`);
  host.file(`/proc/${pid}/cmdline`, [program, ...args, ""].join("\0"));
  host.file(`/proc/${pid}/stat`, `${pid} (${program}) S ${parent} ${"0 ".repeat(17)}${started} 0\n`);
  host.file(`/proc/${pid}/status`, `Name:\t${program}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
  if (!host.lstat(`/proc/${pid}/root`)) host.symlink(`/proc/${pid}/root`, "/");
}
