/** A host in memory with a bundle, a runtime and plugins that are part of the program; and creates on it. */
import { definePlugin, type Plugin } from "../../../mod/api/plugin.ts";
import { openIndex } from "../../../mod/index/open_index.ts";
import { type Policies, policiesOf } from "../../../mod/index/policies.ts";
import { beginCreate, type Create, type CreateCall, type PlanResult } from "../../../mod/plan/create.ts";
import { planCreate } from "../../../mod/plan/plan.ts";
import type { Program } from "../../../mod/plugin/program.ts";
import type { JournalEntry } from "../../../mod/state/journal.ts";
import { MemoryHost } from "../memory_host.ts";
import { programWith } from "../program.ts";

export const BUNDLE = "/bundles/web";
export const CONFIG = `${BUNDLE}/config.json`;
export const RUNTIME = "/usr/bin/runc";
export const LOG = "/var/log/hooks.log";

/** Its spaces and its large number tell whether it is written anew as a whole. */
export const ORIGINAL = `{
  "ociVersion": "1.2.0",
  "process":  { "args": ["sh"], "env": ["A=1"], "cwd": "/" },
  "linux": { "resources": { "memory": { "limit": 9007199254740993 } } }
}
`;

/** What a test's plugin decides; the rest of a plugin is the same in all of them. */
export type Decided = Pick<Plugin, "plan"> & Partial<Pick<Plugin, "gate" | "when" | "on">>;

/** The program with those plugins, each asked because config.toml has a table for it. */
export function programOf(plugins: Readonly<Record<string, Decided>>): Program {
  const builtin = Object.entries(plugins).map(([name, decided]) => {
    const plugin = definePlugin({ api: 1, name, version: "1.0.0", brief: "A test's", ...decided } as Plugin);
    return [name, { load: () => Promise.resolve({ default: plugin }) }] as const;
  });
  return programWith({ builtin: Object.fromEntries(builtin) });
}

/** A host that is root's, with a table for each of the plugins. */
export function hostFor(plugins: readonly string[], config = ""): MemoryHost {
  const host = new MemoryHost();
  const tables = plugins.filter((name) => !config.includes(`[plugins.${name}]`));
  host.file("/p", "program");
  host.file(RUNTIME, "#!/bin/sh\n", { mode: 0o755 });
  host.file(CONFIG, ORIGINAL, { mode: 0o600 });
  host.folder("/run");
  host.folder("/var/log");
  host.file(
    "/etc/container-hooks/config.toml",
    `[container-hooks-runtime]\ndebug = "${LOG}"\nlog-level = "debug"\n${config}\n` +
      tables.map((name) => `[plugins.${name}]\n`).join(""),
  );
  return host;
}

export const CALL: CreateCall = {
  id: "web",
  bundle: BUNDLE,
  askedBundle: BUNDLE,
  configFile: CONFIG,
  operation: "create",
  runtime: RUNTIME,
};

/** One create, and how it ended. */
export interface Ended {
  create: Create;
  result?: PlanResult;
  /** What it was refused with. */
  refusal?: Error & { code?: string };
}

/** Plans a container on that host, as the index says. */
export async function planOn(host: MemoryHost, program: Program, call = CALL): Promise<Ended> {
  const policies: Policies = policiesOf(await openIndex(host, program), program.builtin);
  const create = beginCreate(host, program, call);
  try {
    return { create, result: await planCreate(host, create, policies) };
  } catch (thrown) {
    return { create, refusal: thrown as Error };
  }
}

/** The journal entry of a create. */
export function entryOf(host: MemoryHost, { token }: Pick<Create, "token">): JournalEntry | undefined {
  const text = host.text(`/run/container-hooks/journal/${token}.json`);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Names of what lies in a folder; none where there is no folder. */
export function namesIn(host: MemoryHost, folder: string): string[] {
  return host.lstat(folder) ? host.readFolder(folder).map(({ name }) => name).sort() : [];
}
