/** What came of configuring or unconfiguring one engine, as text and as data. */
import { printDiff, unifiedDiff } from "../kit/diff.ts";
import { type RunningState, titleOf } from "../../engines/setup/engine_control.ts";
import type { Done } from "../../engines/setup/engine_change.ts";
import type { Failure } from "../../errors.ts";
import type { Preview } from "../../engines/setup/preview.ts";
import type { Host } from "../../host/host.ts";
import type { SiteRuntime } from "./sites.ts";

/** What would be done, what was, why there is nothing to do, or why it could not be done. */
export type SiteOutcome = Previewed | Carried | { note: string } | { error: string };

/** What would be done, and what to know about it. */
export interface Previewed {
  preview: Preview;
  notes?: string[];
}

/** What was done. */
export interface Carried {
  done: Done;
  notes?: string[];
  /** What the engine did not let go of. */
  still?: Failure;
}

/** Describes an outcome for `--json`. */
export function describe({ site, name }: SiteRuntime, notes: string[], outcome: SiteOutcome): object {
  const { control, version, file } = site;
  const known = { engine: control.configuration.engine, version, file, name, notes };
  if ("note" in outcome) return known;
  if ("error" in outcome) return { ...known, error: outcome.error };
  if ("done" in outcome) {
    const { done, still } = outcome;
    const error = still && { error: still.message };
    return { ...known, ...done, answer: asData(done.answer), ...error };
  }
  const changes = outcome.preview.files.map(({ file, before, after }) => ({
    file,
    diff: unifiedDiff(file, before, after),
  }));
  return { ...known, changes };
}

/** What is not known is null: a key that is missing looks like an older version of us. */
function asData({ loaded, isDefault, how }: RunningState): object {
  return { loaded: loaded ?? null, isDefault: isDefault ?? null, how };
}

/** Prints an outcome for people; what is wrong goes to stderr. */
export function print(
  host: Host,
  { site, name }: SiteRuntime,
  notes: readonly string[],
  outcome: SiteOutcome,
): void {
  host.stdout(`${titleOf(site)}\n`);
  for (const note of notes) host.stdout(`  ${note}\n`);
  if ("note" in outcome) return;
  if ("error" in outcome) return host.stderr(`container-hooks: ${outcome.error}\n`);
  if ("done" in outcome) {
    printDone(host, name, outcome.done);
    if (outcome.still) host.stderr(`container-hooks: ${outcome.still.message}\n`);
    return;
  }
  const { files } = outcome.preview;
  if (files.length === 0) host.stdout("  nothing to change\n");
  for (const { file, before, after } of files) printDiff(host, unifiedDiff(file, before, after));
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
