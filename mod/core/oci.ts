/**
 * The words of the OCI runtime specification that we use: types of config.json, of a hook's state, and the
 * stages in the order in which a runtime reaches them.
 *
 * config.json is read, never re-serialised (see json_text.ts), so these types name only what is looked at;
 * every object may hold more.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md
 */
import type { IdMapping, Linux } from "./oci_linux.ts";
import type { Process } from "./oci_process.ts";

/**
 * The stages of the specification, in the order in which a runtime reaches them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hook, STAGES } from "container-hooks/plugin";
 *
 * const edits = STAGES.map((stage) => hook[stage]("/usr/libexec/audit", [stage]));
 * assert.equal(edits[1]!.stage, "createRuntime");
 * ```
 */
export const STAGES = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
] as const;

/** One of the specification's hook stages. */
export type Stage = (typeof STAGES)[number];

/** Stages with handlers that a runtime calls: those that run on the host, outside the container's cgroup. */
export const HOOKED_STAGES = ["createRuntime", "poststart", "poststop"] as const;

/** One of the stages that a runtime calls handlers at. */
export type HookedStage = (typeof HOOKED_STAGES)[number];

/**
 * Stages at which a plugin may have a handler. `start` is none of the specification's: it is the moment at which
 * an engine asks for the start of a container that it has created, before the runtime hears of it.
 */
export const HANDLER_STAGES = ["createRuntime", "start", "poststart", "poststop"] as const;

/** One of the stages that handlers exist for. */
export type HandlerStage = (typeof HANDLER_STAGES)[number];

/**
 * PATH of every program that we start or have started and that names none of its own.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hook, SYSTEM_PATH } from "container-hooks/plugin";
 *
 * const edit = hook.poststop("/usr/libexec/audit", [], { env: { PATH: SYSTEM_PATH, LANG: "C" } });
 * assert.deepEqual(edit.hook.env, [`PATH=${SYSTEM_PATH}`, "LANG=C"]);
 * ```
 */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A hook as config.json has it. */
export interface Hook {
  /** Absolute path; at startContainer in the container's root, otherwise on the host. */
  path: string;
  /** execv's arguments, args[0] included. */
  args?: string[];
  /** KEY=value; replaces the environment. */
  env?: string[];
  /** Seconds, above 0; without it there is no limit. */
  timeout?: number;
}

/** A mount of the container, as config.json has it. */
export interface Mount {
  destination: string;
  source?: string;
  type?: string;
  options?: string[];
  uidMappings?: IdMapping[];
  gidMappings?: IdMapping[];
  [key: string]: unknown;
}

/** config.json, as far as we look at it; what is read from a file has been through `checkSpec`. */
export interface Spec {
  ociVersion?: string;
  process?: Process;
  root?: { path?: string; readonly?: boolean; [key: string]: unknown };
  hostname?: string;
  mounts?: Mount[];
  hooks?: Partial<Record<Stage, Hook[]>>;
  annotations?: Record<string, string>;
  linux?: Linux;
  [key: string]: unknown;
}

/** What a runtime gives a hook on standard input. */
export interface State {
  ociVersion: string;
  id: string;
  status: string;
  /** Absent once the container's process is gone. */
  pid?: number;
  bundle: string;
  annotations?: Record<string, string>;
}

/** The commands of a runtime that read config.json. */
export type Operation = "create" | "run" | "restore";
