/** `container-hooks metrics`: counts since the host started, as Prometheus reads them. */
import { VERSION } from "../../core/version.ts";
import { failure } from "../../errors.ts";
import { replaceFile } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { readBypass } from "../../state/bypass.ts";
import { readPast } from "../../state/past_the_program.ts";
import { BOUNDS, countAll, type Counts } from "../../state/totals.ts";
import { folderOf, nameOf } from "../../core/path.ts";
import { listOnRecord } from "../explain/on_record.ts";
import type { Context } from "../kit/context.ts";
import { printJson } from "../kit/output.ts";

/** The options of the command. */
export interface MetricsFlags {
  json: boolean;
  output?: string;
}

/** What each count is, in the order in which they are printed. */
const HELP: [name: string, type: "counter" | "gauge" | "histogram", help: string][] = [
  ["creates_total", "counter", "Creates by their result, the engine, and who planned them"],
  ["refusals_total", "counter", "Refused creates by the message they were refused with, and the plugin"],
  ["denials_total", "counter", "Containers that a plugin denied, those in audit mode with them"],
  ["plugin_asked_total", "counter", "Containers that a plugin was asked about"],
  ["plugin_failed_total", "counter", "Containers about which a plugin failed to answer"],
  ["handlers_total", "counter", "Calls of handlers by their result; forgiven: failed, and may"],
  [
    "create_seconds",
    "histogram",
    "Time that planning has added to a create, the start of the program with it",
  ],
  ["bypass", "gauge", "1 while the bypass is on"],
  ["info", "gauge", "The version"],
];

/** Prints them, or writes them as a textfile for node_exporter. */
export function metrics(this: Context, { json, output }: MetricsFlags): void {
  const { host } = this;
  const records = listOnRecord(host).filter(({ entry }) => entry.token !== "");
  const counts: Counts = {
    ...countAll(host, records, readPast(host)),
    container_hooks_bypass: isBypassOn(host) ? 1 : 0,
    [`container_hooks_info{version="${VERSION}"}`]: 1,
  };
  const text = textOf(counts);
  if (output !== undefined) writeTextfile(host, output, text);
  if (json) printJson(host, counts);
  else if (output === undefined) host.stdout(text);
}

/** A switch that is not believed is no bypass; doctor says so. */
function isBypassOn(host: Host): boolean {
  try {
    return readBypass(host) !== undefined;
  } catch {
    return false;
  }
}

function textOf(counts: Counts): string {
  return HELP.map(([name, type, help]) => {
    const lines = Object.entries(counts)
      .filter(([series]) => /^container_hooks_(\w+?)(_bucket|_sum|_count)?(\{|$)/.exec(series)?.[1] === name)
      .sort(bySeries)
      .map(([series, count]) => `${series} ${count}\n`);
    if (lines.length === 0) return "";
    return `# HELP container_hooks_${name} ${help}.\n# TYPE container_hooks_${name} ${type}\n${
      lines.join("")
    }`;
  }).join("");
}

/** By name and labels; the buckets of a histogram by their bounds. */
function bySeries([one]: [string, number], [other]: [string, number]): number {
  const [a, b] = [one, other].map((series) => series.replace(/le="([^"]+)"/, (_, le) => rank(le)));
  return a! < b! ? -1 : 1;
}

function rank(bound: string): string {
  const at = BOUNDS.findIndex((each) => String(each) === bound);
  return String(at < 0 ? BOUNDS.length : at).padStart(3, "0");
}

/** Its temporary name ends otherwise, so that node_exporter never reads half a file. */
function writeTextfile(host: Host, file: string, text: string): void {
  const path = file.startsWith("/") ? file : `${host.cwd()}/${file}`;
  const status = host.lstat(path);
  if (status && status.kind !== "a regular file") {
    throw failure("file-kind", { what: "textfile", path, kind: status.kind });
  }
  replaceFile(host, path, "textfile", new TextEncoder().encode(text), {
    temporary: `${folderOf(path)}/.${nameOf(path)}.${host.randomToken()}`,
    // node_exporter is another user.
    mode: 0o644,
    durable: false,
  });
}
