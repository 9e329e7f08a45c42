/** Which processes of an engine run here, and which configuration file each of them reads. */
import { readFile } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import type { Daemon, EngineControl } from "./engine_control.ts";

/** Bytes; a command line is at most two megabytes. */
const LIMIT = 4 * 1024 * 1024;

/** Clock ticks of a second in /proc, on every Linux. */
const TICKS = 100;

/** Places in /proc/PID/stat, counted from behind the name. */
const [PARENT, START] = [1, 19];

/** docker starts a containerd of its own, with a file that it writes itself; here where it did so by default. */
const DOCKERS_OWN = /\/docker\/containerd\/containerd\.toml$/;

/**
 * Gets the engine's processes that are root's and see the same files as we do: those of containers and chroots are
 * others' engines, and anybody can give a process an engine's name.
 */
export function findDaemons(host: Host, { program, fileOptions, configuration }: EngineControl): Daemon[] {
  if (fileOptions.length === 0) return [];
  return host.readFolder("/proc").flatMap(({ name }) => {
    if (!/^\d+$/.test(name) || textOf(host, `/proc/${name}/comm`)?.trim() !== program) return [];
    if (!isRoots(host, name) || !seesOurFiles(host, name) || isDockersChild(host, name)) return [];
    const args = textOf(host, `/proc/${name}/cmdline`)?.split("\0").slice(1, -1);
    const started = startOf(host, name);
    if (args === undefined || started === undefined) return [];
    const file = optionValue(args, fileOptions) ?? configuration.defaultFile;
    return DOCKERS_OWN.test(file) ? [] : [{ pid: Number(name), args, file, started }];
  });
}

/** Gets the value of the last of these options: `--config X`, `--config=X`. */
export function optionValue(args: readonly string[], options: readonly string[]): string | undefined {
  return optionValues(args, options).at(-1);
}

/** Lists every value of these options, in order. */
export function optionValues(args: readonly string[], options: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    const option = options.find((name) => arg === name || arg.startsWith(`${name}=`));
    if (option === undefined) return [];
    return arg === option ? args.slice(at + 1, at + 2) : [arg.slice(option.length + 1)];
  });
}

/** Gets the program that a process runs; undefined where that cannot be told, or is no file any more. */
export function programOf(host: Host, { pid }: Daemon): string | undefined {
  try {
    return host.realPath(host.readLink(`/proc/${pid}/exe`));
  } catch {
    // Another user's process, or one that is gone.
    return undefined;
  }
}

/**
 * Tells whether a process is root's, by all its user ids: a program that becomes root when somebody starts it keeps
 * one of his.
 */
function isRoots(host: Host, pid: string): boolean {
  const ids = /^Uid:\s*(.*)$/m.exec(textOf(host, `/proc/${pid}/status`) ?? "")?.[1]?.split(/\s+/);
  return ids !== undefined && ids.every((id) => id === "0");
}

function isDockersChild(host: Host, pid: string): boolean {
  const parent = fieldsOf(host, pid)?.[PARENT];
  return parent !== undefined && textOf(host, `/proc/${parent}/comm`)?.trim() === "dockerd";
}

function seesOurFiles(host: Host, pid: string): boolean {
  try {
    const [theirs, ours] = [host.lstat(`/proc/${pid}/root/etc`), host.lstat("/etc")];
    return ours !== undefined && theirs?.device === ours.device && theirs.inode === ours.inode;
  } catch {
    // Another user's process, or one that is gone.
    return false;
  }
}

function startOf(host: Host, pid: string): number | undefined {
  const ticks = fieldsOf(host, pid)?.[START];
  const uptime = textOf(host, "/proc/uptime")?.split(" ")[0];
  if (ticks === undefined || uptime === undefined) return undefined;
  return host.now() - Number(uptime) * 1000 + (Number(ticks) / TICKS) * 1000;
}

/** What /proc/PID/stat says behind the name, which may hold blanks and brackets. */
function fieldsOf(host: Host, pid: string): string[] | undefined {
  return textOf(host, `/proc/${pid}/stat`)?.replace(/^.*\) /s, "").split(" ");
}

/** Undefined where the process is gone. */
function textOf(host: Host, path: string): string | undefined {
  try {
    return new TextDecoder().decode(readFile(host, path, "file", LIMIT).bytes);
  } catch {
    return undefined;
  }
}
