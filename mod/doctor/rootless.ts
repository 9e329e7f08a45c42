/** What is different for everybody but root. */
import { type Finding, fine, warning } from "../cli/kit/finding.ts";
import { configPath } from "../config/config.ts";
import type { Host } from "../host/host.ts";
import { runFolder } from "../host/our_folders.ts";

const SUBJECT = "rootless";

/** Nothing for root of the machine itself. */
export function checkRootless(host: Host): Finding[] {
  if (host.uid() === 0 && !host.inUserNamespace()) return [];
  const findings = [fine(
    SUBJECT,
    `this is about the engines of user ${host.uid()}, who can go around every policy in ${
      configPath(host)
    }; ` +
      "sudo container-hooks doctor looks at the host's",
  )];
  if (!host.env("XDG_RUNTIME_DIR")) {
    findings.push(warning(
      SUBJECT,
      `XDG_RUNTIME_DIR is not set, so the journal would lie in ${runFolder(host)}`,
      "log in by a session of the user's own (machinectl shell, ssh), not by su",
    ));
  }
  return findings;
}
