/**
 * Inside the child that takes a plugin's manifest out: the plugin's top level runs here, without permissions,
 * and what it exports is printed as JSON.
 */
import type { Host } from "../host/host.ts";
import { openPlugin } from "./load.ts";

/** What a plugin's code says about itself. Nothing in it is checked but that it is JSON. */
export interface Description {
  /** Every field but the functions. */
  manifest: Record<string, unknown>;
  /** True where the plugin decides about containers. */
  plan: boolean;
  /** Stages that it has handlers for. */
  stages: string[];
}

/** What the child prints: a description, or why there is none. */
export type Answer =
  | { description: Description }
  | { fault: { field: string; why: string } }
  | { thrown: { name: string; message: string; stack: string } };

/** One field of the plugin is not as it must be. */
class Fault extends Error {
  constructor(readonly field: string, readonly why: string) {
    super(`${field} ${why}`);
  }
}

/**
 * Prints the {@linkcode Answer} for a plugin in the cache, on a line of its own: the plugin may print too.
 *
 * The caller ends the process afterwards, whatever timers the plugin has started.
 *
 * @param folder The plugin's folder in the cache.
 * @param dropPermissions Called after what needs them and before the plugin's first line.
 */
export async function printManifest(host: Host, folder: string, dropPermissions: () => void): Promise<void> {
  const opened = await openPlugin({ folder, root: "", entry: "" });
  dropPermissions();
  host.stdout(`\n${JSON.stringify(await answer(() => opened.load()))}\n`);
}

async function answer(load: () => Promise<unknown>): Promise<Answer> {
  try {
    const description = describe(await load());
    // A rejection that nobody handles ends the process in the next turn: here, rather than at each create.
    await new Promise((resolve) => setTimeout(resolve));
    return { description };
  } catch (error) {
    if (error instanceof Fault) return { fault: { field: error.field, why: error.why } };
    if (!(error instanceof Error)) return { thrown: { name: "", message: String(error), stack: "" } };
    return { thrown: { name: error.name, message: error.message, stack: error.stack ?? "" } };
  }
}

function describe(plugin: unknown): Description {
  if (typeof plugin !== "object" || plugin === null) {
    throw new Fault("export default", "is no plugin; end the file with export default definePlugin({ ... })");
  }
  const { plan, on, ...data } = plugin as Record<string, unknown>;
  if (plan !== undefined && typeof plan !== "function") throw new Fault("plan", "must be a function");
  return {
    manifest: plainData(data, "", []) as Record<string, unknown>,
    plan: plan !== undefined,
    stages: stagesOf(on),
  };
}

function stagesOf(on: unknown): string[] {
  if (on === undefined) return [];
  if (typeof on !== "object" || on === null) throw new Fault("on", "must be an object of functions");
  const handlers = Object.entries(on).filter(([, handler]) => handler !== undefined);
  for (const [stage, handler] of handlers) {
    if (typeof handler !== "function") throw new Fault(`on.${stage}`, "must be a function");
  }
  return handlers.map(([stage]) => stage);
}

/** A copy of what JSON keeps; what it would drop or change (a function, a RegExp, a bigint) is a fault. */
function plainData(value: unknown, field: string, above: object[]): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") throw new Fault(field, `is ${nameOf(value)}; a manifest holds JSON alone`);
  if (above.includes(value)) throw new Fault(field, "contains itself");
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((item, index) => plainData(item, `${field}[${index}]`, inside));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const hint = value instanceof RegExp ? "write the pattern as a string" : "a manifest holds JSON alone";
    throw new Fault(field, `is a ${prototype.constructor?.name ?? "value"}; ${hint}`);
  }
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    fields.map(([key, item]) => [key, plainData(item, field ? `${field}.${key}` : key, inside)]),
  );
}

function nameOf(value: unknown): string {
  return typeof value === "number" ? String(value) : `a ${typeof value}`;
}
