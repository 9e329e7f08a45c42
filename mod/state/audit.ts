/**
 * The audit trail: who was allowed to start, who was refused, by which plugin and rule; JSON lines in a file that the
 * configuration names.
 *
 * Whoever is refused tries again: a kubelet, for ever. So a refusal that says the same of the same container of a pod,
 * or of the same image, is a line at first; those that follow within an hour are counted, and become one line with
 * `count`.
 *
 *     RUN/audit/KEY     a series: its first line says what it is about, and each further one the time of a repetition
 *
 * Nothing here stops or delays a create; a file that cannot be written is passed over.
 */
import { sha256 } from "../core/sha256.ts";
import { discard, readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { hasPassedByClock } from "../host/span.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";
import { appendLine } from "../host/own_log.ts";
import { visibleJson } from "../visible.ts";

/** One event. What is not known is absent. */
export interface AuditEvent {
  event: "allowed" | "refused" | "bypassed";
  container: string;
  /** The engine's name for it, or NAMESPACE/POD/CONTAINER. */
  name?: string;
  engine?: string;
  image?: string;
  pod?: { namespace: string; name: string; container?: string };
  operation?: string;
  /** Of the plugins that were asked. */
  plugins?: string[];
  /** How many edits were made. */
  edits?: number;
  /** Of a refusal: the plugin, the message of errors.ts, the stage of a handler, and the sentence. */
  plugin?: string;
  rule?: string;
  stage?: string;
  why?: string;
}

/** Name of the folder in the run folder. */
export const AUDIT = "audit";

/** Milliseconds that a series goes on, and milliseconds of quiet after which it is told. */
const SERIES = 60 * 60_000, QUIET = 10 * 60_000;
const WHAT = "series of the audit trail";
const LIMIT = 1024 * 1024;

interface Series {
  /** The audit trail that it belongs to. */
  file: string;
  event: AuditEvent;
  first: number;
}

/** Writes an event; never throws. @param file The audit trail; "": none. */
export async function audit(host: Host, file: string, event: AuditEvent): Promise<void> {
  if (file === "") return;
  try {
    if (event.event !== "refused" || await beginsSeries(host, file, event)) {
      write(host, file, host.now(), event);
    }
  } catch {
    // Where the series cannot be kept, each refusal is a line.
    write(host, file, host.now(), event);
  }
}

function write(
  host: Host,
  file: string,
  time: number,
  event: AuditEvent & { count?: number; since?: string },
) {
  const line = JSON.stringify({ time: new Date(time).toISOString(), ...event });
  appendLine(host, file, `${visibleJson(line)}\n`, 0o600);
}

/** Counts a refusal. @returns whether it is the first of its series */
async function beginsSeries(host: Host, file: string, event: AuditEvent): Promise<boolean> {
  const folder = `${runFolder(host)}/${AUDIT}`;
  makePrivateFolder(host, folder);
  const path = `${folder}/${await keyOf(file, event)}`;
  if (host.lstat(path)) {
    const [series] = readSeries(host, path);
    if (series && !hasPassedByClock(host, series.first, SERIES)) {
      append(host, path, String(host.now()));
      return false;
    }
    close(host, path);
  }
  const series: Series = { file, event, first: host.now() };
  append(host, path, JSON.stringify(series));
  return true;
}

/** What makes two refusals the same: not the id, which is another one at each try. */
async function keyOf(file: string, { container, ...event }: AuditEvent): Promise<string> {
  const why = container === "" ? event.why : event.why?.replaceAll(container, "ID");
  return await sha256(
    JSON.stringify([file, { ...event, why, ...(event.name || event.image ? {} : { container }) }]),
  );
}

function append(host: Host, path: string, line: string): void {
  using file = host.append(path, 0o600);
  file.write(new TextEncoder().encode(`${line}\n`));
}

function readSeries(host: Host, path: string): [series?: Series, ...times: number[]] {
  try {
    const [first = "", ...lines] = new TextDecoder().decode(readTrusted(host, path, WHAT, LIMIT).bytes).split(
      "\n",
    );
    return [JSON.parse(first) as Series, ...lines.map(Number).filter((time) => time > 0)];
  } catch {
    return [];
  }
}

/** Ends a series, and tells how often it was repeated. By a rename, so that of two who do it one does. */
function close(host: Host, path: string): void {
  const closing = `${path}.${host.randomToken()}`;
  host.rename(path, closing);
  const [series, ...times] = readSeries(host, closing);
  discard(host, closing);
  if (!series || times.length === 0) return;
  const since = new Date(series.first).toISOString();
  write(host, series.file, times.at(-1)!, { ...series.event, count: times.length, since });
}

/** Tells the series that have come to rest, or have gone on for an hour. */
export function sweepAudit(host: Host): void {
  const folder = `${runFolder(host)}/${AUDIT}`;
  if (!host.lstat(folder)) return;
  for (const { name } of host.readFolder(folder)) {
    const path = `${folder}/${name}`;
    const [series, ...times] = readSeries(host, path);
    const last = times.at(-1) ?? series?.first ?? 0;
    const isOver = hasPassedByClock(host, last, QUIET) || hasPassedByClock(host, series?.first ?? 0, SERIES);
    // A name with a point is one that a kill has left while it was told.
    if (name.includes(".")) discard(host, path);
    else if (isOver) close(host, path);
  }
}
