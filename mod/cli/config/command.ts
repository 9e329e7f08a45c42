/** What `container-hooks config` is called and takes. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { json } from "../kit/flags.ts";

const key = {
  brief: "Such as container-hooks-runtime.log-level",
  parse: String,
  placeholder: "KEY",
} as const;

/** Everything about config.toml and conf.d. */
export const config = buildRouteMap({
  docs: { brief: "Show, check and change the configuration" },
  routes: {
    show: buildCommand({
      docs: { brief: "Every key with its value, and the file and line that set it" },
      parameters: {
        flags: {
          json,
          quiet: { kind: "boolean", brief: "Print the names of all keys alone", default: false },
        },
        aliases: { q: "quiet" },
      },
      loader: async () => (await import("./config.ts")).show,
    }),
    get: buildCommand({
      docs: { brief: "The value of one key, or the keys of one table" },
      parameters: { flags: { json }, positional: { kind: "tuple", parameters: [key] } },
      loader: async () => (await import("./config.ts")).get,
    }),
    set: buildCommand({
      docs: {
        brief: "Give keys new values; comments and everything else stay as they are",
        fullDescription:
          "A value is TOML, or a text that needs no quotation marks. It is written to the file " +
          "that has the last word on its key, otherwise to config.toml, and only if `config check` would not " +
          "complain of it.",
      },
      parameters: {
        flags: {
          json,
          dryRun: { kind: "boolean", brief: "Print what would change, and change nothing", default: false },
          output: {
            kind: "parsed",
            parse: String,
            brief: "Write config.toml with the new values to this file instead; - prints it",
            placeholder: "FILE",
            optional: true,
          },
        },
        positional: {
          kind: "array",
          parameter: {
            brief: "A key and its new value",
            parse: String,
            placeholder: "KEY=VALUE",
          },
        },
      },
      loader: async () => (await import("./set.ts")).set,
    }),
    unset: buildCommand({
      docs: {
        brief: "Take keys out of every file that sets them, so that their defaults hold",
        fullDescription:
          "KEY may be a table, such as plugins.audit. Comments and everything else stay as they " +
          "are. It is written only if `config check` would not complain of it.",
      },
      parameters: {
        flags: {
          json,
          dryRun: { kind: "boolean", brief: "Print what would change, and change nothing", default: false },
        },
        positional: { kind: "array", parameter: key },
      },
      loader: async () => (await import("./unset.ts")).unset,
    }),
    check: buildCommand({
      docs: {
        brief:
          "Whether a container could start with it: every file, the options of every plugin, and what it " +
          "makes of containers that do nothing special",
      },
      parameters: { flags: { json } },
      loader: async () => (await import("./config.ts")).check,
    }),
    path: buildCommand({
      docs: { brief: "The files that count, in the order in which they are read" },
      parameters: { flags: { json } },
      loader: async () => (await import("./config.ts")).path,
    }),
    default: buildCommand({
      docs: { brief: "Print a config.toml with every key and its default, all commented out" },
      parameters: {},
      loader: async () => (await import("./config.ts")).printDefault,
    }),
  },
});
