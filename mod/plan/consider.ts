/**
 * What a create would decide about asking a plugin, told beforehand: for commands, by the functions of the create
 * itself.
 */
import type { Container } from "../api/plugin.ts";
import { type Config, readConfig } from "../config/config.ts";
import { asRuntimesTake } from "../core/check_spec.ts";
import { nameOf } from "../core/path.ts";
import { idOfBundle } from "../engines/bundle_path.ts";
import { identify } from "../engines/identify.ts";
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { indexBuiltIn } from "../index/build_index.ts";
import { brokenFailure } from "../index/entries.ts";
import { policiesOf } from "../index/policies.ts";
import type { BuiltIn } from "../plugin/built_in.ts";
import { readConfigFile } from "./config_file.ts";
import { makeContainer } from "./container.ts";
import { selectByFacts, type Selection } from "./select.ts";

/** What would be decided about asking a plugin about a bundle's container. */
export interface Consideration {
  /** The container as the plugin would see it, made by `create` rather than `run`. */
  container: Container;
  /** What the plugin would be given: checked, defaults filled in; none where it is not asked. */
  options: Record<string, unknown>;
  /** Why nothing would be done for the container, as a sentence. */
  whyNothing?: string;
}

/**
 * Considers a container without asking the plugin anything, and without writing anything.
 *
 * @param name Of a plugin that is part of the program.
 * @param folder The bundle.
 * @throws {Failure} bundle-missing; what is wrong with config.json, with the configuration or with the options
 */
export async function consider(
  host: Host,
  name: string,
  builtIn: BuiltIn,
  folder: string,
): Promise<Consideration> {
  const bundle = host.realPath(folder);
  if (bundle === undefined) throw failure("bundle-missing", { path: folder, why: "does not exist" });
  const config = await readConfig(host);
  const { spec } = await readConfigFile(host, `${bundle}/config.json`);
  const runtime = nameOf(config.runtimes[0] ?? "");
  const call = { id: idOfBundle(bundle), bundle, operation: "create", runtime } as const;
  const identity = identify(host, { ...call, spec });
  const entry = await indexBuiltIn(host, config, name, builtIn);
  if (entry.state === "broken") throw brokenFailure(entry);
  if (entry.state === "off") {
    const container = makeContainer(spec, call, identity);
    return { container, options: {}, whyNothing: whyOff(config, name) };
  }
  const { plugins } = policiesOf({ config, plugins: [entry] }, { [name]: builtIn });
  const selected = await selectByFacts(plugins, asRuntimesTake(spec), call.operation, identity);
  const container = makeContainer(spec, call, selected.identity);
  return { container, options: entry.options, whyNothing: whyNothing(selected.selections[0]!) };
}

function whyOff({ path, plugins }: Config, name: string): string {
  const table = tableOf(name);
  if (!Object.hasOwn(plugins, name)) return `not asked: ${path} has no table ${table}`;
  return `not asked: ${table} has mode = "off"`;
}

function whyNothing({ plugin, selected, against }: Selection): string | undefined {
  if (plugin.mode === "audit") {
    return `asked, and nothing is done: ${tableOf(plugin.manifest.name)} has mode = "audit"`;
  }
  return selected ? undefined : `not asked: ${against.join("; ")}`;
}

function tableOf(name: string): string {
  return `[plugins.${name}]`;
}
