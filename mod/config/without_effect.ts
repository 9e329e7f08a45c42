/** Keys that older configurations set, that are read all the same, and that change nothing. */
import { type Config, whereSet } from "./config.ts";
import type { Host } from "../host/host.ts";

/** Makes a sentence for each key without effect that a file sets, without what to do: the line may go. */
export async function keysWithoutEffect(host: Host, { plugins, sources }: Config): Promise<string[]> {
  const set = Object.entries(plugins).filter(([, { isolation }]) => isolation !== undefined);
  return await Promise.all(set.map(async ([name]) => {
    const place = await whereSet(host, sources, ["plugins", name, "isolation"]);
    const where = place?.line === undefined ? "" : `${place.file}:${place.line}: `;
    return `${where}isolation of plugin ${name} has no effect any more: code from the disk always runs in an isolate`;
  }));
}
