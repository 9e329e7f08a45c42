/**
 * `container-hooks plugin remove NAME`: the plugin, and what the configuration says of it, in steps after each of which
 * containers start: it is off, it is away, it is forgotten.
 */
import { readConfig } from "../../config/config.ts";
import { folderOf } from "../../core/path.ts";
import { asFailure, failure } from "../../errors.ts";
import { discardTree } from "../../host/discard_tree.ts";
import type { Host } from "../../host/host.ts";
import { remove as removeFrom } from "../../text/toml/edit.ts";
import { planChange, takeBack, writeAll } from "../config/change.ts";
import { type ConfigDraft, readDrafts } from "../config/draft.ts";
import { printDiffs } from "../config/set.ts";
import { printJson } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { asidePath, nearest, placed, prepareFolder } from "./placing.ts";

interface Flags {
  json: boolean;
  dryRun: boolean;
}

/** Takes it away. */
export async function remove(this: ProgramContext, flags: Flags, name: string): Promise<void> {
  const { host, program } = this;
  if (Object.hasOwn(program.builtin, name)) {
    throw failure("plugin-built-in", {
      plugin: name,
      why: "and is not taken out of the program",
      remedy: `\`container-hooks plugin disable ${name}\` switches it off`,
    });
  }
  const config = await readConfig(host);
  const path = placed(host, program, config.pluginDirs, name);
  const forgotten = draftsWithout(host, name);
  if (path === undefined && forgotten.length === 0) {
    const near = nearest(host, program, config.pluginDirs, name);
    throw failure("not-found", {
      what: `there is no plugin ${JSON.stringify(name)}`,
      remedy: near ? `did you mean ${near}?` : "`container-hooks plugin ls` lists those that there are",
    });
  }
  if (path) prepareFolder(host, folderOf(path));
  if (!flags.dryRun) await takeAway(this, name, path, forgotten);
  await tell(this, flags, name, path, forgotten);
}

/** The files of the configuration that say something of it, and what they would be without that. */
function draftsWithout(host: Host, name: string): ConfigDraft[] {
  return readDrafts(host).drafts.flatMap(({ file, before, after }) => {
    const rest = removeFrom(after, { reader: "container-hooks", file }, ["plugins", name]);
    return rest === after ? [] : [{ file, before, after: rest }];
  });
}

async function takeAway(
  context: ProgramContext,
  name: string,
  path: string | undefined,
  forgotten: readonly ConfigDraft[],
): Promise<void> {
  const { host } = context;
  const undo: (() => void)[] = [];
  // A name that no create looks at.
  const aside = path && asidePath(host, path);
  try {
    if (forgotten.length > 0) {
      // A policy without its plugin would stop containers until the next step.
      const off = await planChange(
        host,
        context,
        [{ key: ["plugins", name, "mode"], value: "off" }],
        "unjudged",
      );
      writeAll(host, off.changed);
      for (const draft of off.changed) undo.push(() => takeBack(host, draft));
    }
    if (path && aside) {
      host.rename(path, aside);
      undo.push(() => host.rename(aside, path));
    }
    writeAll(host, forgotten);
  } catch (thrown) {
    for (const step of undo.reverse()) step();
    const { what, remedy } = asFailure(thrown);
    throw failure("problem", {
      what: `plugin ${name} was not removed, and all is as it was: ${what}`,
      remedy,
    }, { cause: thrown });
  }
  if (aside) discardTree(host, aside);
}

async function tell(
  { host }: ProgramContext,
  flags: Flags,
  name: string,
  path: string | undefined,
  forgotten: readonly ConfigDraft[],
): Promise<void> {
  const files = forgotten.map(({ file }) => file);
  if (flags.json) return printJson(host, { name, path, files, dryRun: flags.dryRun });
  const would = flags.dryRun ? "would be" : "is";
  if (path) {
    host.stdout(`plugin ${name} ${would} gone from ${path}; containers that run keep what they have\n`);
  }
  if (flags.dryRun) return await printDiffs(host, forgotten);
  for (const file of files) host.stdout(`[plugins.${name}] is gone from ${file}\n`);
}
