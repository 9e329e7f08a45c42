/** How the plugin is part of the program: it works unasked, and follows the path that an older config.toml names. */

/** Its entry in the list of the program's plugins. */
export const builtIn = {
  load: () => import("./plugin.ts"),
  unasked: true as const,
  olderOptions: ({ hooksPath, hooksPathNamed }: { hooksPath: string; hooksPathNamed: boolean }) => ({
    path: hooksPath,
    required: hooksPathNamed,
  }),
};
