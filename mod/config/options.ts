/** The options that a plugin sees: what the administrator set, held against what the plugin declares. */
import { type OptionDescriptor, optionProblem } from "../core/manifest.ts";
import { failure } from "../errors.ts";
import type { KeyPath, WhereSet } from "./where_set.ts";
import { type Rule, table } from "./rules.ts";

/**
 * Checks `[plugins.NAME.options]` and fills in the plugin's defaults. An option that is neither set nor has a
 * default is left out.
 *
 * @param descriptors From the plugin's manifest, checked.
 * @param place Finds where a key was set; asked only for a message.
 * @throws {Failure} config-unknown-key, config-option
 *
 * @example
 * ```ts
 * import { checkOptions } from "./options.ts";
 * const descriptors = { level: { type: "integer", default: 3, maximum: 9, brief: "how much" } } as const;
 * await checkOptions("zip", descriptors, {}, () => Promise.resolve(undefined)); // { level: 3 }
 * ```
 */
export async function checkOptions(
  plugin: string,
  descriptors: Readonly<Record<string, OptionDescriptor>>,
  given: Readonly<Record<string, unknown>>,
  place: (key: KeyPath) => Promise<WhereSet | undefined>,
): Promise<Record<string, unknown>> {
  const rules = Object.entries(descriptors).map(([name, descriptor]) => [name, ruleOf(descriptor)]);
  const problem = table(Object.fromEntries(rules))(given, ["plugins", plugin, "options"]);
  if (problem) throw problem.tell(await place(problem.key) ?? { file: "config.toml" });
  const values = Object.entries(descriptors).map(([name, descriptor]) => {
    return [name, Object.hasOwn(given, name) ? given[name] : descriptor.default];
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function ruleOf(descriptor: OptionDescriptor): Rule {
  return (value, key) => {
    const why = optionProblem(descriptor, value);
    if (why === undefined) return undefined;
    return { key, tell: (place) => failure("config-option", { ...place, key: key.join("."), why }) };
  };
}
