/**
 * Keeping the journal bounded, a little at a time, at later creates.
 *
 * The entry of a container that lives is never taken away: its poststop needs it. A container that is gone keeps
 * its entry for a day, so that `explain` can answer in the morning what happened at night.
 */
import { sweepOriginals } from "./originals.ts";
import { sweepAudit } from "./audit.ts";
import { addToTotals } from "./totals.ts";
import { sweepPast } from "./past_the_program.ts";
import { discard } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { hasPassedByClock } from "../host/span.ts";
import { sweepCode } from "./handler_code.ts";
import {
  isNewerAndLives,
  isOlder,
  type JournalEntry,
  journalFolder,
  newestFirst,
  readWhole,
  removeEntry,
} from "./journal.ts";

const MINUTE = 60_000;
/** Milliseconds between two sweeps. */
const INTERVAL = 10 * MINUTE;
/** How long the entry of a container that is gone is kept, and one that a kill or a full disk cut short. */
const KEPT = 24 * 60 * MINUTE;
/** Entries of containers that are gone, kept at most. */
const KEPT_COUNT = 1000;
/** Entries of one container that count as its own, newest first; a bundle that stays may be used again and again. */
const LIVING_COUNT = 8;
/** Entries looked at in one sweep, so that no single create pays for all. */
const BATCH = 512;

/** Sweeps where the last sweep was long enough ago; never throws. */
export async function sweepNowAndThen(host: Host): Promise<void> {
  try {
    const mark = `${journalFolder(host)}/swept`;
    const last = host.lstat(mark)?.modified ?? 0;
    if (!hasPassedByClock(host, last, INTERVAL)) return;
    discard(host, mark);
    host.createNew(mark, 0o600)[Symbol.dispose]();
    await sweep(host);
  } catch {
    // Another create sweeps at this moment, or the folder is read-only, which the next write reports.
  }
}

/** Removes the entries of containers that have been gone for long, and those beyond the number kept. */
export async function sweep(host: Host): Promise<void> {
  const folder = journalFolder(host);
  const names = host.readFolder(folder).map(({ name }) => name).filter((name) => name.endsWith(".json"));
  const start = names.length > BATCH ? Math.floor(Math.random() * names.length) : 0;
  const batch = [...names.slice(start), ...names.slice(0, start)].slice(0, BATCH);
  const entries = batch
    .map((name) => readOrDiscard(host, `${folder}/${name}`))
    .filter((entry) => entry !== undefined)
    .sort(newestFirst);
  const living = new Map<string, number>();
  const gone = entries.filter((entry) => {
    if (!lives(host, entry)) return true;
    const container = JSON.stringify([entry.container.id, entry.config.path]);
    living.set(container, (living.get(container) ?? 0) + 1);
    return living.get(container)! > LIVING_COUNT;
  });
  const kept = Math.floor(KEPT_COUNT * (batch.length / Math.max(names.length, 1)));
  const removed = gone.filter((entry, index) => index >= kept || isOlder(host, entry, KEPT));
  addToTotals(host, removed);
  for (const entry of removed) await removeEntry(host, entry);
  sweepSecondNames(host, `${folder}/written`);
  sweepEvents(host, folder);
  sweepOriginals(host);
  sweepPast(host);
  sweepAudit(host);
  sweepCode(host, entries.filter((entry) => !removed.includes(entry)));
}

/** An entry that was cut short tells no more than its age. */
function readOrDiscard(host: Host, path: string): JournalEntry | undefined {
  const entry = readWhole(host, path);
  const status = entry ? undefined : host.lstat(path);
  const isOld = status && hasPassedByClock(host, status.modified, KEPT);
  if (isOld && !isNewerAndLives(host, path)) discard(host, path);
  return entry;
}

/** Events whose entry is gone: a kill while it was removed. */
function sweepEvents(host: Host, folder: string): void {
  for (const { name } of host.readFolder(folder)) {
    if (!name.endsWith(".events") || host.lstat(`${folder}/${name.replace(/events$/, "json")}`)) continue;
    const status = host.lstat(`${folder}/${name}`);
    if (status && host.now() - status.modified > INTERVAL) discard(host, `${folder}/${name}`);
  }
}

/** Second names whose entries are gone: a kill between the two, or a full disk. */
function sweepSecondNames(host: Host, folder: string): void {
  for (const { name } of host.readFolder(folder)) {
    const status = host.lstat(`${folder}/${name}`);
    if (status?.links === 1 && host.now() - status.changed > INTERVAL) discard(host, `${folder}/${name}`);
  }
}

/** A container whose bundle is gone is gone; a refused one never lived. */
function lives(host: Host, entry: JournalEntry): boolean {
  return entry.outcome === "edited" && host.lstat(entry.config.path) !== undefined;
}
