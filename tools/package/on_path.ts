/** Finds the programs that packages are made with, where the person who calls us has them. */
import { join } from "node:path";

/** Gets a program's file from PATH; undefined where no folder of it has one. */
export function onPath(name: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder.startsWith("/"));
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}
