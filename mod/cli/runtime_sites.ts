/** The engines that a `runtime` command is about. */
import { CONFIGURABLE, type Configurable } from "../engines/config/configurable.ts";
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { CONTROLS } from "../configure/controls.ts";
import type { Site } from "../configure/engine_control.ts";
import { findSite, isHere } from "../configure/find_sites.ts";

/** What every `runtime` command is given. */
export interface SiteFlags {
  runtime?: readonly Configurable[];
  config?: string;
  name: string;
  json: boolean;
}

/**
 * The engines that were named, whether they are here or not; otherwise those that are here.
 *
 * @throws {Failure} usage
 */
export async function sitesFor(host: Host, { runtime, config, name }: SiteFlags): Promise<Site[]> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    throw failure("usage", { why: "--name takes letters and digits, and - . _ after the first" });
  }
  const file = config?.replace(/\/{2,}/g, "/");
  if (file !== undefined && (runtime?.length !== 1 || !file.startsWith("/"))) {
    throw failure("usage", { why: "--config takes an absolute path, and one --runtime that it belongs to" });
  }
  const names = runtime ? [...new Set(runtime)] : CONFIGURABLE;
  const sites = await Promise.all(names.map((engine) => findSite(host, CONTROLS[engine], file)));
  return runtime ? sites : sites.filter((site) => isHere(host, site));
}

/** What to know of an engine besides; each a sentence without a full stop. */
export function notesOn({ control, file, others }: Site): string[] {
  return others.map(({ pid, file: read }) =>
    `${control.program} (process ${pid}) reads ${read}, not ${file}: name it with --config`
  );
}
