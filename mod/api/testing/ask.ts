/** Asking a plugin about a container in a test, as a create asks it. */
import { freeze } from "../../core/freeze.ts";
import type { OptionDescriptor } from "../../core/manifest.ts";
import { matchWhen } from "../../core/when.ts";
import { type Answer, checkAnswer } from "../../edits/check_answer.ts";
import { failure } from "../../errors.ts";
import type { Container, Plan, PlanContext, Plugin } from "../plugin.ts";
import { refuseLasting } from "./lasting.ts";
import { type ContainerFields, factsOf, makeContainer } from "./container.ts";
import { checkPlugin, optionsOf, type Settings } from "./settings.ts";
import { makeHost, makeLog, type Traces } from "./stand_in.ts";

/** What came of asking a plugin. */
export interface AskOutcome extends Traces {
  /** Whether it was asked: its `when` holds. */
  asked: boolean;
  /** Why it was asked, or was not, a sentence for each condition of its `when`. */
  reasons: string[];
  /** What it decides: empty where it is not asked. */
  plan: Plan;
}

/**
 * Asks a plugin about a container, without any outside world: a file that `files` does not hold does not exist, and
 * no program can be run that `programs` does not hold.
 *
 * All is as in a create. A plugin whose `when` does not hold is not asked, and decides nothing; options and the manifest
 * are checked; `host` reaches what `needs` name; the plugin cannot change the container; its answer is taken apart and
 * checked. It is asked several times, about this container and about another one in between, and must always answer
 * the same: what lasts in its module from one container to the next is not there on a host, or is another's.
 *
 * @returns What its `plan` returns, as plain data: what it left out, or left empty, is not there. Where it denies,
 * `deny` alone.
 * @throws What its `plan` throws; an error that names the field, where a host would refuse the answer, and one that says
 * what differs, where it answers differently.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { definePlugin, setEnv } from "container-hooks/plugin";
 * import { ask } from "container-hooks/testing";
 *
 * const plugin = definePlugin({
 *   api: 1,
 *   name: "zone",
 *   version: "1.0.0",
 *   brief: "Says where the host is",
 *   options: { file: { type: "string", default: "/etc/zone", brief: "where it is written" } },
 *   when: { labels: { "^zone$": "^yes$" } },
 *   needs: { read: [{ option: "file" }] },
 *   plan: (_container, { host, options }) => ({ edits: [setEnv("ZONE", host.readTextFile(options.file))] }),
 * });
 * const labels = { zone: "yes" };
 * const { edits } = await ask(plugin, { labels }, { options: { file: "/zone" }, files: { "/zone": "north" } });
 * assert.deepEqual(edits, [setEnv("ZONE", "north")]);
 * assert.deepEqual(await ask(plugin, { labels: { zone: "no" } }), {});
 *
 * const wrong = definePlugin({ ...plugin, plan: () => ({ edits: [setEnv("A=B", "c")] }) });
 * await assert.rejects(ask(wrong, { labels }), /edits\[0\]\.name/);
 * ```
 */
export async function ask<const O extends Record<string, OptionDescriptor>>(
  plugin: Plugin<O>,
  fields: ContainerFields = {},
  settings: Settings<O> = {},
): Promise<Plan> {
  return (await askWhole(plugin, fields, settings)).plan;
}

/** Asks it, and tells all that came of it. */
export async function askWhole<O extends Record<string, OptionDescriptor>>(
  plugin: Plugin<O>,
  fields: ContainerFields,
  settings: Settings<O>,
): Promise<AskOutcome> {
  checkPlugin(plugin as Plugin);
  const options = optionsOf(plugin, settings.options);
  const container = makeContainer(fields);
  const { matches, undecided, reasons } = matchWhen(plugin.when, factsOf(container));
  const nothing = { asked: matches, reasons, log: [], ran: [] };
  if (plugin.gate && undecided.length > 0) {
    return {
      ...nothing,
      plan: { deny: [failure("gate-undecided", { plugin: plugin.name, unknown: undecided }).what] },
    };
  }
  if (!matches) return { ...nothing, plan: {} };
  const once = async (asked: Container, cached: Settings<O>["cached"]) => {
    const traces: Traces = { log: [], ran: [] };
    const context: PlanContext<O> = {
      options,
      host: makeHost(plugin, "plan", options, { ...settings, cached }, traces),
      features: () => Promise.resolve(settings.features ?? {}),
      log: makeLog(traces),
      signal: new AbortController().signal,
    };
    const answer = await plugin.plan?.(freeze(structuredClone(asked)), context);
    return { plan: planOf(checkAnswer(plugin, answer)), ...traces };
  };
  const before = structuredClone(settings.cached);
  const first = await once(container, settings.cached);
  await refuseLasting(plugin as Plugin, container, first.plan, {
    warm: async (asked) => (await once(asked, structuredClone(settings.cached))).plan,
    cold: async (asked) => (await once(asked, structuredClone(before))).plan,
  });
  return { ...nothing, ...first };
}

/** What the author's test reads: a part that says nothing is not there. */
function planOf({ edits, deny, carry, stages, note }: Answer): Plan {
  return {
    ...(edits.length > 0 ? { edits } : {}),
    ...(deny.length > 0 ? { deny } : {}),
    ...(carry === undefined ? {} : { carry }),
    ...(stages === undefined ? {} : { stages }),
    ...(note === undefined ? {} : { note }),
  };
}
