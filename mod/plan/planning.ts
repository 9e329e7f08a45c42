/** What a create is planned with, what is known while it is, and what comes of it. */
import type { ContainerIdentity } from "../engines/identity.ts";
import type { Host } from "../host/host.ts";
import type { Log, LogSettings } from "../host/own_log.ts";
import type { JournalEntry, PluginRecord } from "../state/journal.ts";
import type { ConfigFile } from "./config_file.ts";
import type { Creation } from "./container.ts";
import type { PlannedPlugin } from "../index/planned_plugin.ts";
import type { MissedPlugin } from "../index/policies.ts";
import type { Features } from "../state/runtime_features.ts";

/** What the command line says about the container to be. */
export interface CreateRequest extends Creation {
  /** Absolute. */
  configFile: string;
  /** The runtime's --root, where engines differ. */
  root?: string;
}

/** What every create has in common. */
export interface Planning {
  plugins: readonly PlannedPlugin[];
  /** Plugins that cannot be used, and without which the container starts. */
  missed: readonly MissedPlugin[];
  /** Plans at once; 0: the default. */
  concurrency: number;
  /** Version of the program, for the journal. */
  program: string;
  /** File of the program, for the hooks that call handlers. */
  self: string;
  log: Log;
  /** Where handlers log. */
  logSettings: LogSettings;
  /** The module that a worker starts with. */
  workerModule: string;
  /** Called before code from the disk is loaded: what plugins must not have is taken away. */
  hold(): void;
  /** Asks the runtime what it supports. */
  features(): Promise<Features>;
  /** Told when a plugin is asked, and without a name when none is any more. */
  asking?: (plugin?: string) => void;
  /** Told the token of the journal entry, once the container may start. */
  planned?: (token: string) => void;
}

/** What came of it. */
export type Outcome = "edited" | "unchanged";

/** What is known so far, so that a refusal can be recorded with it. */
export interface Draft {
  token: string;
  config?: ConfigFile;
  identity?: ContainerIdentity;
  records: PluginRecord[];
  dispatch?: JournalEntry["dispatch"];
  /** The entry of what was to be done. */
  written?: JournalEntry;
}

/** Of a create that has just begun. */
export function newDraft(host: Host): Draft {
  return { token: host.randomToken(), records: [] };
}

/** Whether the start of this container must come to us. */
export function hasStart({ records }: Draft): boolean {
  return records.some(({ handlers }) => handlers?.stages.includes("start"));
}
