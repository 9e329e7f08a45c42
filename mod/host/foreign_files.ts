/** Files of ours that others than root own or can write, as a careless umask or a restored backup leaves them. */
import type { FileStatus, Host } from "./host.ts";

/** A file that somebody else could change, and what is wrong with it. */
export interface ForeignFile {
  path: string;
  why: string;
}

/** The uid that stands for users outside a user namespace's map. */
const OVERFLOW_UID = 65534;
/** A folder of ours with more entries is looked at in part. */
const MOST_ENTRIES = 20_000;

/**
 * Looks at a folder of ours and at all that lies in it: it is to be root's (rootless: the user's), and nobody else
 * may write it.
 *
 * @returns those that are otherwise, in the order in which they are found
 */
export function foreignFiles(host: Host, folder: string): ForeignFile[] {
  const found: ForeignFile[] = [];
  let left = MOST_ENTRIES;
  const look = (path: string) => {
    const status = left-- > 0 ? statusOf(host, path) : undefined;
    if (!status) return;
    const why = whyForeign(host, status);
    if (why !== undefined) found.push({ path, why });
    if (status.kind !== "a folder") return;
    for (const { name } of entriesOf(host, path)) look(`${path}/${name}`);
  };
  look(folder);
  return found;
}

function whyForeign(host: Host, status: FileStatus): string | undefined {
  const ours = status.uid === 0 || status.uid === host.uid() ||
    (status.uid === OVERFLOW_UID && host.inUserNamespace());
  if (!ours) return `belongs to user ${status.uid}`;
  // Of a link the mode says nothing.
  if (status.kind === "a symbolic link" || (status.mode & 0o022) === 0) return undefined;
  return `can be written by others (mode ${status.mode.toString(8).padStart(4, "0")})`;
}

/** What vanishes meanwhile, or may not be looked at, is nothing that can be told. */
function statusOf(host: Host, path: string): FileStatus | undefined {
  try {
    return host.lstat(path);
  } catch {
    return undefined;
  }
}

function entriesOf(host: Host, path: string): { name: string }[] {
  try {
    return host.readFolder(path);
  } catch {
    return [];
  }
}
