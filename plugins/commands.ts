/** The commands that built-in plugins bring: `container-hooks NAME ...`. To add one, a line here. */
import { lxcfs } from "./lxcfs/commands.ts";
import { nic } from "./network-nic/commands.ts";

/** The commands by the plugin's name, or what it is called for short. */
export const PLUGIN_COMMANDS = { lxcfs, nic };
