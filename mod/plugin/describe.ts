/** What a plugin's code says about itself, as data that can leave its process. */

/** The description of a plugin as its code gives it. Nothing in it is checked but that it is JSON. */
export interface Description {
  /** Every field but the functions. */
  manifest: Record<string, unknown>;
  /** True where the plugin decides about containers. */
  plan: boolean;
  /** Stages that it has handlers for. */
  stages: string[];
}

/** A field of the plugin is not as it must be; `why` continues the sentence that begins with the field. */
export class DescribeError extends Error {
  constructor(readonly field: string, readonly why: string) {
    super(`${field} ${why}`);
  }
}

/**
 * Takes a plugin's data and functions apart.
 *
 * @param plugin The default export of a plugin's file.
 * @throws {DescribeError} where it is no object, or holds what JSON would drop or change
 */
export function describePlugin(plugin: unknown): Description {
  if (typeof plugin !== "object" || plugin === null) {
    throw new DescribeError(
      "export default",
      "is no plugin; end the file with export default definePlugin({ ... })",
    );
  }
  const { plan, on, ...data } = plugin as Record<string, unknown>;
  if (plan !== undefined && typeof plan !== "function") throw new DescribeError("plan", "must be a function");
  return {
    manifest: plainData(data, "", []) as Record<string, unknown>,
    plan: plan !== undefined,
    stages: stagesOf(on),
  };
}

function stagesOf(on: unknown): string[] {
  if (on === undefined) return [];
  if (typeof on !== "object" || on === null) throw new DescribeError("on", "must be an object of functions");
  const handlers = Object.entries(on).filter(([, handler]) => handler !== undefined);
  for (const [stage, handler] of handlers) {
    if (typeof handler !== "function") throw new DescribeError(`on.${stage}`, "must be a function");
  }
  return handlers.map(([stage]) => stage);
}

/** A copy of what JSON keeps; what it would drop or change (a function, a RegExp, a bigint) is refused. */
function plainData(value: unknown, field: string, above: object[]): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") {
    throw new DescribeError(field, `is ${nameOf(value)}; a manifest holds JSON alone`);
  }
  if (above.includes(value)) throw new DescribeError(field, "contains itself");
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((item, index) => plainData(item, `${field}[${index}]`, inside));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const hint = value instanceof RegExp ? "write the pattern as a string" : "a manifest holds JSON alone";
    throw new DescribeError(field, `is a ${prototype.constructor?.name ?? "value"}; ${hint}`);
  }
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    fields.map(([key, item]) => [key, plainData(item, field ? `${field}.${key}` : key, inside)]),
  );
}

function nameOf(value: unknown): string {
  return typeof value === "number" ? String(value) : `a ${typeof value}`;
}
