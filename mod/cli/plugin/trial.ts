/** Whether a plugin would stop every container: tried on some that do nothing special. */
import { type Failure, oneLine } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { ConfiguredPlugin } from "../../index/configured_plugin.ts";
import { rehearse } from "../../plan/rehearse.ts";
import type { Program } from "../../plugin/program.ts";
import { listEntries } from "../../state/journal.ts";
import { type PlainContainer, plainContainers } from "./plain_containers.ts";

/** What came of it. */
export interface Trial {
  /** Containers that it was asked about, of how many. */
  asked: number;
  of: number;
  /** Where it failed, and how; a failure that comes of programs that are not run here is none. */
  failed?: { what: string; failure: Failure };
  /** Its reason, where it denied every container. */
  denied?: string;
}

const NOTHING = () => {};

/** Tries it; nothing is done, and no program is run. */
export async function tryPlain(host: Host, program: Program, plugin: ConfiguredPlugin): Promise<Trial> {
  const containers = plainContainers();
  const reasons: string[] = [];
  const trial: Trial = { asked: 0, of: containers.length };
  for (const container of containers) {
    const { selection, answer, failed, notRun } = await rehearse(
      host,
      program,
      plugin,
      sceneOf(container),
      NOTHING,
    );
    if (!selection.selected) continue;
    trial.asked++;
    if (failed && notRun.length === 0) trial.failed ??= { what: container.what, failure: failed };
    if (answer && answer.deny.length > 0) reasons.push(answer.deny[0]!);
  }
  if (reasons.length === containers.length) trial.denied = oneLine(reasons[0]!);
  return trial;
}

function sceneOf({ spec, identity }: PlainContainer) {
  const call = { id: "1".repeat(64), bundle: "/nonexistent", operation: "create", runtime: "runc" } as const;
  return { spec, call, identity, features: () => Promise.resolve({}) };
}

/** Tells whether a container on record was let through by it: then it does not deny all there is on this host. */
export function hasLetThrough(host: Host, name: string): boolean {
  try {
    return listEntries(host).some(({ outcome, plugins }) =>
      outcome !== "refused" &&
      plugins.some((plugin) => plugin.name === name && plugin.selected && !plugin.deny)
    );
  } catch {
    return false;
  }
}

/** Why the plugin would stop every container; undefined where nothing says that it would. */
export function whyStopping(
  name: string,
  { failed, denied, of }: Trial,
): { what: string; remedy: string } | undefined {
  if (failed) {
    return {
      what:
        `plugin ${name} would stop containers that do nothing special, such as ${failed.what}: ${failed.failure.what}`,
      remedy: `correct it, or set [plugins.${name}] mode = "audit" until it is`,
    };
  }
  if (denied === undefined) return undefined;
  return {
    what: `plugin ${name} denies each of ${of} containers that do nothing special: ${denied}`,
    remedy:
      `correct it, narrow it by [plugins.${name}.when], or set mode = "audit" and see what it would deny`,
  };
}
