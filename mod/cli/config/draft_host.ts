/** The outside world as it would be with a changed configuration. */
import type { FileStatus, Host, OpenFile } from "../../host/host.ts";
import type { ConfigDraft } from "./draft.ts";

/** Makes a host on which the texts of `drafts` stand in the places of their files, for whoever only reads those. */
export function draftHost(host: Host, drafts: readonly ConfigDraft[]): Host {
  const encoder = new TextEncoder();
  const texts = new Map(drafts.map(({ file, after }) => [file, encoder.encode(after)]));
  const isAbove = (path: string) => drafts.some(({ file }) => file.startsWith(`${path}/`));
  const lstat = (path: string): FileStatus | undefined => {
    const bytes = texts.get(path);
    const status = host.lstat(path);
    if (bytes) return { ...status ?? madeNow(host, "a regular file", 0o644), size: bytes.length };
    return status ?? (isAbove(path) ? madeNow(host, "a folder", 0o755) : undefined);
  };
  const open = (path: string): OpenFile => {
    const bytes = texts.get(path);
    return bytes ? openText(bytes, lstat(path)!) : host.open(path);
  };
  return Object.assign(Object.create(host), { lstat, open });
}

function madeNow(host: Host, kind: FileStatus["kind"], mode: number): FileStatus {
  const now = host.now();
  return {
    kind,
    device: 0,
    inode: 0,
    links: 1,
    uid: host.uid(),
    gid: 0,
    mode,
    size: 0,
    modified: now,
    changed: now,
  };
}

function openText(bytes: Uint8Array, status: FileStatus): OpenFile {
  let offset = 0;
  return {
    status: () => status,
    readAt(buffer, from) {
      const part = bytes.subarray(from, from + buffer.length);
      buffer.set(part);
      return part.length;
    },
    read(buffer) {
      const part = bytes.subarray(offset, offset + buffer.length);
      buffer.set(part);
      offset += part.length;
      return part.length || undefined;
    },
    write() {
      throw new Error("a draft is written by whoever made it");
    },
    sync() {},
    [Symbol.dispose]() {},
  };
}
