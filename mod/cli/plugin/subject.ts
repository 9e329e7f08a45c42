/** The plugin that a command is about: one that somebody is writing, wherever it lies, named by its path. */
import { nameOf, namesOf } from "../../core/path.ts";
import { failure } from "../../errors.ts";
import type { FileStatus, Host } from "../../host/host.ts";
import { findPluginAt, type FoundPlugin } from "../../plugin/find.ts";

/** A plugin that was named by its path. */
export interface Subject {
  found: FoundPlugin;
  /** Absolute path of its file. */
  file: string;
  /** Whether it is one file without a folder of its own. */
  single: boolean;
  /** The host on which its files count as root's own: they are looked at, and not put in force. */
  view: Host;
}

/** Makes a path absolute, without `.` and `..` and a slash at its end. */
export function absolutePath(host: Host, path: string): string {
  const names: string[] = [];
  for (const name of namesOf(path.startsWith("/") ? path : `${host.cwd()}/${path}`)) {
    if (name === "..") names.pop();
    else names.push(name);
  }
  return `/${names.join("/")}`;
}

/**
 * Finds the plugin at a path: its file, or the folder that holds plugin.ts or plugin.js.
 *
 * @throws {Failure} usage, file-missing, plugin-none where no plugin is there
 */
export function findSubject(host: Host, path: string): Subject {
  if (path === "") throw failure("usage", { why: "PATH is empty; it is a plugin's file or folder" });
  const named = absolutePath(host, path);
  const real = host.realPath(named);
  if (real === undefined) throw failure("file-missing", { what: "plugin", path: named });
  const found = findPluginAt(host, real);
  if (!found) throw failure("plugin-none", { path: named, why: whyNone(host, real) });
  const file = `${found.root}/${found.entry}`;
  const single = host.lstat(real)?.kind !== "a folder" && found.name !== nameOf(found.root);
  return { found, file, single, view: viewOf(host, found.root) };
}

function whyNone(host: Host, path: string): string {
  const kind = host.lstat(path)?.kind;
  if (kind === "a folder") return "has neither plugin.ts nor plugin.js";
  if (kind !== "a regular file") return `is ${kind}`;
  if (/_test\.[jt]s$/.test(path)) return "is a test";
  return path.endsWith(".d.ts") ? "is a file of declarations" : "is neither TypeScript nor JavaScript";
}

/** A host on which `root`, what is below it and what is above it have an owner and a mode that a create accepts. */
function viewOf(host: Host, root: string): Host {
  const owned = <T extends FileStatus | undefined>(path: string, status: T): T => {
    const concerns = `${path}/`.startsWith(`${root}/`) ||
      `${root}/`.startsWith(path === "/" ? "/" : `${path}/`);
    return status && concerns ? { ...status, uid: 0, mode: status.mode & ~0o022 } : status;
  };
  return Object.assign(Object.create(host) as Host, {
    lstat: (path: string) => owned(path, host.lstat(path)),
    open: (path: string) => {
      const file = host.open(path);
      return {
        status: () => owned(path, file.status()),
        read: (buffer: Uint8Array) => file.read(buffer),
        readAt: (buffer: Uint8Array, offset: number) => file.readAt(buffer, offset),
        write: (bytes: Uint8Array) => file.write(bytes),
        sync: () => file.sync(),
        [Symbol.dispose]: () => file[Symbol.dispose](),
      };
    },
  });
}

/** Lists the tests of a plugin, by their names below its root. */
export function testsOf(host: Host, { found, single }: Subject): string[] {
  if (single) {
    return ["ts", "js"].map((ending) => `${found.name}_test.${ending}`)
      .filter((name) => host.lstat(`${found.root}/${name}`)?.kind === "a regular file");
  }
  return host.readFolder(found.root)
    .filter(({ name, kind }) => kind === "a regular file" && /_test\.[jt]s$/.test(name))
    .map(({ name }) => name).sort();
}
