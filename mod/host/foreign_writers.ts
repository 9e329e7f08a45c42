/**
 * Who else than root can exchange what a path leads to, between one look at it and the next.
 *
 * A folder that everybody may write is safe to pass where it is sticky, as /tmp is: what lies in it is renamed and
 * removed by its owner alone. A file that everybody may write is safe in a folder that its owner alone may search: moby
 * 2.0 and its containerd run without a umask, and write config.json with mode 0666 into a folder of mode 0700.
 */
import { folderOf, MOST_LINKS, namesOf } from "../core/path.ts";
import { readFile } from "./files.ts";
import type { FileStatus, Host } from "./host.ts";

/** The first part of a path, from / on, that others than root can write, and why they can. */
export interface ForeignWriter {
  part: string;
  why: string;
}

/** The uid that stands for users outside a user namespace's map. */
const OVERFLOW_UID = 65534;
/**
 * Looks at every folder from / to `file`, through all symbolic links, and at the file itself.
 *
 * Rootless, the user himself is no stranger, nor is who he is in his own user namespace; there his own group may
 * write as well, since it often has no other member.
 *
 * @param file Absolute, as whoever opens it later will follow it.
 * @returns undefined where root alone can write, or where nothing is there
 */
export function foreignWriter(host: Host, file: string): ForeignWriter | undefined {
  return new Walk(host).follow(file);
}

class Walk {
  private links = 0;
  private readonly rootless: boolean;
  /** Whoever has a number in this namespace is the user himself. */
  private readonly everyUidIsOurs: boolean;

  constructor(private readonly host: Host) {
    const uid = host.uid();
    const namespaced = uid === 0 && host.inUserNamespace();
    this.everyUidIsOurs = namespaced && isRootlessMap(host);
    this.rootless = uid !== 0 || this.everyUidIsOurs;
  }

  follow(path: string): ForeignWriter | undefined {
    let at = "";
    let sticky = false;
    // Whether the folder that we are in lets nobody else look up a name.
    let closed = false;
    const words = namesOf(path);
    // "" is / itself, which others could write too.
    for (const [index, word] of ["", ...words].entries()) {
      if (word === "..") {
        at = folderOf(at) === "/" ? "" : folderOf(at);
        sticky = this.isSticky(at);
        closed = false;
        continue;
      }
      const next = word === "" ? "/" : `${at}/${word}`;
      const status = this.host.lstat(next);
      if (!status) return undefined;
      if (status.kind === "a symbolic link") {
        if (sticky) return { part: next, why: "is a symbolic link in a folder that everybody can write" };
        const target = this.targetOf(next, status);
        if (typeof target !== "string") return target;
        return this.follow(
          [target.startsWith("/") ? target : `${at}/${target}`, ...words.slice(index)].join("/"),
        );
      }
      const found = this.look(next, status, closed);
      if (found) return found;
      closed = (status.mode & 0o077) === 0;
      sticky = (status.mode & 0o1000) !== 0;
      at = word === "" ? "" : next;
    }
  }

  private isSticky(folder: string): boolean {
    return ((this.host.lstat(folder || "/")?.mode ?? 0) & 0o1000) !== 0;
  }

  private targetOf(link: string, status: FileStatus): string | ForeignWriter {
    const foreign = this.owner(link, status);
    if (foreign) return foreign;
    if (++this.links > MOST_LINKS) return { part: link, why: "is one of too many symbolic links" };
    return this.host.readLink(link);
  }

  private look(part: string, status: FileStatus, closed: boolean): ForeignWriter | undefined {
    const foreign = this.owner(part, status);
    if (foreign) return foreign;
    // A second name may lie where others reach it.
    if (closed && status.kind === "a regular file" && status.links === 1) return undefined;
    const writable = status.mode & (this.rootless ? 0o002 : 0o022);
    if (writable === 0 || (status.kind === "a folder" && (status.mode & 0o1000) !== 0)) return undefined;
    const mode = status.mode.toString(8).padStart(4, "0");
    return {
      part,
      why: `can be written by others than ${this.rootless ? "its user" : "root"} (mode ${mode})`,
    };
  }

  private owner(part: string, { uid }: FileStatus): ForeignWriter | undefined {
    if (this.isOurs(uid)) return undefined;
    return { part, why: `belongs to user ${uid}` };
  }

  private isOurs(uid: number): boolean {
    const { host } = this;
    if (uid === 0 || (host.uid() !== 0 && uid === host.uid())) return true;
    if (this.everyUidIsOurs) return true;
    // Outside the namespace's map: the host's root, or somebody whose files he lets us see.
    return uid === OVERFLOW_UID && host.uid() === 0 && host.inUserNamespace();
  }
}

/**
 * Whether this namespace is one user's own, as rootless engines make it: its root stands for one user of the host,
 * who also owns all other numbers in it. In a system container root is the first of a whole range, and its users
 * are as many people.
 */
function isRootlessMap(host: Host): boolean {
  try {
    const { bytes } = readFile(host, "/proc/self/uid_map", "map of users", 64 * 1024);
    return /^\s*0\s+\d+\s+1\s*$/m.test(new TextDecoder().decode(bytes));
  } catch {
    return false;
  }
}
