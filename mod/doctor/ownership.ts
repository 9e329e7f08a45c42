/** Whether what is ours is root's alone: what lies there is executed, or believed, by root. */
import { type Finding, fine, wrong } from "../cli/kit/finding.ts";
import { foreignFiles } from "../host/foreign_files.ts";
import type { Host } from "../host/host.ts";
import { runFolder, stateFolder } from "../host/our_folders.ts";
import type { Program } from "../plugin/program.ts";
import { CACHE } from "../install/program_file.ts";
import { knownInstallation } from "./installation.ts";

const SUBJECT = "owners, modes";

/** Looks at all that is in the folders of the program, of the state and of running containers. */
export function checkOwnership(host: Host, { unpacked }: Program): Finding[] {
  const own = unpacked === undefined || isInstalled(host, unpacked) ? [] : [unpacked];
  const folders = [...own, stateFolder(host), runFolder(host)];
  const findings = folders.flatMap((folder) => checkFolder(host, folder));
  return findings.length > 0
    ? findings
    : [fine(SUBJECT, `${folders.join(", ")}: nobody else can write there`)];
}

/** What is installed is compared with its record, which looks at this too. */
function isInstalled(host: Host, folder: string): boolean {
  return knownInstallation(host).record?.program === folder;
}

function checkFolder(host: Host, folder: string): Finding[] {
  const found = foreignFiles(host, folder);
  const [first] = found;
  if (!first) return [];
  const more = found.length === 1 ? "" : `, and so on for ${found.length - 1} more below ${folder}`;
  return [wrong(SUBJECT, `${first.path} ${first.why}${more}`, remedyFor(folder, first.path))];
}

/** What may have been exchanged is made anew, not kept with another owner. */
function remedyFor(folder: string, path: string): string {
  const cache = `${folder}/${CACHE}`;
  if (path === cache || path.startsWith(`${cache}/`)) {
    return `others may have put code there: rm -r ${cache}; install -d -m 0700 ${cache}`;
  }
  return `find out who wrote there; what can be trusted is made root's again (chown -R root: ${folder}; ` +
    `chmod -R go-w ${folder})`;
}
