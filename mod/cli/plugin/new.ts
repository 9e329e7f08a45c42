/** `container-hooks plugin new NAME`: a folder with all that writing a plugin takes, without a network. */
import { closest } from "../../config/closest.ts";
import { PLUGIN_NAME, PLUGIN_NAME_WORDS } from "../../core/manifest.ts";
import { failure } from "../../errors.ts";
import { type EmbeddedFiles, embeddedFiles } from "../../plugin/embedded.ts";
import { printJson } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { typesFolder } from "./library_types.ts";
import { refuseBuiltIn } from "./placing.ts";
import { absolutePath } from "./subject.ts";
import { surroundings } from "./surroundings.ts";
import { writeFolder } from "./write_folder.ts";

interface Flags {
  json: boolean;
  like: string;
}

/** Makes the folder NAME where the command was called. */
export function make(this: ProgramContext, { json, like }: Flags, name: string): void {
  const { host, program } = this;
  if (!PLUGIN_NAME.test(name)) throw failure("plugin-name", { name, wanted: PLUGIN_NAME_WORDS });
  refuseBuiltIn(program, name);
  const path = absolutePath(host, name);
  const types = Object.entries(typesFolder(program)).map(([file, text]) => [`types/${file}`, text]);
  const own = example(this, like, name);
  writeFolder(host, path, { ...own, ...surroundings(), ...Object.fromEntries(types) });
  if (json) return printJson(host, { name, path, files: Object.keys(own) });
  host.stdout(`${path} is a plugin that works; edit its plugin.ts, then

  container-hooks plugin check ${name}
  container-hooks plugin test ${name}
  container-hooks plugin try ${name} --container CONTAINER
  container-hooks plugin add ${name}
`);
}

/** The files of an example, under another name of the plugin. */
function example({ program }: ProgramContext, like: string, name: string): EmbeddedFiles {
  const all = embeddedFiles(program, "examples");
  const own = Object.entries(all).filter(([path]) => path.startsWith(`${like}/`));
  if (own.length === 0) throw unknownExample(like, exampleNames(all));
  return Object.fromEntries(own.map(([path, text]) => {
    const renamed = text.replaceAll(`name: "${like}"`, `name: "${name}"`)
      .replaceAll(`[plugins.${like}`, `[plugins.${name}`);
    return [path.slice(like.length + 1), renamed];
  }));
}

/** Lists the examples that the program carries. */
function exampleNames(files: EmbeddedFiles): string[] {
  return [...new Set(Object.keys(files).map((path) => path.split("/")[0]!))].sort();
}

function unknownExample(like: string, names: readonly string[]): Error {
  const near = closest(like, names);
  return failure("not-found", {
    what: `there is no example ${JSON.stringify(like)}`,
    remedy: near ? `did you mean ${near}?` : `those that there are: ${names.join(", ")}`,
  });
}
