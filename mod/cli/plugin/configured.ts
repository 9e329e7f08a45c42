/** A plugin that lies somewhere, with the policy that config.toml has for its name, ready to be asked. */
import { policyOf, readConfig, whereSet } from "../../config/config.ts";
import { checkOptions } from "../../config/options.ts";
import { folderOf, nameOf } from "../../core/path.ts";
import type { Host } from "../../host/host.ts";
import { stateFolder } from "../../host/our_folders.ts";
import type { ConfiguredPlugin } from "../../index/configured_plugin.ts";
import { policiesOf } from "../../index/policies.ts";
import { prepareFile } from "../../plugin/prepare.ts";
import type { Program } from "../../plugin/program.ts";
import { SourceList } from "../../plugin/sources.ts";

/**
 * Prepares it as a create does.
 *
 * @param name What it is called.
 * @param path Its file, or the folder that holds plugin.ts or plugin.js.
 * @throws {Failure} what is wrong with it, with its options or with the configuration
 */
export async function configuredPlugin(
  host: Host,
  program: Program,
  name: string,
  path: string,
): Promise<ConfiguredPlugin> {
  const isFolder = host.lstat(path)?.kind === "a folder";
  const root = isFolder ? path : folderOf(path);
  const entry = isFolder
    ? ["plugin.ts", "plugin.js"].find((file) => host.lstat(`${path}/${file}`)) ?? "plugin.ts"
    : nameOf(path);
  const cache = `${stateFolder(host)}/plugins`;
  const prepared = await prepareFile(host, program, cache, { name, root, entry }, new SourceList(host));
  const config = await readConfig(host);
  const policy = policyOf(config, name);
  const options = await checkOptions(
    name,
    prepared.manifest.options ?? {},
    policy.options,
    (key) => whereSet(host, config.sources, key),
  );
  const ready = { name, state: "ready", sources: [], ...prepared, options } as const;
  const enforced = {
    ...config,
    plugins: { ...config.plugins, [name]: { ...policy, mode: "enforce" as const } },
  };
  return policiesOf({ config: enforced, plugins: [{ ...ready, sources: [] }] }, program.builtin).plugins[0]!;
}
