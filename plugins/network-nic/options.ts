/** The plugin's options: what every container gets, and what a container may ask for by itself, which is nothing. */
import type { OptionDescriptor, OptionValues } from "container-hooks/plugin";

/** The options of the manifest; no `allow-*` names a device or an address: the administrator has to. */
export const OPTIONS = {
  devices: {
    type: "strings",
    default: [],
    brief: "devices for every container that `when` selects: name=NAME,SETTING=VALUE,...",
  },
  "allow-devices": {
    type: "strings",
    default: [],
    brief: "host devices that annotations may ask for; * stands for letters and digits",
  },
  "allow-bridges": { type: "strings", default: [], brief: "bridges that annotations may ask for" },
  "allow-peers": {
    type: "strings",
    default: [],
    brief: "names of host ends of pairs that annotations may ask for",
  },
  "allow-parents": {
    type: "strings",
    default: [],
    brief: "parents of macvlans that annotations may ask for",
  },
  "allow-macvlan-modes": {
    type: "strings",
    // Not vepa, which needs a switch that sends frames back. What can be allowed at all is in policy.ts.
    default: ["bridge", "private"],
    brief: "modes of macvlans that annotations may ask for: bridge, private, vepa",
  },
  "allow-addresses": {
    type: "strings",
    default: [],
    brief: "networks whose addresses annotations may ask for",
  },
  "allow-mac": {
    type: "boolean",
    default: false,
    // On a bridge it may be somebody else's.
    brief: "whether annotations may choose a MAC address",
  },
} satisfies Record<string, OptionDescriptor>;

/** Their values, checked. */
export type NicOptions = OptionValues<typeof OPTIONS>;
