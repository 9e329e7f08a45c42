/** What `container-hooks explain` is called and takes. */
import { buildCommand } from "@stricli/core";
import { ENGINE_NAMES } from "../../core/engines.ts";
import { failure } from "../../errors.ts";
import { parseCount } from "../kit/count.ts";
import { parseDuration } from "../kit/duration.ts";
import { container, json } from "../kit/flags.ts";

function parsePath(text: string): string {
  if (text === "") throw failure("usage", { why: "it is empty" });
  return text;
}

/** Tells what was done to a container. */
export const explain = buildCommand({
  docs: {
    brief: "What was done to a container, by which plugin, why, and what became of it",
    fullDescription:
      "Without CONTAINER, lists the containers that are on record, the newest first. CONTAINER is an " +
      "id, the beginning of one, a name of docker's or podman's, or of Kubernetes' NAMESPACE/POD/CONTAINER. One that " +
      "is gone stays on record for a day, up to a thousand of them.",
  },
  parameters: {
    flags: {
      json,
      failed: { kind: "boolean", brief: "Only those where a create or a handler failed", default: false },
      plugin: {
        kind: "parsed",
        parse: String,
        brief: "Only those about which this plugin was asked",
        placeholder: "PLUGIN",
        optional: true,
      },
      engine: {
        kind: "enum",
        values: ENGINE_NAMES,
        brief: "Only those of this engine",
        optional: true,
      },
      since: {
        kind: "parsed",
        parse: parseDuration,
        brief: "Only those of the last 30m, 2h or 1d",
        placeholder: "DURATION",
        optional: true,
      },
      limit: {
        kind: "parsed",
        parse: parseCount,
        brief: "How many are listed",
        placeholder: "NUMBER",
        default: "50",
      },
      bundle: {
        kind: "parsed",
        parse: parsePath,
        brief: "What a create of this bundle would do, before it happens",
        placeholder: "DIR",
        optional: true,
      },
      config: {
        kind: "parsed",
        parse: parsePath,
        brief: "What a create with this config.json would do",
        placeholder: "FILE",
        optional: true,
      },
      record: {
        kind: "parsed",
        parse: parsePath,
        brief:
          "Write a container that runs, or one of a bundle or a config.json, to a .ts file for tests of plugins",
        placeholder: "FILE",
        optional: true,
      },
      quiet: { kind: "boolean", brief: "Print ids and names alone", default: false },
      values: { kind: "boolean", brief: "Show the values of variables", default: false },
    },
    aliases: { q: "quiet" },
    positional: container,
  },
  loader: async () => (await import("./explain.ts")).explain,
});
