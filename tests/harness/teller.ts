/** A plugin that tells all that it is shown of a container, and gates that ask for one thing each. */
import assert from "node:assert/strict";
import type { FactStatus } from "../../mod/api/plugin.ts";
import type { JournalEntry } from "../../mod/state/journal.ts";
import { install, type Installation } from "./installation.ts";
import type { Subject } from "./needs.ts";
import { which } from "./run.ts";

/** What a plugin is shown. */
export interface Told {
  engine: string;
  names: string[];
  role: string;
  image: { name?: string; id?: string; digest?: string };
  labels: Record<string, string>;
  userLabels: Record<string, string>;
  facts: Record<string, FactStatus>;
}

const TELLER = `import { definePlugin } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "teller",
  version: "1.0.0",
  brief: "Tells what it is shown",
  when: { role: ["workload", "sandbox"] },
  plan: ({ engine, names, role, image, labels, userLabels, facts }) => ({
    note: JSON.stringify({ engine, names, role, image, labels, userLabels, facts }),
  }),
});
`;

/** A gate without an opinion of its own: that it is asked, or cannot be, is all. */
export function gate(name: string, when: unknown): string {
  return `import { definePlugin } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: ${JSON.stringify(name)},
  version: "1.0.0",
  brief: "Denies what it is asked about",
  when: ${JSON.stringify(when)},
  gate: true,
  plan: () => ({ deny: ["asked"] }),
});
`;
}

/** The program with these plugins beside the one that tells. */
export async function installTeller(
  { form, work }: Subject,
  settings: { plugins?: Record<string, string>; policy?: string; runtime?: string } = {},
): Promise<Installation> {
  work.folder("plugins");
  const plugins = { teller: TELLER, ...settings.plugins };
  for (const [name, text] of Object.entries(plugins)) work.file(`plugins/${name}.ts`, text);
  const config = `[container-hooks]
path = "${work.path}/hooks.json"
plugin-dirs = ["${work.path}/plugins"]

[container-hooks-runtime]
debug = "${work.path}/own.log"
log-level = "debug"
runtimes = [${JSON.stringify(which(settings.runtime ?? "runc")!)}]
${settings.policy ?? ""}`;
  return await install(form, work, { config });
}

/** What is on record of a container, by its name or the beginning of its id. */
export async function entryOf(installed: Installation, container: string): Promise<JournalEntry> {
  const { status, stdout, stderr } = await installed.command(["explain", "--json", container]);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** What the plugin was shown of a container. */
export async function told(installed: Installation, container: string): Promise<Told> {
  const entry = await entryOf(installed, container);
  const { reasons } = entry.plugins.find(({ name }) => name === "teller")!;
  return JSON.parse(reasons.find((reason) => reason.startsWith("{"))!);
}
