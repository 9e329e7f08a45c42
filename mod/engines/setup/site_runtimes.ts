/** What the files of an engine say of runtimes, ours told from the others. */
import type { ConfiguredRuntime, ConfiguredRuntimes } from "./engine_configuration.ts";
import { isOurProgram } from "./our_entries.ts";
import type { Failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { Site } from "./engine_control.ts";
import { factsOf } from "./find_sites.ts";
import { recordOf } from "./ledger.ts";

/** What our runtime is called unless somebody names it. */
export const USUAL_NAME = "container-hooks";

/** The runtimes of one configuration. */
export interface SiteRuntimes {
  configured: ConfiguredRuntimes;
  /** The runtimes that are on record, and those whose program has our name. */
  ours: ConfiguredRuntime[];
  /** Why the engine would start no container by any of them. */
  unused?: Failure;
}

/** @throws {Failure} where the engine's files cannot be read */
export async function readRuntimes(host: Host, site: Site): Promise<SiteRuntimes> {
  const { configuration } = site.control;
  const entries = recordOf(host, configuration.engine, site.file)?.entries ?? [];
  const recorded = entries.filter(({ isKeptName }) => !isKeptName);
  const facts = await factsOf(host, site);
  const configured = configuration.read(facts, site.file);
  const unused = configuration.unused?.(facts, site.file);
  return {
    configured,
    ours: configured.runtimes.filter(({ name, path }) =>
      isOurProgram(path, { path: recorded.find((entry) => entry.name === name)?.path ?? "" })
    ),
    ...(unused === undefined ? {} : { unused }),
  };
}

/** True for a configuration without anything of ours that no process reads, while others read another. */
export function isIdle({ daemon, others }: Site, ours: readonly ConfiguredRuntime[]): boolean {
  return ours.length === 0 && daemon === undefined && others.length > 0;
}
