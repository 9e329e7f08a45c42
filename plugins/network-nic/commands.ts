/** `container-hooks nic`: what its commands are called and take. What they do is loaded when one runs. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { json } from "../../mod/cli/kit/flags.ts";
import type { Context } from "../../mod/cli/kit/context.ts";

/** The routes below `nic`. */
export const nic = buildRouteMap<"ls" | "gc" | "plan", Context>({
  docs: { brief: "Network devices that containers were given" },
  routes: {
    ls: buildCommand({
      docs: { brief: "Which container holds which device, since when" },
      parameters: { flags: { json } },
      loader: async () => (await import("./commands/ls.ts")).ls,
    }),
    gc: buildCommand({
      docs: {
        brief: "Take back what containers that are gone have left",
        fullDescription:
          "Devices of the host get their name and settings back, pairs are removed. What a container that " +
          "lives has is left alone.",
      },
      parameters: { flags: { json } },
      loader: async () => (await import("./commands/gc.ts")).gc,
    }),
    plan: buildCommand({
      docs: { brief: "The commands that would give a bundle's container its devices; nothing is done" },
      parameters: {
        flags: {
          json,
          bundle: {
            kind: "parsed",
            parse: String,
            placeholder: "DIR",
            brief: "Folder that holds config.json",
          },
        },
      },
      loader: async () => (await import("./commands/plan.ts")).plan,
    }),
  },
});
