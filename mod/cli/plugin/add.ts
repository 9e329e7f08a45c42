/** `container-hooks plugin add PATH`: a plugin is checked, then put in place in one step, or nothing has changed. */
import { policyOf, readConfig } from "../../config/config.ts";
import { asFailure, failure } from "../../errors.ts";
import { discardTree } from "../../host/discard_tree.ts";
import type { Host } from "../../host/host.ts";
import { openIndex } from "../../index/open_index.ts";
import type { ConfigDraft } from "../config/draft.ts";
import { planChange, takeBack, writeAll } from "../config/change.ts";
import { printFindings } from "../kit/print_findings.ts";
import { printJson } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { checkSubject } from "./check.ts";
import { filesToPlace, stage, type Target, targetOf } from "./placing.ts";
import { configuredPlugin } from "./configured.ts";
import { findSubject } from "./subject.ts";
import { hasLetThrough, tryPlain, whyStopping } from "./trial.ts";

interface Flags {
  json: boolean;
  dryRun: boolean;
  audit: boolean;
  replace: boolean;
}

/** Puts the plugin in place; containers from then on have it. */
export async function add(this: ProgramContext, flags: Flags, path: string): Promise<void> {
  const { host, program } = this;
  const subject = findSubject(host, path);
  const { name } = subject.found;
  const config = await readConfig(host);
  const target = targetOf(host, program, config.pluginDirs, subject, flags.replace);
  const { findings } = await checkSubject(host, program, subject);
  const errors = findings.filter(({ state }) => state === "error").length;
  if (errors > 0) {
    if (!flags.json) await printFindings(host, findings);
    throw failure("plugin-unfit", { path: subject.file, count: errors });
  }
  const staged = stage(host, target, await filesToPlace(host, program, subject));
  try {
    const audited = flags.audit || policyOf(config, name).mode !== "enforce";
    if (!audited) await refuseStopping(this, target, staged);
    const drafts = flags.audit ? await auditDrafts(this, name) : [];
    if (!flags.dryRun) await putInPlace(this, target, staged, drafts);
  } finally {
    // What was there before, where it was exchanged; nothing, where it was renamed.
    discardTree(host, staged);
  }
  tell(this, flags, target, policyOf(config, name).mode);
}

/** What is judged is the copy that will be in place. */
async function refuseStopping(
  { host, program }: ProgramContext,
  { name, path }: Target,
  staged: string,
): Promise<void> {
  const plugin = await configuredPlugin(host, program, name, staged);
  const trial = await tryPlain(host, program, plugin);
  const why = whyStopping(name, trial);
  if (!why || (!trial.failed && hasLetThrough(host, name))) return;
  throw failure("plugin-put", {
    plugin: name,
    why: why.what.replaceAll(staged, path),
    remedy: "correct it; or `plugin add --audit` records what it would do, and nothing is done",
  });
}

/** The plugin has a policy before it is there, and not before it is gone. */
async function auditDrafts(context: ProgramContext, name: string): Promise<ConfigDraft[]> {
  const { host } = context;
  const off = await planChange(
    host,
    context,
    [{ key: ["plugins", name, "mode"], value: "audit" }],
    "unjudged",
  );
  return off.changed;
}

/** One step puts it there. Where a create could not use it then, everything is taken back. */
async function putInPlace(
  { host, program }: ProgramContext,
  { name, path, exists }: Target,
  staged: string,
  drafts: readonly ConfigDraft[],
): Promise<void> {
  const undo: (() => void)[] = [];
  try {
    writeAll(host, drafts);
    for (const draft of drafts) undo.push(() => takeBack(host, draft));
    if (exists) host.exchange(staged, path);
    else host.rename(staged, path);
    undo.push(() => exists ? host.exchange(staged, path) : host.rename(path, staged));
    const { plugins } = await openIndex(host, program);
    const now = plugins.find((plugin) => plugin.name === name);
    if (now?.state === "broken") throw failure("problem", now.error);
  } catch (thrown) {
    takeAllBack(host, undo);
    const { what, remedy } = asFailure(thrown);
    throw failure("plugin-put", { plugin: name, why: what, remedy }, { cause: thrown });
  }
}

function takeAllBack(host: Host, undo: (() => void)[]): void {
  for (const step of undo.reverse()) {
    try {
      step();
    } catch (thrown) {
      host.stderr(`container-hooks: ${asFailure(thrown).message}\n`);
    }
  }
}

function tell({ host }: ProgramContext, flags: Flags, { name, path, exists }: Target, mode: string): void {
  const now = flags.audit ? "audit" : mode;
  if (flags.json) return printJson(host, { name, path, mode: now, replaced: exists, dryRun: flags.dryRun });
  const would = flags.dryRun ? "would be" : "is";
  host.stdout(`plugin ${name} ${would} in ${path}${exists ? ", in place of the one that was there" : ""}\n`);
  if (now === "audit") {
    host.stdout(`it is asked and recorded, and nothing is done; \`plugin enable ${name}\` changes that\n`);
  } else if (now === "off") {
    host.stdout(`it is off in config.toml; \`plugin enable ${name}\` switches it on\n`);
  } else if (!flags.dryRun) {
    host.stdout("containers from now on have it; those that run keep what they have\n");
  }
}
