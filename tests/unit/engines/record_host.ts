/** The smallest host that readers of records need: files in memory, each with an owner and a mode. */
import { normalize } from "pathe";
import type { FileStatus, Host, OpenFile } from "../../../mod/host/host.ts";

/** A file by its text, with what differs from root's ordinary file; or a folder. */
export type Entry = string | { text?: string; folder?: true; uid?: number; mode?: number; size?: number };

/** A host of these files alone; folders above them are root's. */
export function recordHost(entries: Record<string, Entry>): Host {
  const nodes = new Map<string, FileStatus & { text: string }>();
  const add = (
    path: string,
    kind: FileStatus["kind"],
    text: string,
    uid: number,
    mode: number,
    size?: number,
  ) => {
    const inode = nodes.size + 1;
    const bytes = size ?? new TextEncoder().encode(text).length;
    const times = { modified: 0, changed: 0 };
    nodes.set(path, { kind, device: 1, inode, links: 1, uid, gid: uid, mode, size: bytes, ...times, text });
  };
  for (const [path, entry] of Object.entries(entries)) {
    const { text = "", folder = false, uid = 0, mode = undefined, size = undefined } =
      typeof entry === "string" ? { text: entry } : entry;
    add(path, folder ? "a folder" : "a regular file", text, uid, mode ?? (folder ? 0o755 : 0o644), size);
  }
  for (const path of Object.keys(entries)) {
    const parts = path.split("/");
    for (let end = 1; end < parts.length; end++) {
      const folder = parts.slice(0, end).join("/") || "/";
      if (!nodes.has(folder)) add(folder, "a folder", "", 0, 0o755);
    }
  }
  const host: Partial<Host> = {
    lstat: (path) => nodes.get(path),
    realPath: (path) => normalize(path),
    open: (path) => openText(nodes.get(path)!),
    uid: () => 0,
    inUserNamespace: () => false,
  };
  return host as Host;
}

function openText(node: FileStatus & { text: string }): OpenFile {
  let rest = new TextEncoder().encode(node.text);
  return {
    status: () => node,
    read(buffer) {
      if (rest.length === 0) return undefined;
      const part = rest.subarray(0, buffer.length);
      buffer.set(part);
      rest = rest.subarray(part.length);
      return part.length;
    },
    write: () => {
      throw new Error("records are only read");
    },
    sync: () => {},
    [Symbol.dispose]: () => {},
  };
}

/** The text of a fixture beside this file. */
export function fixture(name: string): string {
  return Deno.readTextFileSync(new URL(`./fixtures/${name}`, import.meta.url));
}
