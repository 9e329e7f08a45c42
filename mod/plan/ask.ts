/** Asking one plugin about one container, within its time. */
import type { Container, PlanContext, PluginLog } from "../api/plugin.ts";
import { lookAtThrown } from "../core/thrown.ts";
import { failure } from "../errors.ts";
import { hintAtHost } from "../sandbox/globals.ts";
import { speakThrough } from "../sandbox/process.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import { keptBy } from "../state/kept.ts";
import { runFolder } from "../host/our_folders.ts";
import { callPlugin } from "../plugin/call_plugin.ts";
import type { Explained } from "../plugin/explain.ts";
import { pluginHost, pluginLog } from "../plugin/plugin_host.ts";
import { type Answer, checkAnswer } from "./check_answer.ts";
import type { OpenCode } from "./open_code.ts";
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";

/** Milliseconds beyond its own limit after which a plugin that never returns ends with this process. */
const GRACE = 1000;

/**
 * Asks. Where the plugin's code never gives control back, the kernel ends this process: whoever started it finds
 * no success.
 *
 * @param log Its lines say which container they are about.
 * @param opening The plugin's code, being got ready.
 * @param features Asks the runtime.
 * @throws {Failure} plugin, plugin-edit or deadline; nothing else
 */
export async function ask(
  host: Host,
  log: Log,
  plugin: ConfiguredPlugin,
  opening: Promise<OpenCode>,
  container: Container,
  features: PlanContext["features"],
): Promise<Answer> {
  const { manifest: { name }, timeout } = plugin;
  const voice = pluginLog(log, name);
  using _voice = speakThrough(voice);
  using _end = host.killAfter(timeout + GRACE, plugin.code && lastWords(plugin, container));
  return await callPlugin(
    { plugin: name, stage: "plan", timeout, explain: (thrown) => explain(opening, voice, thrown) },
    async (signal) => {
      using code = await opening;
      const answer = await code.plan(container, { ...contextOf(host, plugin, voice, signal), features });
      return checkAnswer(plugin.manifest, answer);
    },
  );
}

/** What the user reads of a loop without an end: nobody here can say it any more. */
function lastWords({ manifest: { name }, timeout }: ConfiguredPlugin, { id }: Container): string {
  const endless = failure("plugin-endless", { plugin: name, stage: "plan", seconds: timeout / 1000 });
  return failure("cannot-start", { id, why: endless.what, remedy: endless.remedy }).message;
}

function contextOf(
  host: Host,
  { manifest: { name, needs = {} }, options }: ConfiguredPlugin,
  log: PluginLog,
  signal: AbortSignal,
): Omit<PlanContext, "features"> {
  const kept = () => keptBy(host, name, runFolder(host), ({ message }) => log.warn(message));
  const outside = pluginHost(host, name, "plan", needs, options, kept);
  return { options: options as PlanContext["options"], host: outside, log, signal };
}

/** The code around the place goes to our log: the engine's user reads one line. */
async function explain(opening: Promise<OpenCode>, voice: PluginLog, thrown: unknown): Promise<Explained> {
  const code = await opening.catch(() => undefined);
  if (!code) return { message: lookAtThrown(thrown).message };
  const explained = await code.explain(hintAtHost(thrown));
  if (explained.frame) voice.warn(`${explained.message}\n${explained.frame}`);
  return explained;
}
