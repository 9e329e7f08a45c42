/**
 * A host in memory with a dockerd of 20.10 that runs: on a signal it takes over what its file mentions and keeps
 * the rest, and it ends where its default runtime is gone.
 */
import { MemoryHost } from "../../memory_host.ts";
import { putProcess } from "./processes.ts";

export const FILE = "/etc/docker/daemon.json";
export const LAUNCHER = "/usr/bin/container-hooks-runtime";
const PID = 42;
const SOCKET = "unix:///run/private.sock";

/** What the dockerd has. */
export interface Dockerd {
  host: MemoryHost;
  runtimes: string[];
  default: string;
  signals: number;
  /** Where it is false, it refuses every file. */
  accepts: boolean;
  running: boolean;
}

/**
 * @param text What daemon.json says; undefined where there is none
 * @param file Where it is; another place is one that `args` have to name
 */
export function dockerHost(text: string | undefined, args: string[] = [], file = FILE): Dockerd {
  const host = new MemoryHost();
  const dockerd: Dockerd = { host, runtimes: [], default: "runc", signals: 0, accepts: true, running: true };
  host.folder("/etc");
  if (text !== undefined) host.file(file, text, { mode: 0o640, gid: 7 });
  for (const program of ["/usr/sbin/dockerd", "/usr/bin/docker", LAUNCHER]) {
    host.file(program, "", { mode: 0o755 });
  }
  putProcess(host, { pid: PID, program: "dockerd", args: ["-H", SOCKET, ...args] });
  host.onHangUp = () => reload(dockerd, file);
  host.programs["/usr/sbin/dockerd"] = () => said("Docker version 20.10.24, build 5d6db84\n");
  host.programs["/usr/bin/docker"] = ({ args }) => {
    if (args[1] !== SOCKET || !dockerd.running) return { status: 1, stderr: encode("Cannot connect") };
    const runtimes = Object.fromEntries(["runc", ...dockerd.runtimes].map((name) => [name, {}]));
    return said(JSON.stringify({ runtimes, default: dockerd.default }));
  };
  reload(dockerd, file);
  return Object.assign(dockerd, { signals: 0 });
}

function reload(dockerd: Dockerd, file: string): void {
  dockerd.signals++;
  const text = dockerd.host.text(file);
  if (!dockerd.accepts || text === undefined || text === "") return;
  const config = JSON.parse(text);
  if (config.runtimes) dockerd.runtimes = Object.keys(config.runtimes);
  if (config["default-runtime"]) dockerd.default = config["default-runtime"];
  dockerd.running = ["runc", ...dockerd.runtimes].includes(dockerd.default);
}

function said(text: string) {
  return { stdout: encode(text) };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
