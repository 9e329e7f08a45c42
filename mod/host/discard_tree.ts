/** Removing a folder with all that is in it, where it does not matter that some of it stays. */
import type { Host } from "./host.ts";

/** Removes what may be there: another process may be removing the same, or nothing can be written there. */
export function discardTree(host: Host, path: string): void {
  try {
    if (host.lstat(path)?.kind === "a folder") {
      for (const { name } of host.readFolder(path)) discardTree(host, `${path}/${name}`);
    }
    host.remove(path);
  } catch {
    // A later sweep finds it.
  }
}
