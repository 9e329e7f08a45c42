/** `container-hooks plugin types`: the types, for an editor or for a folder that has older ones. */
import { discardTree } from "../../host/discard_tree.ts";
import { printJson } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { declarationsText, typesFolder } from "./library_types.ts";
import { absolutePath } from "./subject.ts";
import { writeFolder } from "./write_folder.ts";
import { failure } from "../../errors.ts";

/** Prints one text of declarations, or writes the folder that a plugin's deno.json names. */
export function types(this: ProgramContext, { json }: { json: boolean }, folder?: string): void {
  const { host, program } = this;
  if (folder === undefined) {
    const text = declarationsText(program);
    return json ? printJson(host, { version: program.version, text }) : host.stdout(text);
  }
  const path = absolutePath(host, folder);
  const files = typesFolder(program);
  replaceOurs(this, path, Object.keys(files));
  writeFolder(host, path, files);
  if (json) return printJson(host, { version: program.version, folder: path, files: Object.keys(files) });
  host.stdout(`the types of ${program.version} are in ${path}\n`);
}

/** An older folder of types is taken away; one that holds anything else is somebody's. */
function replaceOurs({ host }: ProgramContext, path: string, names: readonly string[]): void {
  const status = host.lstat(path);
  if (!status) return;
  if (status.kind !== "a folder") throw failure("path-taken", { path });
  const foreign = host.readFolder(path).find(({ name }) => !names.includes(name));
  if (foreign) {
    throw failure("problem", {
      what: `folder ${path} holds ${foreign.name}, which is no file of types`,
      remedy: "name a folder that is not there yet, or one that `plugin types` has made",
    });
  }
  discardTree(host, path);
}
