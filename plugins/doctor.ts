/** What built-in plugins look at for `container-hooks doctor`. To add one: its doctor.ts, and a line here. */
import type { Check } from "../mod/command/finding.ts";

/** By the plugin's name; loaded when doctor runs. */
export const PLUGIN_CHECKS: Record<string, Check> = {
  "network-nic": async (host) => await (await import("./network-nic/doctor.ts")).doctor(host),
  lxcfs: async (host) => await (await import("./lxcfs/doctor.ts")).doctor(host),
};
