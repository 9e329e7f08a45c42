/** Asking one plugin about one container, within its time. */
import type { Container, PlanContext, PluginLog } from "../api/plugin.ts";
import { lookAtThrown } from "../core/thrown.ts";
import { type Answer, checkAnswer } from "../edits/check_answer.ts";
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { runFolder } from "../host/our_folders.ts";
import type { Log } from "../host/own_log.ts";
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";
import { callPlugin } from "../plugin/call_plugin.ts";
import { explainByOriginals } from "../plugin/load.ts";
import { pluginHost, pluginLog } from "../plugin/plugin_host.ts";
import { completeEdits } from "./complete_edits.ts";
import { outsideOfPlan } from "../sandbox/outside.ts";
import { valuesOf } from "../state/plugin_values.ts";
import type { Isolates } from "./open_code.ts";

/** Milliseconds beyond its own limit after which a built-in plugin that never returns ends with this process. */
const GRACE = 1000;

/** What is asked, and with what. */
export interface Question {
  plugin: ConfiguredPlugin;
  container: Container;
  /** Asks the runtime. */
  features: PlanContext["features"];
  isolate: Isolates;
}

/**
 * Asks a plugin about a container, and completes what its edits leave to be found out on the host.
 *
 * @param log Its lines say which container they are about.
 * @throws {Failure} plugin, plugin-edit or deadline; nothing else
 */
export async function ask(host: Host, log: Log, question: Question): Promise<Answer> {
  const answer = await answerOf(host, log, question);
  const { name } = question.plugin.manifest;
  return { ...answer, edits: await completeEdits(host, name, answer.edits) };
}

/**
 * What a plugin from the disk fails with counts where it was the first in its isolate. Otherwise it may be the doing
 * of those before it, or of itself about another container, so it is asked again, in a new one; but not when its time
 * is up and nobody else was there: it would take that twice.
 */
async function answerOf(host: Host, log: Log, question: Question): Promise<Answer> {
  const { plugin, isolate } = question;
  const { manifest: { name }, code } = plugin;
  const theirLog = pluginLog(log, name);
  if (!code) return await askHere(host, theirLog, question);
  const before: string[] = [];
  try {
    return await askInIsolate(host, theirLog, question, before);
  } catch (thrown) {
    isolate.end(plugin);
    const alone = before.every((other) => other === name);
    if (before.length === 0 || (alone && asFailure(thrown).code === "deadline")) throw thrown;
    theirLog.warn(
      `asked again in a new isolate: in the one where ${before.join(", ")} had been asked it came to this: ` +
        lookAtThrown(thrown).message,
    );
  }
  try {
    return await askInIsolate(host, theirLog, question, before);
  } catch (thrown) {
    isolate.end(plugin);
    throw thrown;
  }
}

/** A plugin that is part of the program. Where it never gives control back, the kernel ends this process. */
async function askHere(host: Host, theirLog: PluginLog, question: Question): Promise<Answer> {
  const { plugin: { manifest, timeout, options, load }, container, features } = question;
  using _end = host.killAfter(timeout + GRACE);
  const explain = (thrown: unknown) => ({ message: lookAtThrown(thrown).message });
  return await callPlugin({ plugin: manifest.name, stage: "plan", timeout, explain }, async (signal) => {
    const plugin = await load!();
    const context = {
      options: options as PlanContext["options"],
      host: hostOf(host, theirLog, question),
      signal,
    };
    return checkAnswer(manifest, await plugin.plan?.(container, { ...context, log: theirLog, features }));
  });
}

/**
 * Asks a plugin from the disk in the isolate of the create.
 *
 * @param before Is told the plugins that had been asked in the same isolate.
 */
async function askInIsolate(
  host: Host,
  theirLog: PluginLog,
  question: Question,
  before: string[],
): Promise<Answer> {
  const { plugin, container, features, isolate: shared } = question;
  const { manifest, timeout, options, code } = plugin;
  // The code around the place goes to our log: the engine's user reads one line.
  const explain = (thrown: unknown) => {
    const explained = explainByOriginals(host, code!, thrown);
    if (explained.frame) theirLog.warn(`${explained.message}\n${explained.frame}`);
    return explained;
  };
  // Programs that it has run and not waited for end with its answer.
  const answered = new AbortController();
  try {
    return await callPlugin({ plugin: manifest.name, stage: "plan", timeout, explain }, async (signal) => {
      const place = await shared.placeOf(plugin);
      before.push(...place.before);
      const end = AbortSignal.any([signal, answered.signal]);
      const outside = outsideOfPlan(hostOf(host, theirLog, question, end), features);
      const reach = { name: manifest.name, outside, log: theirLog };
      const answer = await place.isolate.call(place.plugin, { plan: { container, options } }, reach, signal);
      return checkAnswer(manifest, answer);
    });
  } finally {
    answered.abort();
  }
}

/** Makes the `host` of a plugin that is asked. @param signal Given where what it has run is to end with its time. */
function hostOf(
  host: Host,
  log: PluginLog,
  { plugin: { manifest: { name, needs = {} }, options } }: Question,
  signal?: AbortSignal,
) {
  const values = valuesOf(host, name, runFolder(host), ({ message }) => log.warn(message));
  return pluginHost(host, name, "plan", needs, options, values, signal);
}
