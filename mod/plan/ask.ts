/** Asking one plugin about one container, within its time, and looking at what it answers. */
import type { Container, Plan, PlanContext, PluginLog } from "../api/plugin.ts";
import { checkEdits } from "../core/check_edit.ts";
import type { Edit, Json } from "../core/edits.ts";
import { Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import type { PlannedPlugin } from "./planned_plugin.ts";
import { pluginHost } from "./plugin_host.ts";

/** What a plugin answered, checked. */
export interface Answer {
  edits: Edit[];
  deny: string[];
  carry?: Json;
  note?: string;
}

/**
 * @throws {Failure} plugin, plugin-edit or deadline; nothing else
 */
export async function ask(host: Host, log: Log, plugin: PlannedPlugin, container: Container): Promise<Answer> {
  const { manifest, timeout } = plugin;
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      abort.abort();
      reject(failure("deadline", { what: `plan of plugin ${manifest.name}`, seconds: timeout / 1000 }));
    }, timeout);
  });
  try {
    return checkAnswer(manifest.name, await Promise.race([planOf(host, log, plugin, container, abort.signal), limit]));
  } catch (thrown) {
    throw pluginFailure(manifest.name, "plan", thrown);
  } finally {
    clearTimeout(timer);
  }
}

async function planOf(
  host: Host,
  log: Log,
  plugin: PlannedPlugin,
  container: Container,
  signal: AbortSignal,
): Promise<Plan | void> {
  const { manifest, options } = plugin;
  const opened = await plugin.open();
  const code = await opened.load();
  return code.plan?.(container, {
    options: options as PlanContext["options"],
    host: pluginHost(host, manifest.name, "plan", manifest.needs ?? {}, options),
    log: pluginLog(log, manifest.name),
    signal,
  });
}

/** A plugin's own words go to our log, marked as its. */
export function pluginLog(log: Log, plugin: string): PluginLog {
  const write = (level: "debug" | "info" | "warn") => (message: string) => log(level, String(message), { plugin });
  return { debug: write("debug"), info: write("info"), warn: write("warn") };
}

function checkAnswer(plugin: string, answer: unknown): Answer {
  if (answer === undefined || answer === null) return { edits: [], deny: [] };
  const refuse = (field: string, why: string) => failure("plugin-edit", { plugin, field, why });
  if (typeof answer !== "object" || Array.isArray(answer)) throw refuse("the plan", "must be an object or nothing");
  const { edits, deny = [], carry, note, ...rest } = answer as Record<string, unknown>;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw refuse(unknown, "is unknown; a plan has edits, deny, carry and note");
  if (!Array.isArray(deny) || !deny.every((reason) => typeof reason === "string" && reason !== "")) {
    throw refuse("deny", "must be an array of reasons");
  }
  if (note !== undefined && typeof note !== "string") throw refuse("note", "must be a string");
  return { edits: checkEdits(plugin, edits), deny, carry: plainJson(carry, refuse), note };
}

function plainJson(value: unknown, refuse: (field: string, why: string) => Failure): Json | undefined {
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

/** Whatever a plugin threw, as a failure with its name: a `problem` of its own keeps its remedy. */
export function pluginFailure(plugin: string, stage: string, thrown: unknown): Failure {
  if (thrown instanceof Failure) {
    if (thrown.code === "plugin" || thrown.code === "plugin-edit" || thrown.code === "deadline") return thrown;
    return failure("plugin", { plugin, stage, why: thrown.what, remedy: thrown.remedy }, { cause: thrown });
  }
  const why = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  const remedy = (thrown as { remedy?: unknown } | undefined)?.remedy;
  return failure(
    "plugin",
    { plugin, stage, why, ...(typeof remedy === "string" ? { remedy } : {}) },
    { cause: thrown },
  );
}
