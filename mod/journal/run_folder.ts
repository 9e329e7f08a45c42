/** Where the state of running containers lives: gone with the power, like the containers themselves. */
import { failure } from "../errors.ts";
import { systemReason } from "../host/system_reason.ts";
import type { Host } from "../host/host.ts";

/**
 * The run folder: CONTAINER_HOOKS_RUN, else /run/container-hooks, else, for a user other than root and for
 * root of a user namespace, `$XDG_RUNTIME_DIR/container-hooks`.
 *
 * The variable is read from the environment of whoever calls us (the engine's, an administrator's shell),
 * never from a container's.
 *
 * @throws {Failure} usage where the variable is not an absolute path
 */
export function runFolder(host: Host): string {
  const named = host.env("CONTAINER_HOOKS_RUN");
  if (named) {
    if (!named.startsWith("/")) {
      throw failure("usage", { why: "CONTAINER_HOOKS_RUN is not an absolute path" });
    }
    return named.replace(/\/+$/, "");
  }
  const user = host.uid() === 0 && !host.inUserNamespace() ? undefined : host.env("XDG_RUNTIME_DIR");
  return user?.startsWith("/") ? `${user}/container-hooks` : "/run/container-hooks";
}

/** All that is ours in it: the files and folders of journal/, plan/ and the bypass. */
export const RUN_CONTENTS: readonly string[] = ["bypass", "features", "journal", "plugins", "slots", "start"];

/** Makes a folder of ours that nobody else can look into. @throws {Failure} file-unwritable */
export function makePrivateFolder(host: Host, path: string): void {
  if (host.lstat(path)?.kind === "a folder") return;
  try {
    host.makeFolder(path, 0o700);
  } catch (error) {
    throw failure("file-unwritable", { what: "folder", path, why: systemReason(error) }, { cause: error });
  }
}
