/** `container-hooks runtime status`: which engines have our runtime, in their files and in truth. */
import type { Context } from "../kit/context.ts";
import { COLOUR } from "../kit/colour.ts";
import { type Cell, printJson, printTable } from "../kit/output.ts";
import type { ConfiguredRuntime } from "../../engines/setup/engine_configuration.ts";
import { asFailure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { CONTROLS } from "../../engines/setup/controls.ts";
import { type RunningState, type Site, titleOf } from "../../engines/setup/engine_control.ts";
import { recordOf } from "../../engines/setup/ledger.ts";
import { isIdle, readRuntimes, USUAL_NAME } from "../../engines/setup/site_runtimes.ts";
import type { EngineWord } from "../../core/engines.ts";
import { notesOn } from "./notes.ts";
import { type SiteFlags, sitesToLookAt } from "./sites.ts";

/** How one engine stands. */
interface Status {
  site: Site;
  /** What its files say of one runtime of ours. */
  configured?: ConfiguredRuntime;
  /** Whether its files make it the default. */
  isDefault: boolean;
  answer: RunningState;
  /** Why its files could not be read. */
  error?: string;
}

/** Prints it, and ends with 1 where something that was asked about is not in order. */
export async function status(this: Context, flags: SiteFlags): Promise<void> {
  const { host } = this;
  const sites = await sitesToLookAt(host, flags);
  const all = (await Promise.all(sites.map((site) => statusesOf(host, site, flags.name)))).flat();
  if (!isInOrder(all, flags.runtime)) this.process.exitCode = 1;
  const notes = (site: Site) => notesOn(site, sites);
  if (flags.json) return printJson(host, all.map((one) => asData(one, notes(one.site))));
  await printTable(
    host,
    ["ENGINE", "RUNTIME", "CONFIGURED", "DEFAULT", "LOADED", "HOW IT IS KNOWN"],
    all.map(asRow),
  );
  for (const note of new Set(sites.flatMap(notes))) host.stdout(`${note}\n`);
}

/** Finds the status of each runtime of ours, or one that says that there is none. */
async function statusesOf(host: Host, site: Site, name: string | undefined): Promise<Status[]> {
  try {
    const { configured, ours } = await readRuntimes(host, site);
    const isMeant = (runtime: ConfiguredRuntime) =>
      name === undefined ? runtime.name === USUAL_NAME || ours.includes(runtime) : runtime.name === name;
    const meant = configured.runtimes.filter(isMeant);
    if (isIdle(site, meant)) return [];
    const asked = meant.length > 0 ? meant : [undefined];
    return await Promise.all(asked.map(async (runtime): Promise<Status> => {
      const own = runtime?.name ?? name ?? USUAL_NAME;
      const kept = keptNote(host, site, own);
      const asked = await site.control.ask(host, site, own);
      const answer = kept === undefined ? asked : { ...asked, how: kept };
      return { site, configured: runtime, isDefault: configured.default === own, answer };
    }));
  } catch (thrown) {
    const answer = { loaded: undefined, isDefault: undefined, how: "" };
    return [{ site, isDefault: false, answer, error: asFailure(thrown).message }];
  }
}

/** Tells that a name was left by `unconfigure --keep-name`, so that its containers go past us. */
function keptNote(host: Host, { control, file }: Site, name: string): string | undefined {
  const entries = recordOf(host, control.configuration.engine, file)?.entries ?? [];
  const kept = entries.find((entry) => entry.name === name && entry.isKeptName);
  return kept && `kept for containers that have the name, and ${kept.path} itself: they go past us`;
}

/** An engine that is not configured is in order as long as another is and nobody asked about it. */
function isInOrder(all: readonly Status[], named: readonly EngineWord[] | undefined): boolean {
  const configured = all.filter((one) => one.configured !== undefined);
  const has = (engine: EngineWord) => configured.some(({ site }) => site.control === CONTROLS[engine]);
  const areThere = named ? named.every(has) : configured.length > 0;
  return areThere && all.every(({ error }) => error === undefined) && configured.every(isLoaded);
}

/** Tells whether an engine has loaded our runtime; one that runs and does not say so has not. */
function isLoaded({ site, answer: { loaded } }: Status): boolean {
  return loaded ?? site.daemon === undefined;
}

function asRow(one: Status): Cell[] {
  const { site, configured, isDefault, answer, error } = one;
  const place = configured ? `${configured.file}:${configured.line}` : "no";
  return [
    titleOf(site),
    configured?.name ?? "-",
    error === undefined ? place : { text: "its files cannot be read", colour: COLOUR.bad },
    word(answer.isDefault ?? isDefault),
    configured ? { text: word(answer.loaded), colour: loadedColour(one) } : word(answer.loaded),
    error ?? answer.how,
  ];
}

/** One that does not run loads it when it starts; one that runs and has not loaded it goes past us. */
function loadedColour(one: Status): number {
  if (one.answer.loaded) return COLOUR.good;
  return isLoaded(one) ? COLOUR.warning : COLOUR.bad;
}

function word(value: boolean | undefined): string {
  return value === undefined ? "?" : value ? "yes" : "no";
}

function asData({ site, configured, isDefault, answer, error }: Status, notes: string[]): object {
  const { control, version, file } = site;
  return {
    engine: control.configuration.engine,
    version,
    file,
    configured: configured &&
      {
        name: configured.name,
        file: configured.file,
        line: configured.line,
        path: configured.path,
        isDefault,
      },
    // What is not known is null: a key that is missing looks like an older version of us.
    loaded: answer.loaded ?? null,
    isDefault: answer.isDefault ?? null,
    how: answer.how,
    error,
    notes,
  };
}
