/** The plugins that are part of the program: every create asks hooks-json; the others are loaded when needed. */
import type { BuiltIns } from "../mod/plugin/built_in.ts";
import { builtIn as hooksJson } from "./hooks-json/built_in.ts";

/** The plugins that are part of the program, by name. To add one: a folder beside this file, and an entry here. */
export const BUILTIN: BuiltIns = {
  "hooks-json": hooksJson,
  "network-nic": { load: () => import("./network-nic/plugin.ts") },
  "lxcfs": { load: () => import("./lxcfs/plugin.ts") },
};
