/** What an engine did not let go of although our runtime was taken out of its file. */
import type { Done } from "../../engines/setup/engine_change.ts";
import { readRuntimes } from "../../engines/setup/site_runtimes.ts";
import { Failure, failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { SiteRuntime } from "./sites.ts";

/** What was wanted of the engine. */
export interface LettingGo {
  /** True where the name stays, as the runtime itself. */
  isKept: boolean;
  /** False where it was not to be told that its file has changed. */
  isAsked: boolean;
}

/** Says what stays otherwise than it was wanted; undefined where nothing does, as far as the engine tells. */
export async function whatStays(
  host: Host,
  { site, name }: SiteRuntime,
  { answer, remedy }: Done,
  { isKept, isAsked }: LettingGo,
): Promise<Failure | undefined> {
  const { configuration: { engine } } = site.control;
  if (await defaultOf(host, site) === name) {
    return failure("engine-default-elsewhere", { engine, name, file: site.file });
  }
  if (!isAsked) return undefined;
  const stays = answer.isDefault === true || (!isKept && answer.loaded === true) || remedy !== undefined;
  return stays ? failure("engine-keeps-us", { engine, name, how: answer.how }) : undefined;
}

async function defaultOf(host: Host, site: SiteRuntime["site"]): Promise<string | undefined> {
  try {
    return (await readRuntimes(host, site)).configured.default;
  } catch (thrown) {
    // An engine that cannot read its files has no default by them.
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}
