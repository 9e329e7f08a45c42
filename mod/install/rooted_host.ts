/** The outside world as it is inside of a folder: another system's root, such as an image that is being built. */
import { folderOf, MOST_LINKS, nameOf, namesOf, pathIn } from "../core/path.ts";
import type { FileStatus, Host } from "../host/host.ts";

/**
 * Makes a host whose paths begin at `root`. A symbolic link on the way leads to where it would lead if `root` were the
 * root, as `chroot` has it: an image whose /usr/bin is a link to the builder's own is not written through.
 *
 * Variables do not reach in, nor does PATH: they are about the machine that we run on.
 *
 * @param root Absolute, without a slash at its end; "" for the machine itself, whose host is given back.
 */
export function rootedHost(host: Host, root: string): Host {
  if (root === "") return host;
  const follow = (path: string) => resolve(host, root, path);
  /** The place of a path whose last word is not followed. */
  const at = (path: string) => {
    const { path: folder } = follow(folderOf(path));
    return root + pathIn(folder, nameOf(path));
  };
  const rooted: Partial<Host> = {
    lstat: (path) => host.lstat(at(path)),
    readLink: (path) => host.readLink(at(path)),
    realPath(path) {
      const { path: resolved, found } = follow(path);
      return found ? resolved : undefined;
    },
    open: (path) => host.open(root + follow(path).path),
    createNew: (path, mode) => host.createNew(at(path), mode),
    append: (path, mode) => host.append(root + follow(path).path, mode),
    readFolder: (path) => host.readFolder(root + follow(path).path),
    makeFolder: (path, mode) => host.makeFolder(at(path), mode),
    openFolder: (path) => host.openFolder(root + follow(path).path),
    rename: (from, to) => host.rename(at(from), at(to)),
    link: (existing, path) => host.link(at(existing), at(path)),
    makeSymlink: (target, path) => host.makeSymlink(target, at(path)),
    remove: (path) => host.remove(at(path)),
    lockOneOf: (paths, mode) => host.lockOneOf(paths.map(at), mode),
    chmod: (path, mode) => host.chmod(root + follow(path).path, mode),
    env: () => undefined,
  };
  return Object.assign(Object.create(host), rooted);
}

/** Follows the links of a path, up to a name that is missing or a link too many. */
function resolve(host: Host, root: string, path: string, links = 0): { path: string; found: boolean } {
  let resolved = "";
  let found = true;
  const parts = namesOf(path);
  for (const [index, part] of parts.entries()) {
    if (part === "..") {
      resolved = resolved.slice(0, Math.max(resolved.lastIndexOf("/"), 0));
      continue;
    }
    const next = `${resolved}/${part}`;
    const status: FileStatus | undefined = found ? host.lstat(root + next) : undefined;
    found = status !== undefined;
    if (status?.kind !== "a symbolic link") {
      resolved = next;
      continue;
    }
    if (links >= MOST_LINKS) return { path: next, found: false };
    const target = host.readLink(root + next);
    const start = target.startsWith("/") ? target : `${resolved}/${target}`;
    return resolve(host, root, [start, ...parts.slice(index + 1)].join("/"), links + 1);
  }
  return { path: resolved || "/", found };
}
