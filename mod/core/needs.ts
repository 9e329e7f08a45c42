/** What a plugin's `needs` name: the paths that its `host` may reach. */
import type { Needs } from "./manifest.ts";

/** Gets the paths that one kind of needs names, those of options by their values. */
export function pathsNamed(needs: Needs["read"] = [], options: Readonly<Record<string, unknown>>): string[] {
  return needs
    .flatMap((need) => typeof need === "string" ? need : options[need.option])
    .filter((path) => typeof path === "string");
}

/** Tells whether a path is one of those, or is below one of them, as it is written. */
export function isNamed(path: string, named: readonly string[]): boolean {
  return path.startsWith("/") && !path.split("/").includes("..") &&
    named.some((base) => isInside(path, base));
}

/** Tells whether a path is `base`, or is below it as it is written. */
export function isInside(path: string, base: string): boolean {
  return path === base || path.startsWith(`${base.replace(/\/$/, "")}/`);
}
