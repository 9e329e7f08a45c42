/**
 * This file makes the plugin part of the program: it works unasked, and follows the path that an older config.toml
 * names.
 */
import * as plugin from "./plugin.ts";

/** Its entry in the list of the program's plugins. */
export const builtIn = {
  load: () => Promise.resolve(plugin),
  unasked: true as const,
  olderOptions: ({ hooksPath, hooksPathNamed }: { hooksPath: string; hooksPathNamed: boolean }) => ({
    path: hooksPath,
    required: hooksPathNamed,
  }),
};
