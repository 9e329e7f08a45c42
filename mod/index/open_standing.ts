/** What a create goes by while the bypass is on, and which gates stand then. */
import { type Config, readConfig, whereSet } from "../config/config.ts";
import type { WhereSet } from "../config/where_set.ts";
import type { Host } from "../host/host.ts";
import type { Program } from "../plugin/program.ts";
import type { Index } from "./entries.ts";
import { isCurrent, lastIndex, openIndex } from "./open_index.ts";
import { markedToStand, standingGates } from "./standing_gates.ts";

/**
 * Gets the part of the index that a create goes by while the bypass is on: the configuration and the gates that stand.
 *
 * Only a gate that is to stand has anything made anew: whatever is broken or slow must not be in the way of the
 * way out. Nor must what was broken since switch off a gate: then the last index counts.
 *
 * @returns undefined where the configuration cannot be read, and never could
 * @throws {Failure} where the last index is not root's alone
 */
export async function openStanding(host: Host, program: Program): Promise<StandingPart | undefined> {
  const kept = lastIndex(host);
  if (kept && isCurrent(host, kept)) return standingPart(kept);
  try {
    const config = await readConfig(host);
    if (markedToStand(config).length === 0) return { config, plugins: [] };
    return standingPart(await openIndex(host, program));
  } catch {
    return kept && standingPart(kept);
  }
}

/** The part of an index that says which gates stand. */
type StandingPart = Pick<Index, "config" | "plugins">;

/** Picks the gates that stand; one that is broken is among them, and its policy says what comes of that. */
function standingPart(index: Index): StandingPart {
  return { config: index.config, plugins: standingGates(index) };
}

/** A gate that stands, and the line of the configuration by which it does. */
export interface NamedGate {
  name: string;
  /** Undefined where it cannot be told. */
  place?: WhereSet;
}

/**
 * Gets the gates that would be asked now if the bypass is on, for people; nothing is made anew. Where the index is
 * out of date, a plugin counts that the configuration marks, whether or not it is a gate.
 */
export async function namedGates(host: Host): Promise<NamedGate[]> {
  return await named(host, await whatStands(host));
}

async function named(host: Host, { config, names }: Marked): Promise<NamedGate[]> {
  return await Promise.all(
    names.map(async (name) => ({ name, place: config && await lineOfGate(host, config, name) })),
  );
}

/** Names of gates, and the configuration that says so. */
interface Marked {
  config?: Config;
  names: string[];
}

async function whatStands(host: Host): Promise<Marked> {
  let kept: Index | undefined;
  try {
    kept = lastIndex(host);
    if (kept && isCurrent(host, kept)) return ofIndex(kept);
    const config = await readConfig(host);
    return { config, names: markedToStand(config) };
  } catch {
    return kept ? ofIndex(kept) : { names: [] };
  }
}

function ofIndex(index: StandingPart): Marked {
  return { config: index.config, names: standingGates(index).map(({ name }) => name) };
}

/** Which line says that a gate is not bypassable. */
async function lineOfGate(host: Host, config: Config, name: string): Promise<WhereSet | undefined> {
  try {
    return await whereSet(host, config.sources, ["plugins", name, "bypassable"]);
  } catch {
    return undefined; // The file was broken since.
  }
}

/** Gets the gates of an index that stand. */
export async function gatesOf(host: Host, index: StandingPart): Promise<NamedGate[]> {
  return await named(host, ofIndex(index));
}
