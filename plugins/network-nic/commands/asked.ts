/** Whether a create of a bundle's container would ask the plugin, and with which options. */
import { type Config, placeOf, type PluginPolicy, policyOf, readConfig } from "../../../mod/config/config.ts";
import { checkOptions } from "../../../mod/config/options.ts";
import { asRuntimesTake, checkSpec, completeProcess } from "../../../mod/core/check_spec.ts";
import { nameOf } from "../../../mod/core/path.ts";
import { decodeJson, parseJsonObject } from "../../../mod/text/json/json_text.ts";
import { matchNarrowing, matchWhen } from "../../../mod/core/when.ts";
import { type DescribedContainer, variablesOf, whenFacts } from "../../../mod/core/when_facts.ts";
import { identify } from "../../../mod/engines/identify.ts";
import { failure } from "../../../mod/errors.ts";
import { readFile } from "../../../mod/host/files.ts";
import type { Host } from "../../../mod/host/host.ts";
import { type NicOptions, OPTIONS } from "../options.ts";
import plugin from "../plugin.ts";

/** Bytes of a config.json. */
const LIMIT = 64 * 1024 * 1024;

/** The bundle's container and the plugin's policy. */
export interface Asked {
  container: DescribedContainer & {
    userLabels: Readonly<Record<string, string>>;
    linux: Readonly<Record<string, unknown>>;
  };
  options: NicOptions;
  /** Why nothing would be done for it, as a sentence. */
  whyNothing?: string;
}

/**
 * @param folder the bundle
 * @throws {Failure} bundle-missing; what is wrong with config.json, or with the configuration
 */
export async function askedFor(host: Host, folder: string): Promise<Asked> {
  const bundle = host.realPath(folder);
  if (bundle === undefined) throw failure("bundle-missing", { path: folder, why: "does not exist" });
  const container = describe(host, bundle);
  const config = await readConfig(host);
  const policy = policyOf(config, plugin.name);
  const place = (key: Parameters<typeof placeOf>[2]) => placeOf(host, config.sources, key);
  const options = await checkOptions(plugin.name, OPTIONS, policy.options, place) as NicOptions;
  return {
    container,
    options,
    whyNothing: whyUnasked(config, policy) ?? whyUnmatched(container, policy.when),
  };
}

function whyUnasked({ path, plugins }: Config, { mode }: PluginPolicy): string | undefined {
  const table = `[plugins.${plugin.name}]`;
  if (!Object.hasOwn(plugins, plugin.name)) return `not asked: ${path} has no table ${table}`;
  if (mode === "off") return `not asked: ${table} has mode = "off"`;
  return mode === "audit" ? `asked, and nothing is done: ${table} has mode = "audit"` : undefined;
}

/** As a create sees it; of `run` and `create`, it is taken for the latter. */
function describe(host: Host, bundle: string): Asked["container"] {
  const path = `${bundle}/config.json`;
  const { bytes } = readFile(host, path, "config.json", LIMIT);
  const spec = asRuntimesTake(checkSpec(parseJsonObject(decodeJson(bytes, path), path).value, path));
  const id = nameOf(bundle);
  const { engine, labels, userLabels = {}, image, role } = identify(host, { id, bundle, spec });
  return {
    annotations: spec.annotations ?? {},
    labels,
    userLabels,
    env: variablesOf(spec.process?.env ?? []),
    process: completeProcess(spec.process),
    mounts: spec.mounts ?? [],
    linux: spec.linux ?? {},
    image,
    engine,
    operation: "create",
    role,
  };
}

/** Both the plugin's `when` and the administrator's must hold. */
function whyUnmatched(
  container: DescribedContainer,
  narrowed: PluginPolicy["when"],
): string | undefined {
  const facts = whenFacts(container);
  const tried = [matchWhen(plugin.when, facts), ...narrowed ? [matchNarrowing(narrowed, facts)] : []];
  if (tried.every(({ matches }) => matches)) return undefined;
  return `not asked: ${tried.filter(({ matches }) => !matches).flatMap(({ reasons }) => reasons).join("; ")}`;
}
