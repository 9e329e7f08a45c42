/**
 * Lists all commands. What one is called and takes stands in its folder's command.ts; what it does stands beside that
 * and is loaded when it runs.
 */
import { buildApplication, buildRouteMap, type Command, type RouteMap, run } from "@stricli/core";
import type { Context } from "./kit/context.ts";
import { asFailure } from "../errors.ts";
import { VERSION } from "../core/version.ts";
import type { Host } from "../host/host.ts";
import { sentence, textOf } from "./app_text.ts";
import { bypass } from "./bypass/command.ts";
import { config } from "./config/command.ts";
import { doctor } from "./doctor/command.ts";
import { completions } from "./completions/command.ts";
import { docs } from "./docs/command.ts";
import { explain } from "./explain/command.ts";
import { install, uninstall } from "./install/command.ts";
import { launcher } from "./launcher/command.ts";
import { man } from "./man/command.ts";
import { plugin } from "./plugin/command.ts";
import { metrics } from "./metrics/command.ts";
import type { ProgramContext, ProgramParts } from "./program_context.ts";
import { runtime } from "./runtime/command.ts";
import { serve } from "./serve/command.ts";
import { trace } from "./trace/command.ts";
import { version } from "./version/command.ts";

/** Commands that built-in plugins bring, by the word that they begin with. */
export type PluginCommands = Record<string, Command<Context> | RouteMap<Context>>;

/** The table of all commands. */
export const routesWith = (plugins: PluginCommands) =>
  buildRouteMap({
    docs: {
      brief: "Decides, per container, which hooks, mounts and variables it gets, and whether it may start",
    },
    routes: {
      bypass,
      completions,
      config,
      docs,
      doctor,
      explain,
      install,
      launcher,
      man,
      metrics,
      plugin,
      runtime,
      serve,
      trace,
      uninstall,
      version,
      ...plugins,
    },
    aliases: { inspect: "explain" },
  });

/** How far a word may be from the one that is suggested; by the library's own limit "foo" was near to "doctor". */
const NEAR = { threshold: 3, weights: { insertion: 1, deletion: 3, substitution: 2, transposition: 0 } };

/** The words of a command line that name the command: of a group alone where the next one is none of its commands. */
function commandNamed(routes: RouteMap<ProgramContext>, argv: readonly string[]): string {
  const words = ["container-hooks"];
  let target: Command<ProgramContext> | RouteMap<ProgramContext> | undefined = routes;
  for (const word of argv) {
    target = "getRoutingTargetForInput" in target ? target.getRoutingTargetForInput(word) : undefined;
    if (!target) break;
    words.push(word);
  }
  return words.join(" ");
}

/** `help` in front means the same as `--help` behind. */
function plainArguments(argv: readonly string[]): readonly string[] {
  return argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
}

/**
 * Runs a command of container-hooks.
 *
 * @returns the exit status: 0, 1 where the command failed, 2 where the command line was wrong
 */
export async function runCommand(
  host: Host,
  argv: readonly string[],
  parts: ProgramParts,
  plugins: PluginCommands = {},
): Promise<number> {
  const routes: RouteMap<ProgramContext> = routesWith(plugins);
  const application = buildApplication<ProgramContext>(routes, {
    name: "container-hooks",
    versionInfo: { currentVersion: VERSION },
    determineExitCode: (thrown) => asFailure(thrown).status,
    scanner: { caseStyle: "allow-kebab-for-camel", distanceOptions: NEAR },
    documentation: { disableAnsiColor: true },
    localization: { text: textOf(commandNamed(routes, argv)) },
  });
  let unwritten: unknown;
  const process = {
    stdout: {
      // For help, of which the library would print a stack.
      write(text: string) {
        try {
          host.stdout(text);
        } catch (thrown) {
          unwritten ??= thrown;
        }
      },
    },
    stderr: { write: (text: string) => host.stderr(text) },
    exitCode: undefined as number | string | null | undefined,
  };
  await run(application, plainArguments(argv), { process, host, ...parts, routes });
  if (unwritten !== undefined) {
    host.stderr(`${sentence(unwritten)}\n`);
    return asFailure(unwritten).status;
  }
  const status = Number(process.exitCode ?? 0);
  // Stricli's own statuses for a wrong command line are negative.
  return status < 0 ? 2 : status;
}
