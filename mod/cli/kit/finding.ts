/** What `container-hooks doctor` finds: each check returns findings, and never throws for what it looks for. */
import { asFailure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";

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

/** What a built-in plugin looks at. */
export interface PluginCheck {
  check: Check;
  /** True where that is part of the configuration, so that `config check` asks too. */
  ofConfiguration?: true;
}

/** Makes a finding that all is well with `subject`. */
export function fine(subject: string, what: string): Finding {
  return { subject, state: "ok", what };
}

/** Makes a finding that `subject` works, and is not as it should be. */
export function warning(subject: string, what: string, remedy: string): Finding {
  return { subject, state: "warning", what, remedy };
}

/** Makes a finding that `subject` does not work. */
export function wrong(subject: string, what: string, remedy: string): Finding {
  return { subject, state: "error", what, remedy };
}

/** What was thrown while looking, as a finding. */
export function thrownFinding(
  subject: string,
  thrown: unknown,
  state: "warning" | "error" = "error",
): Finding {
  const { what, remedy } = asFailure(thrown);
  return { subject, state, what, remedy };
}
