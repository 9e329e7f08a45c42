/**
 * Containers that were created through us and never started: what a runtime leaves waiting for a start that does
 * not come, because an engine gave it up or was killed.
 */
import { type Finding, warning } from "../cli/kit/finding.ts";
import { nameOf } from "../core/path.ts";
import { quote } from "../errors.ts";
import { readFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { isOlder, type JournalEntry, listEntries } from "../state/journal.ts";

const SUBJECT = "created containers";

/** Milliseconds; an engine starts a container at once, and a kubelet gives up after two minutes. */
const PATIENCE = 5 * 60_000;

/** Bytes of a file in /proc. */
const LIMIT = 1024 * 1024;

/** Where runtimes keep the state of containers, each in a folder of its id. */
const STATES = ["/run/runc", "/run/crun", "/run/docker/runtime-runc", "/run/containerd/runc"];

/** Warns of each container that was created and never started. */
export function checkNeverStarted(host: Host): Finding[] {
  const old = listEntries(host).filter((entry) =>
    entry.outcome !== "refused" && isOlder(host, entry, PATIENCE)
  );
  if (old.length === 0) return [];
  return waitingProcesses(host).flatMap(({ pid, groups }) => {
    const entry = old.find(({ container }) => groups.some((group) => isOf(group, container.id)));
    return entry ? [findingOf(host, pid, entry)] : [];
  });
}

function findingOf(host: Host, pid: string, { container, created, uptime }: JournalEntry): Finding {
  const { id, names, engine, runtime } = container;
  const called = `container ${quote(names[0] ?? id)}${engine === "none" ? "" : ` of ${engine}`}`;
  const age = uptime === undefined ? host.now() - created : host.uptime() - uptime;
  const minutes = Math.floor(age / 60_000);
  const root = stateOf(host, id);
  const remedy = root === undefined
    ? `kill -KILL ${pid}, where nobody is about to start it`
    : `${runtime} --root ${root} delete --force ${id}, where nobody is about to start it`;
  const what = `${called} was created ${minutes} minutes ago and never started: process ${pid} waits for it`;
  return warning(SUBJECT, what, remedy);
}

/** A process that a runtime has put into a container's cgroups, and that has not become the container's. */
interface Waiting {
  pid: string;
  /** Paths of its cgroups. */
  groups: string[];
}

function waitingProcesses(host: Host): Waiting[] {
  return host.readFolder("/proc").map(({ name }) => name).filter((name) => /^\d+$/.test(name)).flatMap(
    (pid) => {
      const words = textOf(host, `/proc/${pid}/cmdline`).split("\0").slice(0, -1);
      if (!isWaiting(words)) return [];
      const groups = textOf(host, `/proc/${pid}/cgroup`).split("\n").map((line) =>
        line.replace(/^\d+:[^:]*:/, "")
      );
      return [{ pid, groups }];
    },
  );
}

/**
 * Tells whether a process waits for a start: runc calls itself again by another word, crun goes on under its own
 * command line.
 */
function isWaiting([program = "", ...words]: readonly string[]): boolean {
  const name = nameOf(program);
  return (name === "runc" && words[0] === "init") || (name === "crun" && words.includes("create"));
}

/** "/docker/ID", "/system.slice/docker-ID.scope", "/kubepods/.../cri-containerd-ID.scope". */
function isOf(group: string, id: string): boolean {
  return group.split("/").some((part) =>
    part === id || part.endsWith(`-${id}.scope`) || part.endsWith(`-${id}`)
  );
}

/** The runtime's root, where the container's state is found below one that engines use. */
function stateOf(host: Host, id: string): string | undefined {
  const roots = STATES.flatMap((root) => [root, ...foldersIn(host, root)]);
  return roots.find((root) => host.lstat(`${root}/${id}`)?.kind === "a folder");
}

function foldersIn(host: Host, root: string): string[] {
  if (host.lstat(root)?.kind !== "a folder") return [];
  return host.readFolder(root).filter(({ kind }) => kind === "a folder").map(({ name }) => `${root}/${name}`);
}

/** Reads a file of /proc; "" where the process is gone, or another user's. */
function textOf(host: Host, path: string): string {
  try {
    return new TextDecoder().decode(readFile(host, path, "file", LIMIT).bytes);
  } catch {
    return "";
  }
}
