/** Having containerd print its whole configuration, of files that are in their places and of such that are not. */
import { discard, replaceFile } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { stateFolder } from "../../host/our_folders.ts";
import type { StagedFile } from "../setup/engine_control.ts";
import { readText } from "../setup/engine_files.ts";
import { ask, type Said } from "../setup/programs.ts";

/** What containerd makes of a file, and of those that it imports. */
export function dumpOf(host: Host, program: string, file: string): Promise<Said> {
  return ask(host, program, ["--config", file, "config", "dump"]);
}

/** What containerd makes of the files as they are to become. */
export async function dumpStaged(
  host: Host,
  program: string,
  main: string,
  files: readonly StagedFile[],
): Promise<Said> {
  const staged = new Map(files.map((one) => [one.file, one.staged]));
  const mainNow = staged.get(main) ?? main;
  const dropIns = files.flatMap(({ file, staged }) => file !== main && staged !== undefined ? [staged] : []);
  if (dropIns.length === 0) return await dumpOf(host, program, mainNow);
  // The successor of a drop-in is not where the main file looks for drop-ins.
  const path = `${stateFolder(host)}/containerd-check.toml`;
  const text = `version = ${/^\s*version\s*=\s*(\d+)/m.exec(readText(host, dropIns[0]!) ?? "")?.[1] ?? 2}\n` +
    `imports = ${JSON.stringify([mainNow, ...dropIns])}\n`;
  const temporary = `${path}.new`;
  discard(host, temporary);
  replaceFile(host, path, "file", new TextEncoder().encode(text), { temporary, mode: 0o600, durable: false });
  try {
    return await dumpOf(host, program, path);
  } finally {
    discard(host, path);
  }
}
