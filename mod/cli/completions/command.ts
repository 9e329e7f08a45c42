/** What `container-hooks completions` is called and take. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import type { Shell } from "./completions.ts";

const completion = (shell: Shell) =>
  buildCommand({
    docs: { brief: `Print the completion script for ${shell}` },
    parameters: {},
    loader: async () => (await import("./completions.ts")).completionsFor(shell),
  });

/** Completion scripts. */
export const completions = buildRouteMap({
  docs: { brief: "Print a completion script for a shell" },
  routes: { bash: completion("bash"), fish: completion("fish"), zsh: completion("zsh") },
});
