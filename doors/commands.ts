/**
 * Everything that nobody's container waits for: commands, the command lines of the older toolkit, and the children in
 * which plugins are looked at.
 */
import { isManifestCall, isParseCall, isTestCall, REVERSED_TEST_COMMAND } from "../mod/entry_points.ts";
import { asFailure } from "../mod/errors.ts";
import { denoHost } from "../mod/host/deno_host.ts";
import type { Host } from "../mod/host/host.ts";
import { invocation } from "../mod/host/invocation.ts";
import { dropPermissions } from "../mod/host/permissions.ts";
import { startAlone } from "./start_alone.ts";
import { thisProgram } from "./this_program.ts";

/** Goes through it, to the end of this process. */
export async function start(): Promise<void> {
  // Where it never comes to its end, because something is waited for that never comes.
  Deno.exitCode = 1;
  Deno.exit(await run());
}

async function run(): Promise<number> {
  const { calledAs, args } = invocation();
  if (isManifestCall(args)) return await manifest(args[1]!);
  if (isParseCall(args)) return await parsers();
  if (isTestCall(args)) return await tests(args[1]!, args[0] === REVERSED_TEST_COMMAND);
  if (calledAs === "container-hooks-ctk") return await olderCommand(args);
  return await command(denoHost, args);
}

async function command(host: Host, argv: readonly string[]): Promise<number> {
  const { runCommand } = await import("../mod/cli/app.ts");
  const { PLUGIN_COMMANDS } = await import("../plugins/commands.ts");
  const { PLUGIN_CHECKS } = await import("../plugins/doctor.ts");
  return await runCommand(host, argv, { program: thisProgram(), checks: PLUGIN_CHECKS }, PLUGIN_COMMANDS);
}

/** The command lines of the older toolkit. */
async function olderCommand(args: readonly string[]): Promise<number> {
  const { hostFor, translateCtk } = await import("../mod/cli/ctk/ctk.ts");
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
  const { printManifest } = await import("../mod/plugin/print_manifest.ts");
  const end = denoHost.openEnd();
  await printManifest(denoHost, folder, dropPermissions);
  return end(0);
}

/** The child that parses files of plugins. */
async function parsers(): Promise<number> {
  const { printParsed } = await import("../mod/plugin/print_parsed.ts");
  const end = denoHost.openEnd();
  await printParsed(denoHost, dropPermissions);
  return end(0);
}

/** The child that runs tests of a plugin. */
async function tests(folder: string, reversed: boolean): Promise<number> {
  const { runTests } = await import("../mod/sandbox/run_tests.ts");
  const end = denoHost.openEnd();
  await runTests(denoHost, folder, reversed, dropPermissions);
  return end(0);
}

startAlone(import.meta.url, start);
