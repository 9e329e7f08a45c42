/** Whether the configuration can be read as a create reads it. */
import { type Finding, fine, thrownFinding, warning } from "../cli/kit/finding.ts";
import { readConfig } from "../config/config.ts";
import { keysWithoutEffect } from "../config/without_effect.ts";
import type { Host } from "../host/host.ts";

const SUBJECT = "configuration";

/** Reads config.toml and conf.d. */
export async function checkConfiguration(host: Host): Promise<Finding[]> {
  try {
    const config = await readConfig(host);
    const { sources, path } = config;
    const files = sources.filter(({ status }) => status?.kind === "a regular file").length;
    const what = files === 0 ? `${path} is not there: all has its default` : `${path} and conf.d are valid`;
    const idle = await keysWithoutEffect(host, config);
    return [fine(SUBJECT, what), ...idle.map((what) => warning(SUBJECT, what, "take that line out"))];
  } catch (thrown) {
    return [thrownFinding(SUBJECT, thrown)];
  }
}
