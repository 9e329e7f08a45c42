/** Plugins that can be used, and would stop every container all the same: tried on some that do nothing special. */
import { failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { Index } from "../../index/entries.ts";
import { policiesOf } from "../../index/policies.ts";
import { hasLetThrough, type Trial, tryPlain, whyStopping } from "../plugin/trial.ts";
import type { ProgramParts } from "../program_context.ts";
import type { ConfigProblem } from "./problems.ts";

/**
 * Finds those of the disk that are in force: what fails where its policy does not forgive that, and what denies all and
 * has let no container on record through.
 */
export async function stoppingPlugins(
  host: Host,
  { program }: ProgramParts,
  index: Index,
): Promise<ConfigProblem[]> {
  const usable = { ...index, plugins: index.plugins.filter(({ state }) => state !== "broken") };
  const found: ConfigProblem[] = [];
  for (const plugin of policiesOf(usable, program.builtin).plugins) {
    if (!plugin.code || plugin.mode !== "enforce") continue;
    const { name } = plugin.manifest;
    const { failed, ...trial } = await tryPlain(host, program, plugin);
    const counted: Trial = failed && plugin.onError === "fail" ? { ...trial, failed } : trial;
    const why = whyStopping(name, counted);
    if (!why || (!counted.failed && hasLetThrough(host, name))) continue;
    found.push({ plugin: name, failure: failure("problem", why) });
  }
  return found;
}
