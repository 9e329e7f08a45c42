/** Which ids may reach a plugin. An id is untrusted text: it never becomes part of a path of ours. */
import { failure } from "../errors.ts";

/**
 * Checks an id by the rule of runc (libcontainer) and of the engines: letters, digits and `_ + - .`, not "." or "..".
 *
 * @throws {Failure} container-id
 * @see https://github.com/opencontainers/runc/blob/main/libcontainer/factory_linux.go
 */
export function checkContainerId(id: string): void {
  const why = faultOf(id);
  if (why) throw failure("container-id", { id, why });
}

/** Whether `checkContainerId` passes it. */
export function isContainerId(id: string): boolean {
  return faultOf(id) === undefined;
}

function faultOf(id: string): string | undefined {
  if (id.length > 1024) return "is longer than 1024 characters";
  if (!/^[\w+.-]+$/.test(id)) return "has characters that no runtime accepts";
  return id === "." || id === ".." ? "is a folder's name" : undefined;
}
