/** Which files a configuration consists of, and reading them as nobody but root could have written them. */
import { Failure, failure } from "../errors.ts";
import { folderOf, pathIn } from "../core/path.ts";
import { systemReason } from "../host/system_reason.ts";
import { checkFolder, type FileContent, readTrusted } from "../host/files.ts";
import type { FileStatus, Host } from "../host/host.ts";

/** What was looked at to make a configuration. */
export interface ConfigSource {
  path: string;
  /** Undefined where nothing was there. */
  status?: FileStatus;
}

/** Bytes; far more than anybody writes by hand. */
const LIMIT = 1024 * 1024;

const SYSTEM_PATH = "/etc/container-hooks/config.toml";

const FILE = "configuration file";
const FOLDER = "configuration folder";

/**
 * Finds the path of config.toml: CONTAINER_HOOKS_CONFIG; else, rootless, the user's own where there is one;
 * else /etc/container-hooks/config.toml.
 *
 * @throws {Failure} config-place where CONTAINER_HOOKS_CONFIG is not an absolute path
 */
export function configPath(host: Host): string {
  const named = namedPath(host);
  if (named !== undefined) {
    if (!named.startsWith("/")) throw failure("config-place", { value: named });
    return named;
  }
  const own = ownPath(host);
  return own !== undefined && isThere(host, own) ? own : SYSTEM_PATH;
}

/**
 * Gets the folder in which config.toml is, or, of a user who has none of his own, would be.
 *
 * @throws {Failure} config-place where CONTAINER_HOOKS_CONFIG is not an absolute path
 */
export function configFolder(host: Host): string {
  return folderOf(namedPath(host) === undefined ? ownPath(host) ?? SYSTEM_PATH : configPath(host));
}

function namedPath(host: Host): string | undefined {
  return host.env("CONTAINER_HOOKS_CONFIG") || undefined;
}

function ownPath(host: Host): string | undefined {
  if (host.uid() === 0 && !host.inUserNamespace()) return undefined;
  // The XDG specification has relative paths ignored.
  const folders = [host.env("XDG_CONFIG_HOME"), `${host.env("HOME") ?? ""}/.config`];
  const folder = folders.find((path) => path?.startsWith("/"));
  return folder && `${folder}/container-hooks/config.toml`;
}

function isThere(host: Host, path: string): boolean {
  try {
    return host.lstat(path) !== undefined;
  } catch {
    // A home that we may not enter, as after `sudo -u`, is somebody else's.
    return false;
  }
}

/**
 * Reads config.toml and the files of conf.d beside it, in the order in which they count.
 *
 * The folders are checked even where they are empty: whoever can remove a file of policy lets every container
 * through, as one who can write it does.
 *
 * @param sources Everything that was looked at is added to it.
 * @throws {Failure} file-missing where CONTAINER_HOOKS_CONFIG names a file that is not there; those of
 * `readTrusted`
 */
export function readSources(
  host: Host,
  path: string,
  sources: ConfigSource[],
): { file: string; bytes: Uint8Array }[] {
  const folder = folderOf(path);
  trustedFolder(host, folder);
  const main = readIfThere(host, path);
  if (!main && path === namedPath(host)) throw failure("file-missing", { what: FILE, path });
  sources.push({ path, status: main?.status });
  const texts = extraFiles(host, pathIn(folder, "conf.d"), sources).map((file) => {
    const { bytes, status } = readTrusted(host, file, FILE, LIMIT);
    sources.push({ path: file, status });
    return { file, bytes };
  });
  return main ? [{ file: path, bytes: main.bytes }, ...texts] : texts;
}

/** Reads one file of a configuration once more. */
export function readSource(host: Host, file: string): Uint8Array {
  return readTrusted(host, file, FILE, LIMIT).bytes;
}

function readIfThere(host: Host, path: string): FileContent | undefined {
  try {
    return readTrusted(host, path, FILE, LIMIT);
  } catch (error) {
    if (error instanceof Failure && error.code === "file-missing") return undefined;
    throw error;
  }
}

/**
 * Lists the files of conf.d in the order of their names, character by character. Editors keep files of their own
 * under a leading dot.
 */
function extraFiles(host: Host, folder: string, sources: ConfigSource[]): string[] {
  const status = trustedFolder(host, folder);
  sources.push({ path: folder, status });
  if (!status) return [];
  // What a link leads to could be exchanged without a change to the status that `sources` has.
  if (status.kind !== "a folder") {
    throw failure("file-kind", { what: FOLDER, path: folder, kind: status.kind, wanted: "a folder" });
  }
  const names = attempt(folder, () => host.readFolder(folder)).map((entry) => entry.name);
  return names.filter((name) => name.endsWith(".toml") && !name.startsWith(".")).sort()
    .map((name) => `${folder}/${name}`);
}

function trustedFolder(host: Host, folder: string): FileStatus | undefined {
  const status = attempt(folder, () => host.lstat(folder));
  if (status) checkFolder(host, folder, FOLDER);
  return status;
}

function attempt<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const why = systemReason(error);
    throw failure("file-unreadable", { what: FOLDER, path: folder, why }, { cause: error });
  }
}
