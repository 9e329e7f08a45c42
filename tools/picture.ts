/**
 * Draws docs/demo.svg, a terminal with what `task demo` printed, for the README.
 *
 *     deno run -A tools/picture.ts
 *
 * @module
 */
import { demonstrate } from "./demo.ts";
import type { Scene } from "./demo/scene.ts";
import { drawTerminal } from "./picture/terminal.ts";

/** What a stranger should see first, by how their titles begin. */
const SHOWN = ["A container of team shop", "The same container", "What changed", "A container that asks"];

const scenes = await demonstrate();
const lines = SHOWN.map((start) => scenes.find(({ title }) => title.startsWith(start))!)
  .flatMap((scene) => [`# ${scene.title}`, ...shortened(scene), ""]);
const file = new URL("../docs/demo.svg", import.meta.url);
Deno.writeTextFileSync(file, drawTerminal(lines.slice(0, -1)));
console.log("\ndocs/demo.svg is drawn anew");

/** Of a refused container, what its caller saw: the last command of that scene is about the record. */
function shortened({ lines }: Scene): string[] {
  const commands = lines.flatMap((line, at) => line.startsWith("$ ") ? [at] : []);
  return commands.length < 2 ? lines : lines.slice(0, commands.at(-1));
}
