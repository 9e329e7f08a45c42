/**
 * Picks an entry point by the name that the program was called by and its first words.
 *
 * What containers wait for is imported here, so that the bundler makes one file of it; commands are loaded when one is
 * called.
 *
 * | called as, with                                    | entry point |
 * |----------------------------------------------------|-------------|
 * | plan --launcher=..., by the launcher               | the planner |
 * | dispatch STAGE --journal FILE, by the runtime      | handlers    |
 * | manifest-of FOLDER, by ourselves                   | a manifest  |
 * | parse-plugin, by ourselves                         | the parsers |
 * | test-plugin FOLDER, by ourselves                   | tests       |
 * | container-hooks-runtime, or `runtime -- ...`       | the wrapper |
 * | container-hooks-ctk                                | a command   |
 * | no arguments, and a state on standard input        | the marker  |
 * | anything else                                      | a command   |
 */
import { runDispatch } from "./mod/dispatch/entry_point.ts";
import { asFailure } from "./mod/errors.ts";
import { denoHost } from "./mod/host/deno_host.ts";
import type { Host } from "./mod/host/host.ts";
import { dropPermissions } from "./mod/host/permissions.ts";
import { invocation } from "./mod/host/invocation.ts";
import { isDispatchCall, isManifestCall, isParseCall, isPlanCall, isTestCall } from "./mod/entry_points.ts";
import type { Program } from "./mod/plugin/program.ts";
import { VERSION } from "./mod/core/version.ts";
import { runPlanEntryPoint } from "./mod/wrapper/plan_entry_point.ts";
import { runWrapper } from "./mod/wrapper/wrapper.ts";
import { BUILTIN } from "./plugins/builtin.ts";

/** Beside this one, in the bundle as well. */
const ISOLATE_MODULE = import.meta.url.replace(/main\.([jt]s)$/, "isolate.$1");

async function main(): Promise<number> {
  const { calledAs, args } = invocation();
  // Calls by ourselves, under every name: the file may have been copied alone, as the runtime.
  if (isPlanCall(args)) return await planner(args);
  if (isDispatchCall(args)) return await dispatch(args);
  if (isManifestCall(args)) return await manifest(args[1]!);
  if (isParseCall(args)) return await parsers();
  if (isTestCall(args)) return await tests(args[1]!);
  if (calledAs.startsWith("container-hooks-runtime")) return await wrapper(args);
  if (args[0] === "runtime" && args[1] === "--") return await wrapper(args.slice(2));
  if (calledAs === "container-hooks-ctk") return await olderCommand(args);
  // The older toolkit's marker: hooks.json names it as a hook, and it does nothing.
  if (args.length === 0 && !Deno.stdin.isTerminal()) return 0;
  return await command(denoHost, args);
}

async function command(host: Host, argv: readonly string[]): Promise<number> {
  const { runCommand } = await import("./mod/cli/app.ts");
  const { PLUGIN_COMMANDS } = await import("./plugins/commands.ts");
  const { PLUGIN_CHECKS } = await import("./plugins/doctor.ts");
  return await runCommand(host, argv, { program: thisProgram(), checks: PLUGIN_CHECKS }, PLUGIN_COMMANDS);
}

/** The command lines of the older toolkit. */
async function olderCommand(args: readonly string[]): Promise<number> {
  const { hostFor, translateCtk } = await import("./mod/cli/ctk/ctk.ts");
  try {
    const translation = translateCtk(args, denoHost.cwd());
    if ("help" in translation) {
      denoHost.stdout(translation.help);
      return 0;
    }
    return await command(hostFor(denoHost, translation), translation.argv);
  } catch (thrown) {
    const { message, status } = asFailure(thrown);
    denoHost.stderr(`container-hooks: ${message}\n`);
    return status;
  }
}

/** The child that a plugin's top level runs in; nothing that it starts keeps it alive. */
async function manifest(folder: string): Promise<number> {
  const { printManifest } = await import("./mod/plugin/print_manifest.ts");
  const end = denoHost.openEnd();
  await printManifest(denoHost, folder, dropPermissions);
  return end(0);
}

/** The child that parses files of plugins. */
async function parsers(): Promise<number> {
  const { printParsed } = await import("./mod/plugin/print_parsed.ts");
  const end = denoHost.openEnd();
  await printParsed(denoHost, dropPermissions);
  return end(0);
}

/** The child that runs tests of a plugin. */
async function tests(folder: string): Promise<number> {
  const { runTests } = await import("./mod/sandbox/run_tests.ts");
  const end = denoHost.openEnd();
  await runTests(denoHost, folder, dropPermissions);
  return end(0);
}

async function wrapper(argv: readonly string[]): Promise<number> {
  return denoHost.openEnd()(await runWrapper(denoHost, thisProgram(), argv));
}

async function planner(args: readonly string[]): Promise<number> {
  return denoHost.openEnd()(await runPlanEntryPoint(denoHost, thisProgram(), args));
}

async function dispatch(args: readonly string[]): Promise<number> {
  return denoHost.openEnd()(await runDispatch(denoHost, args, { builtin: BUILTIN, module: ISOLATE_MODULE }));
}

function thisProgram(): Program {
  const { form, file, again } = invocation();
  return {
    version: VERSION,
    form,
    platform: { deno: Deno.version.deno, v8: Deno.version.v8, target: Deno.build.target },
    file,
    again,
    module: ISOLATE_MODULE,
    embedded: () => Deno.readTextFileSync(new URL("embedded.json", import.meta.url)),
    builtin: BUILTIN,
  };
}

Deno.exit(await main());
