/** How tools print paths. */
import { relative } from "node:path";

/** Writes a path from here where it lies below, else whole. */
export function shown(path: string): string {
  const near = relative(Deno.cwd(), path);
  return near.startsWith("..") ? path : near;
}
