/** What `container-hooks runtime` is called and takes, but for `runtime --`, which main.ts takes for itself. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { json } from "../kit/flags.ts";
import { ENGINE_WORDS } from "../../core/engines.ts";

const which = {
  runtime: {
    kind: "enum",
    values: ENGINE_WORDS,
    variadic: ",",
    optional: true,
    brief: "The engine, once or more. Default: all that are found, and nothing is changed",
  },
  config: {
    kind: "parsed",
    parse: String,
    placeholder: "FILE",
    optional: true,
    brief: "The engine's configuration file. Default: where the engine looks for it",
  },
  json,
} as const;

const name = {
  kind: "parsed",
  parse: String,
  placeholder: "NAME",
  optional: true,
} as const;

const change = {
  ...which,
  path: {
    kind: "parsed",
    parse: String,
    placeholder: "PATH",
    optional: true,
    brief: "The launcher. Default: the one that install has made, /usr/bin/container-hooks-runtime",
  },
  all: { kind: "boolean", default: false, brief: "Every engine that is found" },
  dryRun: { kind: "boolean", default: false, brief: "Print what would change, and change nothing" },
  restart: {
    kind: "enum",
    values: ["signal", "systemd", "none"],
    optional: true,
    brief: "How a running engine is to load it. Default: docker by a signal, containerd and CRI-O by systemd",
  },
} as const;

/** Everything about the engines' configurations. */
export const runtime = buildRouteMap({
  docs: {
    brief: "Put our runtime into the configurations of container engines, or take it out",
    fullDescription: "`container-hooks runtime -- ARGUMENTS` is the OCI runtime itself, as under the name " +
      "container-hooks-runtime.",
  },
  routes: {
    configure: buildCommand({
      docs: {
        brief: "Put our runtime into an engine's configuration, and have the engine load it",
        fullDescription: "Without --runtime and --all, shows which engines are here and what would be done.",
      },
      parameters: {
        flags: {
          ...change,
          name: { ...name, brief: "What the engine's users call our runtime. Default: container-hooks" },
          setAsDefault: {
            kind: "boolean",
            default: false,
            brief: "Containers that ask for no runtime get ours",
          },
        },
      },
      loader: async () => (await import("./runtime.ts")).configure,
    }),
    unconfigure: buildCommand({
      docs: {
        brief: "Take our runtime out again: the file is as it was, to the byte, where nobody else changed it",
        fullDescription: "Without --runtime and --all, shows which engines have it and what would be done. " +
          "--all takes it out of every file that we put it into, under every name. Refuses while containers, " +
          "running or stopped, have the name on record: --keep-name or --force goes on.",
      },
      parameters: {
        flags: {
          ...change,
          name: {
            ...name,
            brief: "Which of our runtimes. Default: container-hooks, and with --all every one",
          },
          keepName: {
            kind: "boolean",
            default: false,
            brief:
              "Leave a runtime of that name which is runc or crun itself, for containers that have the name",
          },
          force: {
            kind: "boolean",
            default: false,
            brief: "Also where containers have the name, which cannot start again without it",
          },
        },
      },
      loader: async () => (await import("./runtime.ts")).unconfigure,
    }),
    status: buildCommand({
      docs: {
        brief: "Which engines are here, which of them have our runtime, and whether they have loaded it",
        fullDescription: "Ends with 1 where an engine that was asked about, or every engine, lacks it, or " +
          "where one that runs has it in its files and not loaded, or does not tell.",
      },
      parameters: {
        flags: { ...which, name: { ...name, brief: "Which of our runtimes. Default: every one" } },
      },
      loader: async () => (await import("./status.ts")).status,
    }),
  },
});
