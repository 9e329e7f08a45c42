/** `container-hooks runtime configure` and `unconfigure`: our runtime in the engines' configurations. */
import type { Context } from "../command/context.ts";
import { printDiff, unifiedDiff } from "../command/diff.ts";
import { printJson } from "../command/output.ts";
import { asFailure, failure } from "../errors.ts";
import { checkProgram } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { configureEngine, unconfigureEngine } from "../configure/configure_engine.ts";
import type { Done } from "../configure/engine_change.ts";
import { type Restart, type Site, titleOf } from "../configure/engine_control.ts";
import { type Preview, previewConfigure, previewUnconfigure } from "../configure/preview.ts";
import { pluginAnnotations } from "./plugin_annotations.ts";
import type { ProgramContext } from "./program_context.ts";
import { notesOn, type SiteFlags, sitesFor } from "./runtime_sites.ts";

interface Flags extends SiteFlags {
  path: string;
  all: boolean;
  dryRun: boolean;
  restart?: Restart;
}

/** What one of the two commands does to an engine. */
interface Work {
  preview(site: Site): Promise<Preview[]>;
  carryOut(site: Site): Promise<Done>;
}

/** What came of one engine. */
type Outcome = { preview: Preview[] } | { done: Done } | { error: string };

/** Puts our runtime in. */
export async function configure(
  this: ProgramContext,
  flags: Flags & { setAsDefault: boolean },
): Promise<void> {
  const { host } = this;
  const { name, path, setAsDefault } = flags;
  if (!path.startsWith("/")) throw failure("usage", { why: "--path takes an absolute path" });
  const annotations = await pluginAnnotations(host, this.parts.start);
  const entry = { name, path, setAsDefault, annotations };
  await work(this, flags, {
    preview: (site) => previewConfigure(host, site, entry),
    carryOut(site) {
      checkProgram(host, path, "launcher");
      return configureEngine(host, site, entry, flags.restart);
    },
  });
}

/** Takes it out. */
export async function unconfigure(this: Context, flags: Flags): Promise<void> {
  const { host } = this;
  await work(this, flags, {
    preview: (site) => previewUnconfigure(host, site, flags),
    carryOut: (site) => unconfigureEngine(host, site, flags, flags.restart),
  });
}

/** One engine after the other; what is wrong with one keeps none of the others from its turn. */
async function work(context: Context, flags: Flags, { preview, carryOut }: Work): Promise<void> {
  const { host } = context;
  const sites = await sitesFor(host, flags);
  const onlyShows = flags.dryRun || (flags.runtime === undefined && !flags.all);
  const results: object[] = [];
  for (const site of sites) {
    const outcome = await attempt(async () =>
      onlyShows ? { preview: await preview(site) } : { done: await carryOut(site) }
    );
    if ("error" in outcome) context.process.exitCode = 1;
    results.push(describe(site, outcome));
    if (!flags.json) print(host, site, flags.name, outcome);
  }
  if (flags.json) return printJson(host, results);
  if (sites.length === 0) host.stdout("no docker, containerd, CRI-O or podman was found\n");
  else if (onlyShows && !flags.dryRun) {
    host.stdout("\nNothing was changed: --all does it for all of them, --runtime ENGINE for one\n");
  }
}

async function attempt(action: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await action();
  } catch (thrown) {
    return { error: asFailure(thrown).message };
  }
}

function describe(site: Site, outcome: Outcome): object {
  const { control, version, file } = site;
  const known = { engine: control.configuration.engine, version, file, notes: notesOn(site) };
  if (!("preview" in outcome)) return { ...known, ...("done" in outcome ? outcome.done : outcome) };
  const changes = outcome.preview.map(({ file, before, after }) => ({
    file,
    diff: unifiedDiff(file, before, after),
  }));
  return { ...known, changes };
}

function print(host: Host, site: Site, name: string, outcome: Outcome): void {
  host.stdout(`${titleOf(site)}\n`);
  for (const note of notesOn(site)) host.stdout(`  ${note}\n`);
  if ("error" in outcome) return host.stderr(`container-hooks: ${outcome.error}\n`);
  if ("done" in outcome) return printDone(host, name, outcome.done);
  if (outcome.preview.length === 0) host.stdout("  nothing to change\n");
  for (const { file, before, after } of outcome.preview) printDiff(host, unifiedDiff(file, before, after));
}

function printDone(host: Host, name: string, { changes, answer, by, remedy }: Done): void {
  if (changes.length === 0) host.stdout("  nothing to change\n");
  for (const { file, real, backup } of changes) {
    const place = real === undefined ? file : `${real} (${file} leads there)`;
    host.stdout(`  ${place} changed${backup === undefined ? "" : `; what stood there is in ${backup}`}\n`);
  }
  const told = { signal: "told by a signal; ", systemd: "restarted by systemd; ", none: "" }[by];
  host.stdout(`  ${name}: ${told}${stateOf(answer)} (${answer.how})\n`);
  if (remedy !== undefined) host.stdout(`  ${remedy}\n`);
}

function stateOf({ loaded, isDefault }: Done["answer"]): string {
  if (loaded === undefined) return "whether it is loaded cannot be told";
  if (!loaded) return "not loaded";
  return isDefault ? "loaded, and the default" : "loaded, not the default";
}
