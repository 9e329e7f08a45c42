/** The plugins that are part of the program, each loaded only when a container needs it. */
import type { Plugin } from "container-hooks/plugin";

/** The loaders, by name. To add one: a folder beside this file, and a line here. */
// deno-lint-ignore no-explicit-any -- each has its own options; the core checks them at run time
export const BUILTIN: Record<string, () => Promise<{ default: Plugin<any> }>> = {
  "hooks-json": () => import("./hooks-json/plugin.ts"),
  "network-nic": () => import("./network-nic/plugin.ts"),
  "lxcfs": () => import("./lxcfs/plugin.ts"),
};
