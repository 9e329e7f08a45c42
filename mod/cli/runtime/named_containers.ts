/** Containers that would lose their runtime with our name, and what the name can stand for instead of us. */
import { readConfig } from "../../config/config.ts";
import { launcherAt } from "../../doctor/launchers.ts";
import type { RecordedContainer, RecordedContainers } from "../../engines/setup/containers.ts";
import type { Site } from "../../engines/setup/engine_control.ts";
import { readRuntimes } from "../../engines/setup/site_runtimes.ts";
import { Failure, failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { shortId } from "../kit/output.ts";
import { findRuntime } from "../../wrapper/find_runtime.ts";
import type { SiteRuntime } from "./sites.ts";

/** Containers that are named; of more, the number is told. */
const NAMED = 20;

/** What there is to know before a name goes. */
export interface NameUse extends RecordedContainers {
  /** Whether the engine's files have the name now. */
  isConfigured: boolean;
  /** What stands behind us under this name; undefined where it cannot be told. */
  runtime?: string;
}

/**
 * Who has the name, and what stands behind it.
 *
 * @param launcher What the name leads to, where the files do not tell.
 */
export async function useOf(host: Host, { site, name }: SiteRuntime, launcher: string): Promise<NameUse> {
  const found = await site.control.containersBy(host, site, name);
  const entry = await entryOf(host, site, name);
  const runtime = await runtimeBehind(host, entry?.path ?? launcher);
  return { ...found, isConfigured: entry !== undefined, ...(runtime === undefined ? {} : { runtime }) };
}

/** Undefined also where the files cannot be read: taking out says so. */
async function entryOf(host: Host, site: Site, name: string) {
  try {
    return (await readRuntimes(host, site)).configured.runtimes.find((one) => one.name === name);
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

/**
 * Finds the OCI runtime behind one of our files: the one that a launcher names, or for the program itself the first
 * of the configuration.
 */
async function runtimeBehind(host: Host, path: string): Promise<string | undefined> {
  try {
    const real = host.realPath(path);
    const told = real === undefined ? undefined : launcherAt(host, real)?.runtime;
    return told ?? findRuntime(host, (await readConfig(host)).runtimes, path);
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}

/** Why the name must not go: undefined where nobody has it, or where it is gone already. */
export function whyKept(
  { site, name }: SiteRuntime,
  { containers, isConfigured, runtime }: NameUse,
): Failure | undefined {
  if (containers.length === 0 || !isConfigured) return undefined;
  const { configuration: { engine }, serves } = site.control;
  return failure("engine-name-in-use", {
    engine,
    serves,
    count: containers.length,
    called: containers.slice(0, NAMED).map(called),
    name,
    runtime,
  });
}

/** Gets the runtime that the name is to stand for. @throws {Failure} engine-keep-name */
export function keptRuntime({ name }: SiteRuntime, { runtime }: NameUse, launcher: string): string {
  if (runtime === undefined) throw failure("engine-keep-name", { name, path: launcher });
  return runtime;
}

/** What is to be told of them where the name goes all the same, or is gone already. */
export function notesOnUse({ site }: SiteRuntime, { containers, isConfigured, unknown }: NameUse): string[] {
  const what = site.control.serves;
  const lost = containers.length > 0 && !isConfigured
    ? [
      `${containers.length} ${what} still have that name, ${
        containers.slice(0, NAMED).map(called).join(", ")
      }: ` +
      "--keep-name gives it back, as the runtime itself",
    ]
    : [];
  return unknown === undefined
    ? lost
    : [...lost, `which ${what} have that name is not known for certain: ${unknown}`];
}

function called({ id, name }: RecordedContainer): string {
  return name ? `${name} (${shortId(id)})` : shortId(id);
}
