/** Choosing among what is on record: filters, and the one container that a word means. */
import type { EngineName } from "../../core/engines.ts";
import { failure } from "../../errors.ts";
import { shortId } from "../kit/output.ts";
import { hasFailed, nameOnRecord, type OnRecord } from "./on_record.ts";

/** What a list is narrowed to. */
export interface Filters {
  failed: boolean;
  plugin?: string;
  engine?: EngineName;
  /** Milliseconds. */
  since?: number;
}

/** Keeps what the filters let through. @param now Milliseconds since 1970. */
export function filterRecords(records: readonly OnRecord[], filters: Filters, now: number): OnRecord[] {
  const { failed, plugin, engine, since } = filters;
  return records.filter((record) => {
    const { entry, events } = record;
    if (failed && !hasFailed(record)) return false;
    if (engine !== undefined && entry.container.engine !== engine) return false;
    if (since !== undefined && entry.created < now - since) return false;
    return plugin === undefined || entry.refusedBy?.plugin === plugin ||
      entry.plugins.some(({ name, selected }) => name === plugin && selected) ||
      events.some((event) => "plugin" in event && event.plugin === plugin);
  });
}

/** A container that a word means. */
export interface Chosen {
  /** Its newest create. */
  record: OnRecord;
  /** Earlier creates of the same container, the newest first. */
  earlier: OnRecord[];
}

/**
 * Finds the container that `word` means: an id, a name, NAMESPACE/POD/CONTAINER or NAMESPACE/POD, the beginning of an
 * id, in this order. A name that one container had after the other means the newest.
 *
 * @param records The newest first.
 * @throws {Failure} not-found, ambiguous
 */
export function chooseContainer(records: readonly OnRecord[], word: string): Chosen {
  const containers = (matches: (container: OnRecord["entry"]["container"]) => boolean) =>
    newestOfEach(records.filter(({ entry }) => matches(entry.container)));
  const [byId] = containers(({ id }) => id === word);
  const [byName] = byId ? [] : containers((one) => one.names.includes(word) || nameOnRecord(one) === word);
  const exact = byId ?? byName;
  const found = exact ? [exact] : firstFull(
    containers(({ pod }) => pod !== undefined && `${pod.namespace}/${pod.name}` === word),
    containers(({ id }) => word !== "" && id.startsWith(word)),
  );
  const [record, ...others] = found;
  if (!record) {
    throw failure("not-found", {
      what: `no container ${JSON.stringify(word)} is on record`,
      remedy: "`container-hooks explain` lists those that are",
    });
  }
  if (others.length > 0) throw failure("ambiguous", { word, candidates: found.map(candidate) });
  const earlier = records.filter(({ entry }) =>
    entry.container.id === record.entry.container.id && entry !== record.entry
  );
  return { record, earlier };
}

function newestOfEach(records: readonly OnRecord[]): OnRecord[] {
  const seen = new Set<string>();
  return records.filter(({ entry: { container: { id } } }) => !seen.has(id) && seen.add(id));
}

function firstFull(...lists: OnRecord[][]): OnRecord[] {
  return lists.find((list) => list.length > 0) ?? [];
}

/** The id as far as it is needed to tell it from others, with its name. */
function candidate({ entry: { container } }: OnRecord): string {
  const name = nameOnRecord(container);
  return name && name !== container.id ? `${shortId(container.id)} (${name})` : shortId(container.id);
}
