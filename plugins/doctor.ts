/** What built-in plugins look at for `container-hooks doctor`. To add one: its doctor.ts, and a line here. */
import type { PluginCheck } from "../mod/cli/kit/finding.ts";

/**
 * The checks by the plugin's name; they are loaded when doctor runs, and for the configuration's own with `config
 * check` and `config set`.
 */
export const PLUGIN_CHECKS: Record<string, PluginCheck> = {
  "hooks-json": {
    check: async (host) => await (await import("./hooks-json/doctor.ts")).doctor(host),
    ofConfiguration: true,
  },
  "network-nic": { check: async (host) => await (await import("./network-nic/doctor.ts")).doctor(host) },
  lxcfs: { check: async (host) => await (await import("./lxcfs/doctor.ts")).doctor(host) },
};
