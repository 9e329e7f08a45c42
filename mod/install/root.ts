/** The system that is installed into: this machine, or another one whose root is a folder of it. */
import { Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { rootedHost } from "./rooted_host.ts";

/**
 * Gives the host of the system below `root`.
 *
 * @param root Absolute, without a slash at its end; "" for this machine.
 * @throws {Failure} install-rights for this machine and another user than root; file-missing and file-kind where
 * the root is not there
 */
export function enterRoot(machine: Host, root: string): Host {
  if (root === "") {
    if (machine.uid() !== 0) throw failure("install-rights", { user: machine.uid() });
    return machine;
  }
  const real = machine.realPath(root);
  const kind = real === undefined ? undefined : machine.lstat(real)?.kind;
  if (kind === undefined) throw failure("file-missing", { what: "root", path: root });
  if (kind !== "a folder") throw failure("file-kind", { what: "root", path: root, kind, wanted: "a folder" });
  return rootedHost(machine, root);
}

/**
 * Does something in that system, whose own paths are all that `action` knows of. What fails names them as they are
 * on this machine: a remedy that is followed to the letter must not hit the machine instead.
 *
 * @throws {Failure} those of {@linkcode enterRoot} and of `action`
 */
export async function withinRoot<T>(
  machine: Host,
  root: string,
  action: (host: Host) => Promise<T>,
): Promise<T> {
  const host = enterRoot(machine, root);
  try {
    return await action(host);
  } catch (thrown) {
    throw thrown instanceof Failure && root !== "" ? fromOutside(root, thrown) : thrown;
  }
}

/** Details of the catalogue that are paths, or begin with one. */
const PATHS = ["path", "part", "file", "what", "tried", "paths", "places"];

function fromOutside(root: string, inside: Failure): Failure {
  const place = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(place);
    return typeof value === "string" && value.startsWith("/") ? pathInRoot(root, value) : value;
  };
  const details = Object.entries(inside.details).map(([name, value]) =>
    [name, PATHS.includes(name) ? place(value) : value] as const
  );
  return failure(inside.code, Object.fromEntries(details) as never, { cause: inside });
}

/** Gets the place on this machine of a path of that system. */
export function pathInRoot(root: string, path: string): string {
  return path === "/" ? root || "/" : `${root}${path}`;
}

/** Gets the path in that system of a place on this machine; undefined where it lies outside. */
export function pathIn(root: string, place: string): string | undefined {
  return place.startsWith(`${root}/`) ? place.slice(root.length) : undefined;
}
