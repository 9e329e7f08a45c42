/** Who would miss the program: engines that are configured to call it, containers that were made through it. */
import { Failure, quote } from "../errors.ts";
import { readFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { dockerConfiguration } from "../engines/docker/config.ts";
import { DEFAULT_DATA_ROOT, dockerContainers } from "../engines/docker/containers.ts";
import { field, readRecord, textField } from "../engines/records.ts";
import type { RecordedContainer } from "../engines/setup/containers.ts";
import { readLedger } from "../engines/setup/ledger.ts";
import { isOurProgram } from "../engines/setup/our_entries.ts";
import { USUAL_NAME } from "../engines/setup/site_runtimes.ts";
import { type JournalEntry, listEntries } from "../state/journal.ts";

/** Files in which engines are told of runtimes, beside those that we have changed; of a folder, all of its files. */
const ENGINE_FILES = [
  "/etc/docker/daemon.json",
  "/etc/default/docker",
  "/etc/sysconfig/docker",
  "/etc/systemd/system/docker.service.d",
  "/etc/containerd",
  "/etc/containerd/conf.d",
  "/etc/containers",
  "/etc/containers/containers.conf.d",
  "/usr/share/containers",
  "/usr/share/containers/containers.conf.d",
  "/etc/crio",
  "/etc/crio/crio.conf.d",
  "/var/lib/rancher/k3s/agent/etc/containerd",
  "/var/lib/rancher/rke2/agent/etc/containerd",
];

/** Bytes of such a file. */
const LIMIT = 4 * 1024 * 1024;

/** Folders in which runtimes keep the state of containers that somebody started by hand. */
const RUNTIME_STATES = ["/run/runc", "/run/crun"];

/**
 * Lines of engines' configuration files that name one of `launchers`, as FILE:LINE. A line that is commented out
 * names nothing.
 */
export function engineReferences(host: Host, launchers: readonly string[]): string[] {
  const changed = readLedger(host).flatMap(({ files }) => files.map(({ file }) => file));
  const files = new Set([...ENGINE_FILES, ...changed].flatMap((path) => filesAt(host, path)));
  return [...files].flatMap((file) =>
    readText(host, file).split("\n").flatMap((line, index) =>
      launchers.some((launcher) => names(line, launcher)) ? [`${quote(file)}:${index + 1}`] : []
    )
  );
}

function names(line: string, path: string): boolean {
  if (/^\s*(#|\/\/)/.test(line)) return false;
  const at = line.indexOf(path);
  return at >= 0 && !/^[\w.-]/.test(line.slice(at + path.length));
}

function filesAt(host: Host, path: string): string[] {
  const real = host.realPath(path);
  const kind = real === undefined ? undefined : host.lstat(real)?.kind;
  if (kind === "a regular file") return [real!];
  if (kind !== "a folder") return [];
  return host.readFolder(real!).filter(({ kind }) => kind === "a regular file").map(({ name }) =>
    `${real}/${name}`
  );
}

/** "" where it cannot be read as one file: what an engine could not read either names nobody. */
function readText(host: Host, file: string): string {
  try {
    return new TextDecoder().decode(readFile(host, file, "engine configuration", LIMIT).bytes);
  } catch (thrown) {
    if (thrown instanceof Failure) return "";
    throw thrown;
  }
}

/**
 * docker's containers, stopped ones too, that have the name of a runtime of ours on record: they cannot start again
 * without it. Where a name leads to another program by now, as `unconfigure --keep-name` leaves it, they can.
 */
export function dockersContainers(host: Host): RecordedContainer[] {
  const { defaultFile } = dockerConfiguration;
  const recorded = readLedger(host).filter(({ engine }) => engine === dockerConfiguration.engine);
  const files = [...new Set([defaultFile, ...recorded.map(({ file }) => file)])];
  const found = files.flatMap((file) => {
    const settings = readRecord(host, file, "docker's configuration", []);
    const root = textField(settings, "data-root") ?? textField(settings, "graph") ?? DEFAULT_DATA_ROOT;
    const entries = recorded.filter((one) => one.file === file).flatMap(({ entries }) => entries);
    const names = [USUAL_NAME, ...entries.map(({ name }) => name)].filter((name) =>
      !leadsElsewhere(settings, name)
    );
    return dockerContainers(host, root, names).containers;
  });
  return [...new Map(found.map((container) => [container.id, container])).values()];
}

function leadsElsewhere(settings: unknown, name: string): boolean {
  const path = textField(field(field(settings, "runtimes"), name), "path");
  return path !== undefined && !isOurProgram(path, { path: "" });
}

/**
 * Containers that were made through us and are still there: engines call the launcher again to stop and remove
 * them, and runtimes call the program where a plugin has a handler.
 */
export function liveContainers(host: Host): JournalEntry[] {
  const running = new Set(RUNTIME_STATES.flatMap((folder) => namesIn(host, folder)));
  return listEntries(host).filter(({ outcome, config, container }) =>
    outcome !== "refused" && host.lstat(config.path) !== undefined &&
    // An engine removes the bundle with the container; one that somebody made stays.
    (container.engine !== "none" || running.has(container.id))
  );
}

function namesIn(host: Host, folder: string): string[] {
  return host.realPath(folder) === undefined ? [] : host.readFolder(folder).map(({ name }) => name);
}
