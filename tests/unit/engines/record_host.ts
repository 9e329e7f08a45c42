/** The smallest host that readers of records need: files in memory, each with an owner and a mode. */
import { normalize } from "pathe";
import type { FileStatus, Host, OpenFile } from "../../../mod/host/host.ts";

/** A file by its text or bytes, with what differs from root's ordinary file; a folder; or a link. */
export type Entry = string | Uint8Array | {
  text?: string;
  folder?: true;
  link?: string;
  uid?: number;
  mode?: number;
  size?: number;
};

interface Node extends FileStatus {
  bytes: Uint8Array;
  link?: string;
}

/** A host of these files alone; folders above them are root's. */
export function recordHost(
  entries: Record<string, Entry>,
  queryDatabase: Host["queryDatabase"] = () => Promise.reject(new Error("unable to open database file")),
): Host {
  const nodes = new Map<string, Node>();
  const add = (path: string, kind: FileStatus["kind"], bytes: Uint8Array, changes: Partial<Node>) => {
    const [inode, size, mode] = [nodes.size + 1, bytes.length, kind === "a folder" ? 0o755 : 0o644];
    const status = { kind, device: 1, inode, links: 1, uid: 0, gid: 0, mode, size, modified: 0, changed: 0 };
    nodes.set(path, { ...status, bytes, ...changes });
  };
  for (const [path, entry] of Object.entries(entries)) {
    if (entry instanceof Uint8Array) add(path, "a regular file", entry, {});
    else {
      const { text = "", folder, ...changes } = typeof entry === "string" ? { text: entry } : entry;
      const kind = folder ? "a folder" : "link" in changes ? "a symbolic link" : "a regular file";
      add(path, kind, new TextEncoder().encode(text), changes);
    }
  }
  for (const path of Object.keys(entries)) {
    const parts = path.split("/");
    for (let end = 1; end < parts.length; end++) {
      const folder = parts.slice(0, end).join("/") || "/";
      if (!nodes.has(folder)) add(folder, "a folder", new Uint8Array(), {});
    }
  }
  const host: Partial<Host> = {
    lstat: (path) => nodes.get(path),
    readLink: (path) => nodes.get(path)!.link!,
    realPath: (path) => normalize(path),
    open: (path) => openNode(nodes.get(path)!),
    queryDatabase,
    uid: () => 0,
    inUserNamespace: () => false,
  };
  return host as Host;
}

function openNode(node: Node): OpenFile {
  let offset = 0;
  const readAt = (buffer: Uint8Array, from: number) => {
    const part = node.bytes.subarray(from, from + buffer.length);
    buffer.set(part);
    return part.length;
  };
  return {
    status: () => node,
    read(buffer) {
      const length = readAt(buffer, offset);
      offset += length;
      return length || undefined;
    },
    readAt,
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

/** The bytes of a fixture that was compressed by gzip. */
export async function zipped(name: string): Promise<Uint8Array> {
  const file = await Deno.open(new URL(`./fixtures/${name}`, import.meta.url));
  return new Uint8Array(
    await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer(),
  );
}
