/** Whether the configuration can be read as a create reads it. */
import { type Finding, fine, thrownFinding } from "../cli/kit/finding.ts";
import { readConfig } from "../config/config.ts";
import type { Host } from "../host/host.ts";

const SUBJECT = "configuration";

/** Reads config.toml and conf.d. */
export async function checkConfiguration(host: Host): Promise<Finding[]> {
  try {
    const { sources, path } = await readConfig(host);
    const files = sources.filter(({ status }) => status?.kind === "a regular file").length;
    const what = files === 0 ? `${path} is not there: all has its default` : `${path} and conf.d are valid`;
    return [fine(SUBJECT, what)];
  } catch (thrown) {
    return [thrownFinding(SUBJECT, thrown)];
  }
}
