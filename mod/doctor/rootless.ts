/** What is different for everybody but root. */
import { type Finding, fine, warning, wrong } from "../cli/kit/finding.ts";
import { configPath, readConfig } from "../config/config.ts";
import { configFolder } from "../config/sources.ts";
import type { Host } from "../host/host.ts";
import { runFolder } from "../host/our_folders.ts";

const SUBJECT = "rootless";
/** There a file of another user's cannot be told from root's, so that creates may take what is refused here. */
const AS_PODMAN = "podman unshare container-hooks doctor judges files as creates of podman do";

/** Warns users other than root that a policy is advisory; finds nothing for root of the machine itself. */
export async function checkRootless(host: Host): Promise<Finding[]> {
  if (host.uid() === 0 && !host.inUserNamespace()) return [];
  const findings = [fine(
    SUBJECT,
    `this is about the engines of user ${host.uid()}, who can go around every policy in ${
      configPath(host)
    }; ` +
      `sudo container-hooks doctor looks at the host's${host.uid() === 0 ? "" : `, and ${AS_PODMAN}`}`,
  )];
  // As a create sees it, which then starts no container.
  if (!host.env("XDG_RUNTIME_DIR") && !host.env("CONTAINER_HOOKS_RUN")) {
    findings.push(wrong(
      SUBJECT,
      `XDG_RUNTIME_DIR is not set, so the journal would lie in ${runFolder(host)}: no container starts`,
      "log in by a session of the user's own (machinectl shell, ssh), not by su",
    ));
  }
  return [...findings, ...await ownPlugins(host)];
}

/** A folder that looks as if its plugins were asked, and whose plugins are not. */
async function ownPlugins(host: Host): Promise<Finding[]> {
  const folder = `${configFolder(host)}/plugins`;
  try {
    if (!host.lstat(folder) || (await readConfig(host)).pluginDirs.includes(folder)) return [];
  } catch {
    return []; // The configuration's own check tells.
  }
  const remedy = `plugin-dirs = ["${folder}"] in the table [container-hooks] of ${
    configFolder(host)
  }/config.toml`;
  return [warning(SUBJECT, `plugins in ${folder} are not asked`, remedy)];
}
