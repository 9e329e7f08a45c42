/** The folders that are ours on a host: the run folder and the state folder. */
import { failure } from "../errors.ts";
import { checkFolder } from "./files.ts";
import type { Host } from "./host.ts";
import { systemReason } from "./system_reason.ts";

const SYSTEM_RUN = "/run/container-hooks";

/**
 * Gets the run folder, where the state of running containers lives, gone with the power like the containers
 * themselves: CONTAINER_HOOKS_RUN, else /run/container-hooks, else, for a user other than root and for root of a
 * user namespace, `$XDG_RUNTIME_DIR/container-hooks`.
 *
 * The variable is read from the environment of whoever calls us (the engine's, an administrator's shell),
 * never from a container's.
 *
 * @throws {Failure} usage where the variable is not an absolute path
 */
export function runFolder(host: Host): string {
  const named = namedFolder(host, "CONTAINER_HOOKS_RUN");
  if (named !== undefined) return named;
  const user = isSystem(host) ? undefined : host.env("XDG_RUNTIME_DIR");
  return user?.startsWith("/") ? `${user}/container-hooks` : SYSTEM_RUN;
}

/**
 * Gets the state folder, of the index, the plugin cache and what is kept of engines' configurations:
 * CONTAINER_HOOKS_STATE, else /var/lib/container-hooks, else, for a user other than root, the XDG folder for
 * state.
 *
 * @throws {Failure} usage where the variable is not an absolute path
 */
export function stateFolder(host: Host): string {
  const named = namedFolder(host, "CONTAINER_HOOKS_STATE");
  if (named !== undefined) return named;
  if (isSystem(host)) return "/var/lib/container-hooks";
  const folders = [host.env("XDG_STATE_HOME"), `${host.env("HOME") ?? ""}/.local/state`];
  const own = folders.find((path) => path?.startsWith("/"));
  return own === undefined ? "/var/lib/container-hooks" : `${own}/container-hooks`;
}

/**
 * Makes a folder of ours that nobody else can look into. One that is there is looked at before it is used: it, and
 * all above it, must be writable by root alone.
 *
 * @throws {Failure} file-unwritable, untrusted; runtime-dir-unset where a user's own run folder is not known
 */
export function makePrivateFolder(host: Host, path: string): void {
  try {
    if (host.lstat(path)?.kind !== "a folder") host.makeFolder(path, 0o700);
  } catch (error) {
    if (!isSystem(host) && `${path}/`.startsWith(`${SYSTEM_RUN}/`)) {
      throw failure("runtime-dir-unset", { user: host.uid(), path: SYSTEM_RUN }, { cause: error });
    }
    throw failure("file-unwritable", { what: "folder", path, why: systemReason(error) }, { cause: error });
  }
  checkFolder(host, path, "folder");
}

function namedFolder(host: Host, variable: string): string | undefined {
  const named = host.env(variable);
  if (!named) return undefined;
  if (!named.startsWith("/")) throw failure("usage", { why: `${variable} is not an absolute path` });
  return named.replace(/\/+$/, "");
}

/** Whether we are root of the whole system, whose folders are those of the file system's hierarchy. */
function isSystem(host: Host): boolean {
  return host.uid() === 0 && !host.inUserNamespace();
}
