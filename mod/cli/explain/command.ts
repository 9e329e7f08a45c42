/** What `container-hooks explain` is called and takes. */
import { buildCommand } from "@stricli/core";
import { container, json } from "../kit/flags.ts";

/** Tells what was done to a container. */
export const explain = buildCommand({
  docs: {
    brief: "What was done to a container, by which plugin, and why",
    fullDescription: "Without CONTAINER, lists the containers that are on record, the newest first.",
  },
  parameters: {
    flags: { json, values: { kind: "boolean", brief: "Show the values of variables", default: false } },
    positional: container,
  },
  loader: async () => (await import("./explain.ts")).explain,
});
