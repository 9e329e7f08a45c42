/** What `container-hooks doctor` finds: each check returns findings, and never throws for what it looks for. */
import type { Host } from "../host/host.ts";

/** One thing that was looked at. */
export interface Finding {
  /** What was looked at, in a few words: "OCI runtime", "docker". Findings of one subject stand together. */
  subject: string;
  state: "ok" | "warning" | "error";
  /** What was found, as one sentence without a full stop. */
  what: string;
  /** The command that mends it, or what to do; where something is wrong, always. */
  remedy?: string;
}

/** Looks at one thing of this host. */
export type Check = (host: Host) => Finding[] | Promise<Finding[]>;
