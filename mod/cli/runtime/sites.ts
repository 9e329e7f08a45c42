/** The engines that a `runtime` command is about. */
import { findAllSites, findSite, findSites, isHere } from "../../engines/setup/find_sites.ts";
import { CONTROLS } from "../../engines/setup/controls.ts";
import { realPathOf } from "../../engines/setup/engine_files.ts";
import type { Site } from "../../engines/setup/engine_control.ts";
import { recordOf } from "../../engines/setup/ledger.ts";
import { readRuntimes, USUAL_NAME } from "../../engines/setup/site_runtimes.ts";
import { folderOf, nameOf } from "../../core/path.ts";
import { ENGINE_WORDS, type EngineWord } from "../../core/engines.ts";
import { Failure, failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";

/** What every `runtime` command is given. */
export interface SiteFlags {
  runtime?: readonly EngineWord[];
  config?: string;
  name?: string;
  json: boolean;
}

/** A runtime of ours in one configuration. */
export interface SiteRuntime {
  site: Site;
  name: string;
}

/** Finds where to put our runtime: each engine's configuration that it reads. @throws {Failure} usage */
export async function targetsToConfigure(host: Host, flags: SiteFlags): Promise<SiteRuntime[]> {
  const { name = USUAL_NAME } = flags;
  return (await sitesBy(host, flags, findSites)).map((site) => ({ site, name }));
}

/**
 * What to take out: the one that is named, or, of every engine that was not, whatever is ours there.
 *
 * @throws {Failure} usage
 */
export async function targetsToUnconfigure(
  host: Host,
  flags: SiteFlags & { all: boolean },
): Promise<SiteRuntime[]> {
  const { name, runtime, all } = flags;
  if (runtime !== undefined && !all) return await targetsToConfigure(host, flags);
  const sites = await sitesToLookAt(host, flags);
  const targets = await Promise.all(sites.map(async (site) => {
    const names = name === undefined ? await namesAt(host, site) : [name];
    return names.map((name) => ({ site, name }));
  }));
  return targets.flat();
}

/** Lists every configuration that may have something of ours, unless one is named. @throws {Failure} usage */
export function sitesToLookAt(host: Host, flags: SiteFlags): Promise<Site[]> {
  return sitesBy(host, flags, findAllSites);
}

/** The engines that were named, whether they are here or not; otherwise those that are here. */
async function sitesBy(
  host: Host,
  { runtime, config, name = USUAL_NAME }: SiteFlags,
  find: typeof findSites,
): Promise<Site[]> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    throw failure("usage", { why: "--name takes letters and digits, and - . _ after the first" });
  }
  if (config !== undefined) {
    const [engine, ...others] = runtime ?? [];
    if (engine === undefined || others.length > 0 || !config.startsWith("/")) {
      const why = "--config takes an absolute path, and one --runtime that it belongs to";
      throw failure("usage", { why });
    }
    return [await findSite(host, CONTROLS[engine], plainPath(host, config))];
  }
  const names = runtime ? [...new Set(runtime)] : ENGINE_WORDS;
  const sites = (await Promise.all(names.map((engine) => find(host, CONTROLS[engine])))).flat();
  return runtime ? sites : sites.filter((site) => isHere(host, site));
}

/** Gives a file the one name that is on record; behind a link, ".." leads elsewhere than its words say. */
function plainPath(host: Host, path: string): string {
  const plain = path.replaceAll(/\/(\.?\/)+/g, "/");
  if (!plain.split("/").includes("..")) return plain;
  const folder = realPathOf(host, folderOf(plain));
  if (folder === undefined || nameOf(plain) === "..") {
    throw failure("usage", { why: "--config takes the path of a file, without .." });
  }
  return `${folder === "/" ? "" : folder}/${nameOf(plain)}`;
}

/** Names of ours: on record, and in files that somebody else has changed or that another record is about. */
async function namesAt(host: Host, site: Site): Promise<string[]> {
  const recorded = recordOf(host, site.control.configuration.engine, site.file)?.entries ?? [];
  const names = new Set([...recorded.map(({ name }) => name), ...await namesInFiles(host, site)]);
  return names.size > 0 ? [...names] : [USUAL_NAME];
}

/** Lists the names in an engine's files; none where these cannot be read, which taking out says. */
async function namesInFiles(host: Host, site: Site): Promise<string[]> {
  try {
    return (await readRuntimes(host, site)).ours.map(({ name }) => name);
  } catch (thrown) {
    if (thrown instanceof Failure) return [];
    throw thrown;
  }
}
