/** `container-hooks runtime configure` and `unconfigure`: our runtime in the engines' configurations. */
import { ENGINE_WORDS } from "../../core/engines.ts";
import type { Context } from "../kit/context.ts";
import { printJson } from "../kit/output.ts";
import { asFailure, failure } from "../../errors.ts";
import { checkProgram } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { configureEngine, unconfigureEngine } from "../../engines/setup/configure_engine.ts";
import { knownInstallation } from "../../doctor/installation.ts";
import { firstLauncher } from "../../install/record.ts";
import { refuseRestart } from "../../engines/setup/engine_load.ts";
import type { Restart } from "../../engines/setup/engine_control.ts";
import { previewConfigure, previewUnconfigure } from "../../engines/setup/preview.ts";
import { pluginAnnotations } from "./plugin_annotations.ts";
import type { ProgramContext } from "../program_context.ts";
import { keptRuntime, notesOnUse, useOf, whyKept } from "./named_containers.ts";
import { type Carried, describe, type Previewed, print, type SiteOutcome } from "./outcome.ts";
import { whatStays } from "./what_stays.ts";
import { noteOnReplaced, notesOn, runtimeBehind } from "./notes.ts";
import { type SiteFlags, type SiteRuntime, targetsToConfigure, targetsToUnconfigure } from "./sites.ts";

/** The flags as given; the launcher may be left out, which means the one that was installed. */
interface Given extends SiteFlags {
  path?: string;
  all: boolean;
  dryRun: boolean;
  restart?: Restart;
}

type Flags = Given & { path: string };

function settle<F extends Given>(host: Host, flags: F): F & { path: string } {
  return { ...flags, path: flags.path ?? firstLauncher(knownInstallation(host).record) };
}

/** What one of the two commands does to a runtime of ours at one engine. */
interface Work {
  preview(target: SiteRuntime): Promise<Previewed>;
  carryOut(target: SiteRuntime): Promise<Carried>;
}

/** Puts our runtime in. */
export async function configure(
  this: ProgramContext,
  given: Given & { setAsDefault: boolean },
): Promise<void> {
  const { host } = this;
  const flags = settle(host, given);
  const { path, setAsDefault } = flags;
  if (!path.startsWith("/")) throw failure("usage", { why: "--path takes an absolute path" });
  const targets = await targetsToConfigure(host, flags);
  checkLauncher(host, path);
  const annotations = await pluginAnnotations(host, this.program);
  const behind = await runtimeBehind(host, path, this.program.file);
  const entryFor = ({ name }: SiteRuntime) => ({ name, path, behind, setAsDefault, annotations });
  await work(this, flags, targets, {
    async preview(target) {
      const preview = await previewConfigure(host, target.site, entryFor(target));
      return { preview, notes: noteOnReplaced(host, preview.replaces, behind) };
    },
    async carryOut(target) {
      const done = await configureEngine(host, target.site, entryFor(target), flags.restart);
      return { done, notes: noteOnReplaced(host, done.replaces, behind) };
    },
  });
}

/** What only taking it out is given. */
interface TakingOut {
  keepName: boolean;
  force: boolean;
}

/** Takes it out. */
export async function unconfigure(this: Context, given: Given & TakingOut): Promise<void> {
  const { host } = this;
  const flags = settle(host, given);
  const { path, restart, keepName, force } = flags;
  await work(this, flags, await targetsToUnconfigure(host, flags), {
    async preview(target) {
      const { site, name } = target;
      const use = await useOf(host, target, path);
      const why = keepName ? undefined : whyKept(target, use);
      const refusal = why && (force ? why.what : `would be refused: ${why.message}`);
      return {
        preview: await previewUnconfigure(
          host,
          site,
          { name, path },
          keepName ? keptRuntime(target, use, path) : undefined,
        ),
        notes: [...refusal === undefined ? [] : [refusal], ...keepName ? [] : notesOnUse(target, use)],
      };
    },
    async carryOut(target) {
      const { site, name } = target;
      const use = await useOf(host, target, path);
      const why = keepName || force ? undefined : whyKept(target, use);
      if (why) throw why;
      const keep = keepName ? keptRuntime(target, use, path) : undefined;
      const done = await unconfigureEngine(host, site, { name, path }, restart, keep);
      const still = await whatStays(host, target, done, { isKept: keepName, isAsked: restart !== "none" });
      return { done, notes: keepName ? [] : notesOnUse(target, use), still };
    },
  });
}

/** The engine would start it as root. @throws {Failure} launcher-missing, untrusted, not-executable */
function checkLauncher(host: Host, path: string): void {
  if (host.realPath(path) === undefined) throw failure("launcher-missing", { path });
  checkProgram(host, path, "launcher");
}

/** Works on one engine after the other; what is wrong with one keeps none of the others from its turn. */
async function work(
  context: Context,
  flags: Flags,
  targets: readonly SiteRuntime[],
  { preview, carryOut }: Work,
): Promise<void> {
  const { host } = context;
  const onlyLooks = flags.runtime === undefined && !flags.all;
  if (!onlyLooks && flags.config === undefined && host.uid() !== 0) {
    throw failure("engine-rights", { user: host.uid() });
  }
  const results: object[] = [];
  for (const target of targets) {
    const outcome = await attempt(flags, async () => {
      refuseRestart(target.site.control, flags.restart);
      return onlyLooks || flags.dryRun ? await preview(target) : await carryOut(target);
    });
    if ("error" in outcome || ("still" in outcome && outcome.still)) context.process.exitCode = 1;
    const notes = notesOf(target, targets, outcome);
    results.push(describe(target, notes, outcome));
    if (!flags.json) print(host, target, notes, outcome);
  }
  if (flags.json) return printJson(host, results);
  if (targets.length === 0) host.stdout(`none of ${ENGINE_WORDS.join(", ")} was found\n`);
  else if (onlyLooks && !flags.dryRun) {
    host.stdout("\nNothing was changed: --all does it for all of them, --runtime ENGINE for one\n");
  }
}

/** Carries out an action; that an engine needs nothing is no error where nobody has named it. */
async function attempt({ runtime }: Flags, action: () => Promise<SiteOutcome>): Promise<SiteOutcome> {
  try {
    return await action();
  } catch (thrown) {
    const { code, what, message } = asFailure(thrown);
    if (code === "engine-cri-off" && runtime === undefined) return { note: `nothing to configure: ${what}` };
    return { error: message };
  }
}

function notesOf(
  { site }: SiteRuntime,
  targets: readonly SiteRuntime[],
  outcome: SiteOutcome,
): string[] {
  return [
    ...notesOn(site, targets.map(({ site }) => site)),
    ...("notes" in outcome ? outcome.notes ?? [] : []),
    ...("note" in outcome ? [outcome.note] : []),
  ];
}
