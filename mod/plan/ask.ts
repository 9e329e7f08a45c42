/** Asking one plugin about one container, within its time, and looking at what it answers. */
import type { Container, PlanContext, PluginLog } from "../api/plugin.ts";
import { checkEdits } from "../core/check_edit.ts";
import type { Edit, Json } from "../core/edits.ts";
import { HANDLER_STAGES, type HandlerStage } from "../core/oci.ts";
import { type Failure, failure } from "../errors.ts";
import { hintAtHost } from "../hold/globals.ts";
import { speakThrough } from "../hold/process.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import { keptBy } from "../journal/kept.ts";
import { runFolder } from "../host/our_folders.ts";
import { callPlugin } from "../loader/call_plugin.ts";
import type { Explained } from "../loader/explain.ts";
import { pluginHost, pluginLog } from "../loader/plugin_host.ts";
import type { OpenCode } from "./open_code.ts";
import type { PlannedPlugin } from "./planned_plugin.ts";

/** What a plugin answered, checked. */
export interface Answer {
  edits: Edit[];
  deny: string[];
  carry?: Json;
  /** Where it names any. */
  stages?: HandlerStage[];
  note?: string;
}

/** Milliseconds beyond its own limit after which a plugin that never returns ends with this process. */
const GRACE = 1000;

/**
 * Asks. Where the plugin's code never gives control back, the kernel ends this process: whoever started it finds
 * no success.
 *
 * @param opening The plugin's code, being got ready.
 * @param features Asks the runtime.
 * @throws {Failure} plugin, plugin-edit or deadline; nothing else
 */
export async function ask(
  host: Host,
  log: Log,
  plugin: PlannedPlugin,
  opening: Promise<OpenCode>,
  container: Container,
  features: PlanContext["features"],
): Promise<Answer> {
  const { manifest: { name }, timeout } = plugin;
  const voice = pluginLog(log, name);
  using _voice = speakThrough(voice);
  using _end = host.killAfter(timeout + GRACE);
  return await callPlugin(
    { plugin: name, stage: "plan", timeout, explain: (thrown) => explain(opening, voice, thrown) },
    async (signal) => {
      using code = await opening;
      const answer = await planOf(code, container, {
        ...contextOf(host, plugin, voice, signal),
        features,
      });
      return checkAnswer(name, answer);
    },
  );
}

async function planOf(code: OpenCode, container: Container, context: PlanContext): Promise<unknown> {
  try {
    return await code.plan(container, context);
  } catch (thrown) {
    throw hintAtHost(thrown);
  }
}

function contextOf(
  host: Host,
  { manifest: { name, needs = {} }, options }: PlannedPlugin,
  log: PluginLog,
  signal: AbortSignal,
): Omit<PlanContext, "features"> {
  const kept = () => keptBy(host, name, runFolder(host));
  const outside = pluginHost(host, name, "plan", needs, options, kept);
  return { options: options as PlanContext["options"], host: outside, log, signal };
}

/** The code around the place goes to our log: the engine's user reads one line. */
async function explain(opening: Promise<OpenCode>, voice: PluginLog, thrown: unknown): Promise<Explained> {
  const code = await opening.catch(() => undefined);
  if (!code) return { message: thrown instanceof Error ? thrown.message : String(thrown) };
  const explained = await code.explain(thrown);
  if (explained.frame) voice.warn(`${explained.message}\n${explained.frame}`);
  return explained;
}

function checkAnswer(plugin: string, answer: unknown): Answer {
  if (answer === undefined || answer === null) return { edits: [], deny: [] };
  const refuse = (field: string, why: string) => failure("plugin-edit", { plugin, field, why });
  if (typeof answer !== "object" || Array.isArray(answer)) {
    throw refuse("the plan", "must be an object or nothing");
  }
  const { edits, deny = [], carry, stages, note, ...rest } = answer as Record<string, unknown>;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) {
    throw refuse(unknown, "is unknown; a plan has edits, deny, carry, stages and note");
  }
  if (!Array.isArray(deny) || !deny.every((reason) => typeof reason === "string" && reason !== "")) {
    throw refuse("deny", "must be an array of reasons");
  }
  if (note !== undefined && typeof note !== "string") throw refuse("note", "must be a string");
  return {
    edits: checkEdits(plugin, edits),
    deny: [...deny],
    carry: plainJson(carry, refuse),
    stages: stagesOf(stages, refuse),
    note,
  };
}

type Refuse = (field: string, why: string) => Failure;

function stagesOf(value: unknown, refuse: Refuse): HandlerStage[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((stage) => HANDLER_STAGES.includes(stage))) return [...value];
  throw refuse("stages", `must be an array of ${HANDLER_STAGES.join(", ")}`);
}

function plainJson(value: unknown, refuse: Refuse): Json | undefined {
  if (value === undefined) return undefined;
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw refuse("carry", `cannot be written as JSON: ${(error as Error).message}`);
  }
  if (text === undefined) throw refuse("carry", "cannot be written as JSON");
  return JSON.parse(text);
}
