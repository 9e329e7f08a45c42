/** A plugin that marks containers with MARKED=yes, and notes on the host how they end. */
export const MARKING_PLUGIN = `import { definePlugin, setEnv } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "marking",
  version: "1.0.0",
  brief: "Marks containers",
  needs: { run: ["/usr/bin/touch"] },
  plan: () => ({ edits: [setEnv("MARKED", "yes")] }),
  on: {
    async poststop(state, { host }) {
      await host.run("/usr/bin/touch", ["/run/ended-" + state.id]);
    },
  },
});
`;
