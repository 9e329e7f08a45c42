/** Whether journal, cache and log can be written, and have room. */
import { type Finding, fine, warning, wrong } from "../cli/kit/finding.ts";
import { SYSTEM_PATH } from "../core/oci.ts";
import { systemReason } from "../host/system_reason.ts";
import { discard } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { mountOf, readMounts } from "../host/mounts.ts";
import { journalFolder } from "../state/journal.ts";
import { stateFolder } from "../host/our_folders.ts";

/** Milliseconds; a network mount may not answer. */
const LIMIT = 5_000;
/** KiB below which a folder is as good as full, and below which it soon will be. */
const FULL = 1024, LOW = 64 * 1024;
/** Inodes, likewise. */
const NO_INODES = 16, FEW_INODES = 1024;

/** Writes a file into each folder that creates write to, and asks how much room there is. */
export async function checkStorage(host: Host): Promise<Finding[]> {
  const folders = { "journal": journalFolder(host), "plugin cache": stateFolder(host) };
  const findings = await Promise.all(
    Object.entries(folders).map(([subject, folder]) => checkFolder(host, subject, folder)),
  );
  return findings.flat();
}

async function checkFolder(host: Host, subject: string, folder: string): Promise<Finding[]> {
  const why = whyUnwritable(host, folder);
  if (why !== undefined) {
    const stops = subject === "journal" ? ", so no container that is edited can start" : "";
    return [wrong(
      subject,
      `${folder} cannot be written: ${why}${stops}`,
      `its owner alone writes there, ${
        host.uid() === 0 ? "root" : `user ${host.uid()}`
      }: mount its disk writable and make room on it (df -h ${folder})`,
    )];
  }
  const room = await checkRoom(host, subject, folder);
  return room.length > 0 ? room : [fine(subject, `${folder} can be written and has room`)];
}

function whyUnwritable(host: Host, folder: string): string | undefined {
  const probe = `${folder}/.doctor-${host.randomToken()}`;
  try {
    host.makeFolder(folder, 0o700);
    {
      using file = host.createNew(probe, 0o600);
      file.write(new TextEncoder().encode("a disk that is full takes a name, and no content\n"));
    }
  } catch (error) {
    return systemReason(error);
  } finally {
    discard(host, probe);
  }
}

async function checkRoom(host: Host, subject: string, folder: string): Promise<Finding[]> {
  const remedy = `make room there (df -h ${folder}; df -i ${folder})`;
  const [kibibytes, inodes] = await Promise.all([
    available(host, "-Pk", folder),
    available(host, "-Pi", folder),
  ]);
  if (isBelow(kibibytes, FULL) || isBelow(inodes, NO_INODES)) {
    return [
      wrong(subject, `the disk of ${folder} is full${isBelow(kibibytes, FULL) ? "" : " of files"}`, remedy),
    ];
  }
  if (isBelow(kibibytes, LOW)) return [warning(subject, `${kibibytes} KiB are left for ${folder}`, remedy)];
  if (isBelow(inodes, FEW_INODES)) {
    return [warning(subject, `${inodes} inodes are left for ${folder}`, remedy)];
  }
  return [];
}

function isBelow(value: number | undefined, limit: number): boolean {
  return value !== undefined && value < limit;
}

/** The fourth column of df's last line; undefined where it cannot tell, as of inodes on btrfs. */
async function available(host: Host, unit: "-Pk" | "-Pi", folder: string): Promise<number | undefined> {
  const env = { PATH: SYSTEM_PATH, LC_ALL: "C" };
  // "$1" is no code: sh only looks for df where this system has it.
  const args = ["-c", 'exec df "$1" "$2"', "sh", unit, folder];
  const outcome = await host.run({ path: "/bin/sh", args, env, timeout: LIMIT }).catch(() => undefined);
  const line = new TextDecoder().decode(outcome?.stdout).trim().split("\n").at(-1) ?? "";
  const [, total, left] = / (\d+) +\d+ +(\d+) +\S+ \/.*$/.exec(line) ?? [];
  return left === undefined || total === "0" ? undefined : Number(left);
}

/** Whether the programs at `files` lie where programs may run. */
export function checkExecutable(host: Host, files: readonly string[]): Finding[] {
  const mounts = readMounts(host);
  return files.flatMap((file) => {
    const mount = mountOf(mounts, host.realPath(file) ?? file);
    if (!mount?.options.includes("noexec")) return [];
    return [wrong(
      "program",
      `${file} lies on ${mount.point}, which is mounted noexec`,
      "install it elsewhere: sh /usr/bin/container-hooks install --prefix DIR (the compiled form is no script: " +
        "from a copy on another mount), or mount it exec",
    )];
  });
}
