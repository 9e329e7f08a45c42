/** Which files and folders something was made from, and whether they are still the same. */
import type { FileStatus, Host } from "../host/host.ts";

/** What a path was: two equal ones are the same content in the same hands, since `changed` cannot be set back. */
export type Fingerprint = Pick<FileStatus, typeof FINGERPRINT[number]>;

const FINGERPRINT = ["device", "inode", "uid", "mode", "size", "modified", "changed"] as const;

/** A path that was looked at; without a fingerprint nothing was there. */
export interface SeenPath {
  path: string;
  fingerprint?: Fingerprint;
}

/**
 * Milliseconds for which a change may go unseen, since Deno tells `changed` in whole seconds: a file that is
 * written twice within one, the second time with the size and the `modified` of the first, looks the same.
 */
const BLIND = 1100;

/** Collects what was looked at. Look before reading, so that a change meanwhile shows as one. */
export class SourceList {
  readonly #host: Host;
  readonly #sources = new Map<string, SeenPath>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Notes what is at `path` now, itself and what a symbolic link there leads to. */
  look(path: string): FileStatus | undefined {
    const status = this.#note(path);
    if (status?.kind !== "a symbolic link") return status;
    const target = this.#host.realPath(path);
    return target === undefined ? undefined : this.#note(target);
  }

  /** Notes the folders above `path` too: where the trouble is their owner or mode, they are what will change. */
  lookAbove(path: string): void {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      this.look(path.slice(0, end));
    }
  }

  /** Takes over what was noted elsewhere. */
  add(sources: readonly SeenPath[]): void {
    for (const source of sources) this.#remember(source);
  }

  list(): SeenPath[] {
    return [...this.#sources.values()];
  }

  #note(path: string): FileStatus | undefined {
    const status = this.#host.lstat(path);
    this.#remember(status ? { path, fingerprint: fingerprintOf(status) } : { path });
    return status;
  }

  /** The first look counts: a later one could have missed a change in between. */
  #remember(source: SeenPath): void {
    if (!this.#sources.has(source.path)) this.#sources.set(source.path, source);
  }
}

/**
 * Tells whether everything is as it was noted.
 *
 * @param builtAt When the noting began. What changed just then could have changed again unseen, so it does
 * not count as the same.
 */
export function unchanged(host: Host, sources: readonly SeenPath[], builtAt: number): boolean {
  return sources.every(({ path, fingerprint }) => {
    const status = host.lstat(path);
    if (!status || !fingerprint) return !status && !fingerprint;
    return couldNotPassUnseen(host, fingerprint, builtAt) &&
      sameFingerprint(fingerprintOf(status), fingerprint);
  });
}

/** Where the clock was set back, files are of times to come, in which nothing has changed yet. */
function couldNotPassUnseen(host: Host, { changed }: Fingerprint, builtAt: number): boolean {
  return changed < builtAt - BLIND || changed > host.now() + BLIND;
}

/** What of a status tells whether something is the same. */
export function fingerprintOf(
  { device, inode, uid, mode, size, modified, changed }: FileStatus,
): Fingerprint {
  return { device, inode, uid, mode, size, modified, changed };
}

function sameFingerprint(a: Fingerprint, b: Fingerprint): boolean {
  return FINGERPRINT.every((field) => a[field] === b[field]);
}
