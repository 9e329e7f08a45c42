/** `container-hooks runtime status`: which engines have our runtime, in their files and in truth. */
import type { Context } from "../command/context.ts";
import { printJson, printTable } from "../command/output.ts";
import type { ConfiguredRuntime } from "../engines/config/engine_configuration.ts";
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { type Answer, type Site, titleOf } from "../configure/engine_control.ts";
import { factsOf } from "../configure/find_sites.ts";
import { notesOn, type SiteFlags, sitesFor } from "./runtime_sites.ts";

/** How one engine stands. */
interface Status {
  site: Site;
  /** What its files say of our runtime. */
  configured?: ConfiguredRuntime;
  /** Whether its files make it the default. */
  isDefault: boolean;
  answer: Answer;
  /** Why its files could not be read. */
  error?: string;
}

/** Prints it, and ends with 1 where something that was asked about is not in order. */
export async function status(this: Context, flags: SiteFlags): Promise<void> {
  const { host } = this;
  const sites = await sitesFor(host, flags);
  const all = await Promise.all(sites.map((site) => statusOf(host, site, flags.name)));
  if (!isInOrder(all, flags.runtime !== undefined)) this.process.exitCode = 1;
  if (flags.json) return printJson(host, all.map(asData));
  await printTable(host, ["ENGINE", "CONFIGURED", "DEFAULT", "LOADED", "HOW IT IS KNOWN"], all.map(asRow));
  for (const { site } of all) for (const note of notesOn(site)) host.stdout(`${note}\n`);
}

async function statusOf(host: Host, site: Site, name: string): Promise<Status> {
  const answer = await site.control.ask(host, site, name);
  try {
    const { runtimes, default: chosen } = site.control.configuration.read(
      await factsOf(host, site),
      site.file,
    );
    return {
      site,
      configured: runtimes.find((one) => one.name === name),
      isDefault: chosen === name,
      answer,
    };
  } catch (thrown) {
    return { site, isDefault: false, answer, error: asFailure(thrown).message };
  }
}

/** One that is not configured is in order as long as another is and nobody asked about it. */
function isInOrder(all: readonly Status[], wereNamed: boolean): boolean {
  const configured = all.filter((one) => one.configured !== undefined);
  const someAreMissing = wereNamed ? configured.length < all.length : configured.length === 0;
  return !someAreMissing &&
    all.every(({ error, configured, answer }) =>
      error === undefined && (configured === undefined || answer.loaded !== false)
    );
}

function asRow({ site, configured, isDefault, answer, error }: Status): string[] {
  const place = configured ? `${configured.file}:${configured.line}` : "no";
  return [
    titleOf(site),
    error === undefined ? place : "its files cannot be read",
    word(answer.isDefault ?? isDefault),
    word(answer.loaded),
    error ?? answer.how,
  ];
}

function word(value: boolean | undefined): string {
  return value === undefined ? "?" : value ? "yes" : "no";
}

function asData({ site, configured, isDefault, answer, error }: Status): object {
  const { control, version, file } = site;
  return {
    engine: control.configuration.engine,
    version,
    file,
    configured: configured &&
      { file: configured.file, line: configured.line, path: configured.path, isDefault },
    loaded: answer.loaded,
    isDefault: answer.isDefault,
    how: answer.how,
    error,
    notes: notesOn(site),
  };
}
