/**
 * Whether a container was planned on the way here. Apart from chain.ts: calls that pass through need no journal.
 */
import type { Host } from "../host/host.ts";
import { entryPath, readWhole } from "../state/journal.ts";
import type { CreateCall } from "../plan/create.ts";
import type { Chain } from "./chain.ts";

/**
 * Whether one of ours has planned this very container on the way here. Nobody but root can know the token of an
 * entry, and the entry says which container it is about.
 */
export function isPlanned(
  host: Host,
  { token }: Chain,
  { id, configFile }: Pick<CreateCall, "id" | "configFile">,
): boolean {
  const entry = token === undefined ? undefined : readWhole(host, entryPath(host, token));
  return entry?.container.id === id && entry.config.path === configFile && entry.outcome !== "refused";
}
