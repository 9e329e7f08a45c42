/** What `container-hooks doctor` and `config check` look at: the file of hooks, and each program that it names. */
import { type Check, type Finding, fine, thrownFinding } from "../../mod/cli/kit/finding.ts";
import { policyOf, readConfig } from "../../mod/config/config.ts";
import { checkScript } from "../../mod/host/script.ts";
import type { Host } from "../../mod/host/host.ts";
import { runFolder } from "../../mod/host/our_folders.ts";
import { indexBuiltIn } from "../../mod/index/build_index.ts";
import { valuesOf } from "../../mod/state/plugin_values.ts";
import { pluginHost } from "../../mod/plugin/plugin_host.ts";
import type { HookEdit, Manifest, PluginHost } from "container-hooks/plugin";
import { builtIn } from "./built_in.ts";
import type { HooksFile } from "./hooks_file.ts";

const SUBJECT = "hooks-json";

/** Reads the file as a create does; a configuration or options that are wrong are another check's. */
export const doctor: Check = async (host) => {
  const config = await readConfig(host).catch(() => undefined);
  const entry = config && await indexBuiltIn(host, config, SUBJECT, builtIn);
  if (entry?.state !== "ready") return [];
  const { readHooks } = await builtIn.load();
  const file = entry.options as unknown as HooksFile;
  const { mode, onError } = policyOf(config!, SUBJECT);
  const state = mode === "enforce" && onError === "fail" ? "error" : "warning";
  try {
    const hooks = readHooks(outside(host, entry.manifest, file), file);
    if (!hooks) return [fine(SUBJECT, `${file.path} does not exist, and config.toml does not name it`)];
    const found = unfitPrograms(host, hooks, state);
    return found.length > 0 ? found : [fine(SUBJECT, `${hooks.length} from ${file.path}`)];
  } catch (thrown) {
    return [thrownFinding(SUBJECT, thrown, state)];
  }
};

function outside(host: Host, { needs = {} }: Manifest, file: HooksFile): PluginHost {
  return pluginHost(host, SUBJECT, "plan", needs, { ...file }, valuesOf(host, SUBJECT, runFolder(host)));
}

/** What creates look at too, and what the kernel makes of a script; a program inside the container's root (startContainer) is not on the host. */
function unfitPrograms(host: Host, hooks: readonly HookEdit[], state: "warning" | "error"): Finding[] {
  const programs = new Map(
    hooks.filter(({ stage }) => stage !== "startContainer").map(({ stage, hook }) => [hook.path, stage]),
  );
  return [...programs].flatMap(([path, stage]) => {
    try {
      checkScript(host, path, `${stage} hook of plugin ${SUBJECT}: program`);
      return [];
    } catch (thrown) {
      return [thrownFinding(SUBJECT, thrown, state)];
    }
  });
}
