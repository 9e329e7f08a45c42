/** Which ids may reach a plugin. An id is untrusted text: it never becomes part of a path of ours. */
import { failure } from "../errors.ts";

/**
 * The rule of runc (libcontainer) and of the engines: letters, digits and `_ + - .`, not "." or "..".
 *
 * @throws {Failure} container-id
 * @see https://github.com/opencontainers/runc/blob/main/libcontainer/factory_linux.go
 */
export function checkContainerId(id: string): void {
  if (id.length > 1024) throw failure("container-id", { id, why: "is longer than 1024 characters" });
  if (!/^[\w+.-]+$/.test(id)) {
    throw failure("container-id", { id, why: "has characters that no runtime accepts" });
  }
  if (id === "." || id === "..") throw failure("container-id", { id, why: "is a folder's name" });
}
