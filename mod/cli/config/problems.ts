/** What is wrong with a configuration that can be read: its plugins, and the files that belong to it. */
import { Failure, failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { stateFolder } from "../../host/our_folders.ts";
import { buildIndex } from "../../index/build_index.ts";
import { brokenFailure, type Index } from "../../index/entries.ts";
import { openIndex } from "../../index/open_index.ts";
import { type ConfigDraft, refused } from "./draft.ts";
import { draftHost } from "./draft_host.ts";
import type { ProgramParts } from "../program_context.ts";

/** Something that keeps containers from starting, or a plugin from being asked. */
export interface ConfigProblem {
  plugin: string;
  failure: Failure;
}

/** Finds every plugin that cannot be used, and what the plugins themselves find wrong. */
export async function problemsOf(
  host: Host,
  { plugins }: Index,
  checks: ProgramParts["checks"],
): Promise<ConfigProblem[]> {
  const broken = plugins.flatMap((plugin): ConfigProblem[] =>
    plugin.state === "broken" ? [{ plugin: plugin.name, failure: brokenFailure(plugin) }] : []
  );
  const found = await Promise.all(plugins.map(async ({ name, state }): Promise<ConfigProblem[]> => {
    const own = state === "ready" && Object.hasOwn(checks, name) ? checks[name]! : undefined;
    if (!own?.ofConfiguration) return [];
    const findings = await own.check(host);
    return findings.filter(({ state }) => state !== "ok")
      .map(({ what, remedy = "" }) => ({ plugin: name, failure: failure("problem", { what, remedy }) }));
  }));
  return [...broken, ...found.flat()];
}

/**
 * Refuses a change that `config check` would complain of. What it would complain of already does not stand in the
 * way: of two things that are wrong, one is mended first.
 *
 * @param drafts Files that would be written.
 * @throws {Failure} config-refused
 */
export async function refuseWorse(
  host: Host,
  parts: ProgramParts,
  drafts: readonly ConfigDraft[],
): Promise<void> {
  const after = await problemsWith(draftHost(host, drafts), parts);
  if (after.length === 0) return;
  const before = (await problemsNow(host, parts)).map(wordsOf);
  const worse = after.find((problem) => !before.includes(wordsOf(problem)));
  if (worse) throw refused(worse.failure);
}

/** Finds the problems of a configuration on a host. @throws {Failure} config-refused where it could not be read */
async function problemsWith(host: Host, { program, checks }: ProgramParts): Promise<ConfigProblem[]> {
  try {
    // Not kept: what creates read is made of the files as they are.
    const index = await buildIndex(host, program, stateFolder(host));
    return await problemsOf(host, index, checks);
  } catch (thrown) {
    throw thrown instanceof Failure ? refused(thrown) : thrown;
  }
}

async function problemsNow(host: Host, { program, checks }: ProgramParts): Promise<ConfigProblem[]> {
  try {
    return await problemsOf(host, await openIndex(host, program), checks);
  } catch (thrown) {
    if (thrown instanceof Failure) return []; // It cannot be read, so nothing is known to have been wrong before.
    throw thrown;
  }
}

/** Tells a problem without line numbers, which a change moves. */
function wordsOf({ plugin, failure: { what } }: ConfigProblem): string {
  return `${plugin} ${what.replace(/:\d+/g, "")}`;
}
