/** What SELinux and AppArmor have denied us, as far as the logs can be read. */
import { type Finding, fine, warning } from "../cli/kit/finding.ts";
import { SYSTEM_PATH } from "../core/oci.ts";
import { oneLine } from "../errors.ts";
import { readFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";

const SUBJECT = "SELinux, AppArmor";
/** Bytes; auditd begins a new file at 8 MiB. */
const LIMIT = 32 * 1024 * 1024;
/** Milliseconds. */
const PATIENCE = 5_000;

const LOGS = ["/var/log/audit/audit.log", "/var/log/kern.log"];
const DENIED = /apparmor="DENIED"|avc: +denied/;

/** Looks for lines about our files and programs. */
export async function checkDenials(host: Host): Promise<Finding[]> {
  const denied = await deniedLines(host);
  if (!denied) return [fine(SUBJECT, "no log of the kernel can be read here")];
  const lines = denied.filter((line) => line.includes("container-hooks"));
  const last = lines.at(-1);
  if (last === undefined) return [fine(SUBJECT, "nothing of ours was denied")];
  const remedy = last.includes("apparmor=")
    ? "where the profile that the line names is an engine's or a runtime's, allow it there (aa-logprof); a " +
      "container's own, such as docker-default, is right to deny it"
    : "restorecon -R /usr/libexec/container-hooks /etc/container-hooks /var/lib/container-hooks";
  return [warning(SUBJECT, `${lines.length} denials name our files, the last: ${oneLine(last)}`, remedy)];
}

/** Gets every denial in the logs, the newest of each log last; undefined where no log can be read. */
export async function deniedLines(host: Host): Promise<string[] | undefined> {
  const texts = [...LOGS.map((path) => readLog(host, path)), await kernelLog(host)]
    .filter((text) => text !== undefined);
  if (texts.length === 0) return undefined;
  return texts.flatMap((text) => text.split("\n")).filter((line) => DENIED.test(line));
}

function readLog(host: Host, path: string): string | undefined {
  try {
    return new TextDecoder().decode(readFile(host, path, "log", LIMIT).bytes);
  } catch {
    return undefined; // Not there, not ours to read, or too long to be worth it.
  }
}

async function kernelLog(host: Host): Promise<string | undefined> {
  // sh looks for dmesg where this system has it.
  const command = { path: "/bin/sh", args: ["-c", "exec dmesg"], env: { PATH: SYSTEM_PATH, LC_ALL: "C" } };
  const outcome = await host.run({ ...command, timeout: PATIENCE }).catch(() => undefined);
  return outcome?.status === 0 ? new TextDecoder().decode(outcome.stdout) : undefined;
}
