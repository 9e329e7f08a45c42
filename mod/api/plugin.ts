/**
 * `container-hooks/plugin`: all that a plugin imports.
 *
 * A plugin is a function from one container to a list of edits:
 *
 * @example
 * ```ts
 * import { definePlugin, mount, setEnv } from "container-hooks/plugin";
 *
 * export default definePlugin({
 *   api: 1,
 *   name: "audit-mount",
 *   version: "1.0.0",
 *   brief: "Mounts the audit socket into containers that ask for it",
 *   options: { socket: { type: "string", default: "/run/audit.sock", brief: "socket on the host" } },
 *   when: { annotations: { "org.example.audit": "^(yes|true)$" } },
 *   plan(container, { options }) {
 *     if (container.process.user.uid !== 0) return { deny: ["audit needs root inside the container"] };
 *     return {
 *       edits: [
 *         mount({ source: options.socket, destination: "/run/audit.sock", options: ["rbind", "ro"] }),
 *         setEnv("AUDIT_SOCKET", "/run/audit.sock"),
 *       ],
 *     };
 *   },
 * });
 * ```
 *
 * @module
 */
import type { AnnotationEdit } from "../edits/annotation.ts";
import type { EnvEdit } from "../edits/env.ts";
import type { HookEdit } from "../edits/hook.ts";
import type { Edit } from "../edits/kinds.ts";
import type { MountEdit } from "../edits/mount.ts";
import type { NetDeviceEdit } from "../edits/net_device.ts";
import type { Json } from "../core/plain_data.ts";
import type { EngineName } from "../core/engines.ts";
import type { Author } from "../core/facts.ts";
import type { Manifest, Needs, OptionDescriptor } from "../core/manifest.ts";
import { STAGES, SYSTEM_PATH } from "../core/oci.ts";
import type {
  CompleteProcess,
  HandlerStage,
  Hook,
  Mount,
  Operation,
  Process,
  Spec,
  Stage,
  State,
} from "../core/oci.ts";
import type { Role, When } from "../core/when.ts";

export type { AnnotationEdit, Edit, EnvEdit, Hook, HookEdit, Json, Mount, MountEdit, NetDeviceEdit };
export type { CompleteProcess, HandlerStage, Operation, Process };
export { STAGES, SYSTEM_PATH };
export type { Author, EngineName, Manifest, Needs, OptionDescriptor, Role, Spec, Stage, State, When };

type OptionValue<D extends OptionDescriptor> = D extends { type: "string" } ? string
  : D extends { type: "integer" } ? number
  : D extends { type: "boolean" } ? boolean
  : string[];

/** The values of a plugin's options: one without a default may be undefined. */
export type OptionValues<O extends Record<string, OptionDescriptor>> = {
  readonly [K in keyof O]: O[K] extends { default: unknown } ? OptionValue<O[K]>
    : OptionValue<O[K]> | undefined;
};

/** What the engine's records say of a container, beside its config.json. */
export type FactName =
  | "engine"
  | "names"
  | "role"
  | "imageName"
  | "imageId"
  | "imageDigest"
  | "labels"
  | "userLabels";

/**
 * Whether a fact about a container is known.
 *
 * A fact that is absent or unknown looks alike in the container: empty, or left out.
 */
export interface FactStatus {
  /** "absent": it is known that there is none. "unknown": there may be one, and what to do about that is yours. */
  readonly state: "known" | "absent" | "unknown";
  /**
   * Of what is known. "engine": the engine found it out, and nobody who merely has a container started can choose
   * it. "author": the author of the image, of the pod or of the command that started it wrote it.
   */
  readonly by?: Author;
  /** Of what is not known or not there: why, as half a sentence. */
  readonly why?: string;
}

/** The container as it was before any plugin saw it; frozen. Fields that are 64 bits wide are bigint. */
export interface Container {
  readonly id: string;
  /** Names that the engine's user knows it by; empty where the engine keeps none. */
  readonly names: readonly string[];
  readonly role: Role;
  readonly image: { readonly name?: string; readonly id?: string; readonly digest?: string };
  /** Of the container and its image, merged as the engine has it: an image's author may have written them. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Those labels that the container's user or its pod's author set: what differs from the image's. Empty where that
   * is not known.
   */
  readonly userLabels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Variables of the process; of one that stands twice, the last. */
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Readonly<Mount>[];
  /** With what runtimes fill in: without a user it is uid 0. */
  readonly process: Readonly<CompleteProcess>;
  readonly linux: Readonly<Record<string, unknown>>;
  readonly hooks: Readonly<Partial<Record<Stage, readonly Readonly<Hook>[]>>>;
  /** The whole config.json, as runtimes take it: no field that the specification knows is null. */
  readonly spec: Readonly<Spec>;
  readonly engine: EngineName;
  /** Of each fact above that config.json does not hold: whether it is known, by whose word, or why it is not. */
  readonly facts: Readonly<Record<FactName, FactStatus>>;
  /** File name of the OCI runtime: "runc", "crun". */
  readonly runtime: string;
  readonly operation: Operation;
  readonly bundle: string;
}

/** The outside world of a plugin, held to what its `needs` name. */
export interface PluginHost {
  /** Text of a file that root alone can write. @throws where it is missing, not trusted or not in `needs` */
  readTextFile(path: string): string;
  /** The same of a JSON object without a key twice. @throws with line and column where it is not one */
  readJsonFile(path: string): Record<string, unknown>;
  /** What is there, without following a symbolic link; undefined where nothing is. */
  lstat(path: string): { kind: string; mode: number; uid: number; gid: number; size: number } | undefined;
  /** Where a symbolic link leads, such as `/proc/PID/ns/net`. @throws where it is none or not in `needs` */
  readLink(path: string): string;
  /** What handlers of this plugin have kept with {@linkcode HandlerContext.keep}, by name; a damaged file is left out. */
  kept(): Readonly<Record<string, Json>>;
  /**
   * Runs a program without a shell and with an empty environment but PATH; up to 32 at once.
   *
   * @param options `env` may not name variables of the program loader (`LD_*`); `timeout` is in milliseconds, by
   * default 10,000. At its end, and at the plugin's own, the program is killed with all that it has started.
   * @throws where the program is not in `needs`, cannot be started, takes too long or writes more than 16 MiB
   */
  run(
    path: string,
    args: string[],
    options?: { env?: Record<string, string>; stdin?: string; timeout?: number },
  ): Promise<{ status: number; stdout: string; stderr: string }>;
}

/** Writes to the program's own log. */
export interface PluginLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** What `plan` is given beside the container. */
export interface PlanContext<O extends Record<string, OptionDescriptor> = Record<string, OptionDescriptor>> {
  readonly options: OptionValues<O>;
  readonly host: PluginHost;
  readonly log: PluginLog;
  /**
   * What the OCI runtime says that it supports, in the words of the specification's features.md; empty where it says
   * nothing. A runtime is asked once, until its file changes.
   */
  features(): Promise<Readonly<Record<string, unknown>>>;
  /** Aborted when the plugin's time is up. */
  readonly signal: AbortSignal;
}

/**
 * What a plugin decides for one container: plain data, of own and enumerable fields. Whole numbers in it may be
 * bigint.
 */
export interface Plan {
  edits?: Edit[];
  /**
   * Reasons why the container must not start. Any reason stops it, whatever `on-error` says; so does anything else
   * here that is not undefined, null or an empty array.
   */
  deny?: string[];
  /** What the plugin's handlers get back: JSON, and bigint of up to 64 bits. Up to 1 MiB. */
  carry?: Json;
  /** Stages at which its handlers are to be called for this container. Default: all that it has any for. */
  stages?: HandlerStage[];
  /** Why nothing, or why so; shown by `container-hooks explain`. */
  note?: string;
}

/** What a handler is given beside the state. */
export interface HandlerContext<O extends Record<string, OptionDescriptor> = Record<string, OptionDescriptor>>
  extends Omit<PlanContext<O>, "features"> {
  readonly carry: Json;
  /**
   * Keeps a value on this host until its next start, for later handlers of any container: at once, whole, readable
   * by root alone. `undefined` removes it. What a handler does to the host is to be kept before it is done: then a
   * kill in the middle leaves something to go by.
   *
   * @param name Letters, digits, - and _.
   */
  keep(name: string, value: Json | undefined): void;
  /** Runs `work` while no other handler of this plugin is in its own `alone`, on the whole host. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Registers what takes this handler's work back, if a later step of the same stage fails; up to 1,000 functions. */
  undo(action: () => void | Promise<void>): void;
}

/**
 * An error to throw where a person can mend what is wrong: the user reads both halves in one sentence.
 *
 * @example
 * ```ts
 * import { problem } from "container-hooks/plugin";
 * const error = problem("/etc/nics.toml names no bridge", "add bridge = \"NAME\"");
 * ```
 */
export function problem(what: string, remedy: string): Error {
  return Object.assign(new Error(what), { remedy });
}

/** Runs at a stage on the host, with the container's state. */
export type Handler<O extends Record<string, OptionDescriptor>> = (
  state: State,
  context: HandlerContext<O>,
) => void | Promise<void>;

/** A plugin: its manifest and its functions. */
export interface Plugin<O extends Record<string, OptionDescriptor> = Record<string, OptionDescriptor>>
  extends Manifest<O> {
  plan?(container: Container, context: PlanContext<O>): Plan | void | Promise<Plan | void>;
  on?: {
    createRuntime?: Handler<O>;
    start?: Handler<O>;
    poststart?: Handler<O>;
    poststop?: Handler<O>;
  };
}

/**
 * Gives a plugin its types; returns what it was given.
 *
 * @example
 * ```ts
 * import { definePlugin } from "container-hooks/plugin";
 * export default definePlugin({ api: 1, name: "nothing", version: "1.0.0", brief: "Does nothing", plan() {} });
 * ```
 */
export function definePlugin<const O extends Record<string, OptionDescriptor>>(plugin: Plugin<O>): Plugin<O> {
  return plugin;
}

/** What a hook takes beside its program and arguments. */
export interface HookSettings {
  /** Variables of the hook, `{ NAME: "value" }`. Default: a PATH of the system's folders and nothing else. */
  env?: Record<string, string>;
  /** Whole seconds above 0. Default: 10. */
  timeout?: number;
}

/** Seconds that a hook made by {@linkcode hook} may take where none are said. */
const HOOK_TIMEOUT = 10;

/** Makes a hook of one stage. */
type HookMaker = (path: string, args?: readonly string[], settings?: HookSettings) => HookEdit;

function at(stage: Stage): HookMaker {
  return (path: string, args: readonly string[] = [], settings: HookSettings = {}): HookEdit => {
    // Types are gone when this runs: the indexes of an array would become names, and letters of a text arguments.
    if (!Array.isArray(args)) throw new TypeError(`hook.${stage} takes its arguments as an array of texts`);
    // Never none: without any, runc hands on its own environment, or the container's.
    const { env = { PATH: SYSTEM_PATH }, timeout = HOOK_TIMEOUT } = settings;
    if (typeof env !== "object" || env === null || Array.isArray(env)) {
      throw new TypeError(`hook.${stage} takes env as an object, { NAME: "value" }`);
    }
    const variables = Object.entries(env).map(([name, value]) => {
      // A variable that is undefined would become the text "undefined".
      if (typeof value !== "string") {
        throw new TypeError(`hook.${stage} takes texts in env, and ${name} is none`);
      }
      return `${name}=${value}`;
    });
    return { edit: "hook", stage, hook: { path, args: [path, ...args], env: variables, timeout } };
  };
}

/**
 * A program that the runtime calls at a stage. `args` follow args[0], which is filled in with the path.
 *
 * Throws a TypeError where `args` is no array, `env` no object, or a value in it no text.
 *
 * @example
 * ```ts
 * import { hook } from "container-hooks/plugin";
 * hook.poststop("/usr/libexec/audit-flush", ["web"], { timeout: 5 });
 * ```
 */
export const hook: Record<Stage, HookMaker> = {
  prestart: at("prestart"),
  createRuntime: at("createRuntime"),
  createContainer: at("createContainer"),
  startContainer: at("startContainer"),
  poststart: at("poststart"),
  poststop: at("poststop"),
};

/**
 * A mount, added after the container's own; `type` is "bind" where options ask for bind or rbind and none is
 * said.
 */
export function mount(mount: Mount): MountEdit {
  const binds = mount.options?.some((option) => option === "bind" || option === "rbind") ?? false;
  return { edit: "mount", mount: { ...(binds ? { type: "bind" } : {}), ...mount } };
}

/** Sets a variable of the container's process. Not seen by `docker exec`. */
export function setEnv(name: string, value: string): EnvEdit {
  return { edit: "env", name, value };
}

/**
 * Has the runtime move a device of the host into the container; only for a runtime whose {@linkcode
 * PlanContext.features} have `linux.netDevices`.
 */
export function netDevice(host: string, name: string): NetDeviceEdit {
  return { edit: "netDevice", host, name };
}

/** Sets an annotation of config.json; hooks see it in their state. */
export function annotation(key: string, value: string): AnnotationEdit {
  return { edit: "annotation", key, value };
}
