/**
 * What the commands are called and take. What they do is loaded when one of them runs.
 */
import {
  type ApplicationText,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type Command,
  type RouteMap,
  run,
  text_en,
} from "@stricli/core";
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { config } from "./config_command.ts";
import { doctor } from "./doctor_command.ts";
import { completions, install, man, uninstall } from "./install_command.ts";
import type { ProgramContext, ProgramParts } from "./program_context.ts";
import { runtime } from "./runtime_command.ts";
import type { Context } from "../command/context.ts";
import { parseDuration } from "../command/duration.ts";

/** Every command that answers has it. */
const json = { kind: "boolean", brief: "Print JSON", default: false } as const;

const version = buildCommand({
  docs: { brief: "Form, version, size and checksum of the running file" },
  parameters: { flags: { json } },
  loader: async () => (await import("./version.ts")).version,
});

const explain = buildCommand({
  docs: {
    brief: "What was done to a container, by which plugin, and why",
    fullDescription: "Without CONTAINER, lists the containers that are on record, the newest first.",
  },
  parameters: {
    flags: { json, values: { kind: "boolean", brief: "Show the values of variables", default: false } },
    positional: {
      kind: "tuple",
      parameters: [{
        brief: "Id, the beginning of one, or a name",
        parse: String,
        placeholder: "CONTAINER",
        optional: true,
      }],
    },
  },
  loader: async () => (await import("./explain.ts")).explain,
});

const bypass = buildRouteMap({
  docs: { brief: "Let containers start without us, whatever is broken" },
  routes: {
    on: buildCommand({
      docs: { brief: "Switch the bypass on" },
      parameters: {
        flags: {
          json,
          for: {
            kind: "parsed",
            parse: parseDuration,
            brief: "Until then, such as 30m or 2h",
            optional: true,
          },
        },
      },
      loader: async () => (await import("./bypass.ts")).on,
    }),
    off: buildCommand({
      docs: { brief: "Switch the bypass off" },
      parameters: { flags: { json } },
      loader: async () => (await import("./bypass.ts")).off,
    }),
    status: buildCommand({
      docs: { brief: "Whether the bypass is on, and until when" },
      parameters: { flags: { json } },
      loader: async () => (await import("./bypass.ts")).status,
    }),
  },
});

const launcher = buildCommand({
  docs: {
    brief: "Print the script that engines call as their OCI runtime",
    fullDescription:
      "It starts the runtime at once for every call but create, run and restore. Write it to a file " +
      "that root alone can write, such as /usr/bin/container-hooks-runtime, and make it executable.",
  },
  parameters: {
    flags: {
      runtime: {
        kind: "parsed",
        parse: String,
        brief: "The runtime behind it, a path or a name. Default: as configured",
        optional: true,
      },
      program: {
        kind: "parsed",
        parse: String,
        brief: "Path of container-hooks itself. Default: the running file",
        optional: true,
      },
    },
  },
  loader: async () => (await import("./launcher.ts")).launcher,
});

/** Commands that built-in plugins bring, by the word that they begin with. */
export type PluginCommands = Record<string, Command<Context> | RouteMap<Context>>;

const routesWith = (plugins: PluginCommands) =>
  buildRouteMap({
    docs: {
      brief: "Decides, per container, which hooks, mounts and variables it gets, and whether it may start",
    },
    routes: {
      bypass,
      completions,
      config,
      doctor,
      explain,
      install,
      launcher,
      man,
      runtime,
      uninstall,
      version,
      ...plugins,
    },
  });

const sentence = (thrown: unknown) => `container-hooks: ${asFailure(thrown).message}`;

/** The library's words, but for ours where a command fails: one sentence, no stack. */
const text: ApplicationText = {
  ...text_en,
  exceptionWhileRunningCommand: sentence,
  exceptionWhileLoadingCommandFunction: sentence,
  commandErrorResult: sentence,
};

/** @returns the exit status: 0, 1 where the command failed, 2 where the command line was wrong */
export async function runCommand(
  host: Host,
  argv: readonly string[],
  parts: ProgramParts,
  plugins: PluginCommands = {},
): Promise<number> {
  const routes: RouteMap<ProgramContext> = routesWith(plugins);
  const application = buildApplication<ProgramContext>(routes, {
    name: "container-hooks",
    determineExitCode: (thrown) => asFailure(thrown).status,
    scanner: { caseStyle: "allow-kebab-for-camel" },
    documentation: { disableAnsiColor: true },
    localization: { text },
  });
  const process = {
    stdout: { write: (text: string) => host.stdout(text) },
    stderr: { write: (text: string) => host.stderr(text) },
    exitCode: undefined as number | string | null | undefined,
  };
  await run(application, argv, { process, host, parts, routes });
  const status = Number(process.exitCode ?? 0);
  // Stricli's own statuses for a wrong command line are negative.
  return status < 0 ? 2 : status;
}
