/**
 * Picks a door by the name that the program was called by and its first words, and loads that door alone.
 *
 * | called as, with                                    | door        |
 * |----------------------------------------------------|-------------|
 * | container-hooks-runtime, or `runtime -- ...`       | the wrapper |
 * | manifest-of FOLDER, by ourselves                   | a manifest  |
 * | no arguments, and a state on standard input        | the marker  |
 * | anything else                                      | a command   |
 */
import { denoHost } from "./mod/host/deno_host.ts";
import { dropPermissions } from "./mod/host/permissions.ts";
import { startedAs } from "./mod/host/identity.ts";
import { MANIFEST_DOOR } from "./mod/loader/manifest_door.ts";
import { VERSION } from "./mod/core/identity.ts";
import { BUILTIN } from "./plugins/builtin.ts";

const start = startedAs();

async function main(): Promise<number> {
  const { calledAs, args } = start;
  if (calledAs === "container-hooks-runtime") return await wrapper(args);
  if (args[0] === "runtime" && args[1] === "--") return await wrapper(args.slice(2));
  if (args[0] === MANIFEST_DOOR) return await manifest(args[1] ?? "");
  // The older toolkit's marker: hooks.json names it as a hook, and it does nothing.
  if (args.length === 0 && !Deno.stdin.isTerminal()) return 0;
  const { runCommand } = await import("./mod/cli/app.ts");
  return await runCommand(denoHost, args);
}

/** The child that a plugin's top level runs in; nothing that it starts keeps it alive. */
async function manifest(folder: string): Promise<number> {
  const { printManifest } = await import("./mod/loader/print_manifest.ts");
  await printManifest(denoHost, folder, dropPermissions);
  return 0;
}

async function wrapper(argv: readonly string[]): Promise<number> {
  const { runWrapper } = await import("./mod/runtime/wrapper.ts");
  return await runWrapper(denoHost, argv, {
    self: start.file,
    version: VERSION,
    program: { ...start.again, file: start.file },
    inherited: start.inherited ?? {},
    builtin: BUILTIN,
  });
}

Deno.exit(await main());
