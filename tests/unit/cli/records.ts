/** Journal entries of tests, and what commands print about them. */
import { runFolder } from "../../../mod/host/our_folders.ts";
import { type NewEvent, openEvents } from "../../../mod/state/events.ts";
import { type JournalEntry, writeEntry } from "../../../mod/state/journal.ts";
import { MemoryHost } from "../memory_host.ts";

/** What is other than in most tests. */
export type Recorded = Partial<Omit<JournalEntry, "container">> & {
  container?: Partial<JournalEntry["container"]>;
  events?: NewEvent[];
};

let tokens = 0;

/** Puts an entry on record. */
export async function record(
  host: MemoryHost,
  { container, events = [], ...entry }: Recorded,
): Promise<string> {
  const token = String(tokens++).padStart(32, "0");
  await writeEntry(host, {
    format: 1,
    token,
    created: host.time,
    program: "1.0.0",
    outcome: "edited",
    plugins: [],
    config: { path: `/b/${token}/config.json`, before: "a", after: "b", temporary: "", inverse: [] },
    ...entry,
    container: {
      id: "web",
      names: [],
      engine: "none",
      bundle: "/b",
      operation: "create",
      runtime: "runc",
      ...container,
    },
  });
  using written = openEvents(host, runFolder(host), token);
  for (const event of events) written.write(event);
  return token;
}

/** A host, and what is printed on it. */
export function printingHost(width?: number): MemoryHost & { printed(): string } {
  const host = new MemoryHost();
  if (width !== undefined) Object.assign(host, { terminal: true, width });
  let text = "";
  host.stdout = (more) => void (text += more);
  return Object.assign(host, { printed: () => text });
}
