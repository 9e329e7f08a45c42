/**
 * Picks an entry point by the name that the program was called by and its first words.
 *
 * | called as, with                                    | door              |
 * |----------------------------------------------------|-------------------|
 * | plan --launcher=..., by the launcher               | doors/creator.ts  |
 * | dispatch STAGE --journal FILE, by the runtime      | doors/handlers.ts |
 * | container-hooks-runtime, or `runtime -- ...`       | doors/wrapper.ts; doors/creator.ts for a create |
 * | no arguments, and a state on standard input        | none: the marker  |
 * | anything else                                      | doors/commands.ts |
 *
 * Each door is a program of its own, of which the bundler makes one file. The portable form starts those that
 * containers wait for without this module (tools/build/portable_header.sh), so it has nothing that they need.
 */
import { doorOf } from "./mod/entry_points.ts";
import { called } from "./mod/host/invocation.ts";

const { calledAs, args } = called();
const door = doorOf(calledAs, args);
// As a hook without arguments it is the older toolkit's marker: hooks.json names it, and it does nothing.
if (
  door === "commands" && args.length === 0 && calledAs !== "container-hooks-ctk" &&
  !Deno.stdin.isTerminal() && givenState()
) {
  Deno.exit(0);
}
// By a text that nobody foresees: the bundler would put all of them into this one.
const { start } = await import(
  String(import.meta.url.endsWith(".ts") ? `./doors/${door}.ts` : `./${door}.js`)
);
await start();

/** Whether anything comes by standard input; people without a terminal get the help. */
function givenState(): boolean {
  try {
    return Deno.stdin.readSync(new Uint8Array(1)) !== null;
  } catch {
    return false; // It is closed, or a folder.
  }
}
