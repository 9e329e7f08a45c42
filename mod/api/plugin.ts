/**
 * `container-hooks/plugin` is the module that a plugin imports. There is nothing else for it to import.
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
import type { AdditionalGidsEdit } from "../edits/additional_gids.ts";
import type { AnnotationEdit } from "../edits/annotation.ts";
import type { ArgsEdit } from "../edits/args.ts";
import type { CapabilitiesEdit } from "../edits/capabilities.ts";
import type { CdiEdit } from "../edits/cdi.ts";
import type { DeviceEdit, DeviceNode } from "../edits/device.ts";
import type { EnvEdit } from "../edits/env.ts";
import type { MaskedPathEdit, ReadonlyPathEdit } from "../edits/hidden_path.ts";
import type { HookEdit } from "../edits/hook.ts";
import type { Edit } from "../edits/kinds.ts";
import type { MountEdit } from "../edits/mount.ts";
import type { NetDeviceEdit } from "../edits/net_device.ts";
import type { NumberOrBigint, ResourcesEdit } from "../edits/resources.ts";
import type { RlimitEdit } from "../edits/rlimit.ts";
import type { SetEdit } from "../edits/set.ts";
import type { SysctlEdit } from "../edits/sysctl.ts";
import type { UnsetEnvEdit } from "../edits/unset_env.ts";
import type { Json } from "../core/plain_data.ts";
import type { EngineName } from "../core/engines.ts";
import type { Author } from "../core/facts.ts";
import { isLoaderVariable } from "../core/loader_variables.ts";
import type { Manifest, Needs, OptionDescriptor } from "../core/manifest.ts";
import { STAGES, SYSTEM_PATH } from "../core/oci.ts";
import type { HandlerStage, Hook, Mount, Operation, Spec, Stage, State } from "../core/oci.ts";
import type {
  CompleteLinux,
  Device,
  DeviceRule,
  IdMapping,
  Linux,
  Namespace,
  Resources,
  Seccomp,
  ThrottledDevice,
} from "../core/oci_linux.ts";
import type {
  Capabilities,
  CapabilitySet,
  CompleteProcess,
  Process,
  Rlimit,
  RlimitType,
  User,
} from "../core/oci_process.ts";
import type { DeepReadonly } from "../core/freeze.ts";
import { isPrivileged, type Privilege, type PrivilegeFields, privilegesOf } from "../core/privileges.ts";
import type { Role, When } from "../core/when.ts";

export type { AnnotationEdit, Edit, EnvEdit, Hook, HookEdit, Json, Mount, MountEdit, NetDeviceEdit };
export type { AdditionalGidsEdit, ArgsEdit, CapabilitiesEdit, MaskedPathEdit, ReadonlyPathEdit };
export type { CdiEdit, DeviceEdit, DeviceNode };
export type { ResourcesEdit, RlimitEdit, SetEdit, SysctlEdit, UnsetEnvEdit };
export type { CompleteProcess, HandlerStage, Operation, Process };
export type { Capabilities, CapabilitySet, Rlimit, RlimitType, User };
export type { CompleteLinux, Device, DeviceRule, IdMapping, Linux, Namespace, Resources, Seccomp };
export type { DeepReadonly, NumberOrBigint, Privilege, PrivilegeFields, ThrottledDevice };
export { isLoaderVariable, isPrivileged, privilegesOf, STAGES, SYSTEM_PATH };
export type { Author, EngineName, Manifest, Needs, OptionDescriptor, Role, Spec, Stage, State, When };

/** The value of an option by its descriptor. */
export type OptionValue<D extends OptionDescriptor> = D extends { type: "string" } ? string
  : D extends { type: "integer" } ? number
  : D extends { type: "boolean" } ? boolean
  : string[];

/** The values of a plugin's options: one without a default may be undefined. */
export type OptionValues<O extends Record<string, OptionDescriptor>> = {
  readonly [K in keyof O]: O[K] extends { default: unknown } ? OptionValue<O[K]>
    : OptionValue<O[K]> | undefined;
};

/** Names a fact that the engine's records tell about a container. */
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
 * Tells whether a fact about a container is known, and by whose word.
 *
 * Facts that are absent and facts that are unknown look alike in the container: empty, or left out.
 */
export interface FactStatus {
  /** "absent" means that there is none for certain. "unknown" means that there may be one: decide what to do then. */
  readonly state: "known" | "absent" | "unknown";
  /**
   * Whose word it is, where it is known. "engine": the engine found it out, and nobody who merely has a container
   * started can choose it. "author": the author of the image, of the pod or of the command that started it wrote it.
   */
  readonly by?: Author;
  /** The reason as half a sentence, where it is not known or not there. */
  readonly why?: string;
}

/**
 * A container as it was before any plugin saw it, frozen. Numbers in fields that are 64 bits wide are bigint, whatever
 * their value.
 */
export interface Container {
  readonly id: string;
  /** Names that the engine's user knows it by; empty where the engine keeps none. */
  readonly names: readonly string[];
  readonly role: Role;
  readonly image: { readonly name?: string; readonly id?: string; readonly digest?: string };
  /** Labels of the container and its image, as the engine merges them: an image's author may have written them. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Labels that the container's user or its pod's author set: those that differ from the image's. Empty where that is
   * not known.
   */
  readonly userLabels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Variables of the process by name. Where one stands twice, the last counts. */
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: DeepReadonly<Mount[]>;
  /** The process as runtimes take it: what config.json leaves out is filled in, such as uid 0 for a missing user. */
  readonly process: DeepReadonly<CompleteProcess>;
  /** Namespaces, devices, resources, seccomp and more, as runtimes take it: a list that is absent is empty. */
  readonly linux: DeepReadonly<CompleteLinux>;
  readonly hooks: DeepReadonly<Partial<Record<Stage, Hook[]>>>;
  /** The whole config.json, as runtimes take it: no field that the specification knows is null. */
  readonly spec: DeepReadonly<Spec>;
  readonly engine: EngineName;
  /** Tells of each fact that config.json does not hold whether it is known, by whose word, or why it is not. */
  readonly facts: Readonly<Record<FactName, FactStatus>>;
  /** File name of the OCI runtime: "runc", "crun". */
  readonly runtime: string;
  readonly operation: Operation;
  readonly bundle: string;
}

/**
 * Functions by which a plugin reaches the host: only what its `needs` name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { definePlugin, mount } from "container-hooks/plugin";
 * import { ask } from "container-hooks/testing";
 *
 * const plugin = definePlugin({
 *   api: 1,
 *   name: "libraries",
 *   version: "1.0.0",
 *   brief: "Mounts what lies in a folder, but for what its list leaves out",
 *   needs: { read: ["/opt/lib"] },
 *   plan(_container, { host }) {
 *     const without = host.readTextFile("/opt/lib/without").split("\n");
 *     const names = host.readFolder("/opt/lib").map(({ name }) => name).filter((name) => name.endsWith(".so"));
 *     const mounted = names.filter((name) => !without.includes(name));
 *     host.cache("names", mounted);
 *     return {
 *       edits: mounted.map((name) => {
 *         const path = `/opt/lib/${name}`;
 *         return mount({ source: path, destination: path, options: ["bind", "ro"] });
 *       }),
 *     };
 *   },
 * });
 * const cached = {};
 * const files = { "/opt/lib/a.so": "", "/opt/lib/b.so": "", "/opt/lib/without": "b.so" };
 * const { edits } = await ask(plugin, {}, { files, cached });
 * assert.equal(edits?.length, 1);
 * assert.deepEqual(cached, { names: ["a.so"] });
 * ```
 */
export interface PluginHost {
  /** Reads a file that root alone can write. @throws where it is missing, not trusted or not in `needs` */
  readTextFile(path: string): string;
  /** Reads a JSON object from such a file. @throws with line and column where it is none, or has a key twice */
  readJsonFile(path: string): Record<string, unknown>;
  /** Reads the bytes of such a file, up to 10 MiB. @throws as readTextFile */
  readFile(path: string): Uint8Array;
  /**
   * Lists a folder, by name; up to 10,000 entries. Who may write to it is not looked at: names may be anybody's.
   *
   * @throws where it is no folder or not in `needs`
   */
  readFolder(path: string): { name: string; kind: string }[];
  /** Gets the SHA-256 of a file that root alone can write, up to 128 MiB, as 64 hexadecimal digits. */
  sha256(path: string): Promise<string>;
  /** Looks at a path without following a symbolic link: undefined where nothing is. `size` is in bytes. */
  lstat(path: string): { kind: string; mode: number; uid: number; gid: number; size: number } | undefined;
  /** Reads where a symbolic link leads, such as `/proc/PID/ns/net`. @throws where it is none or not in `needs` */
  readLink(path: string): string;
  /** Gets what this plugin's handlers kept with {@linkcode HandlerContext.keep}, by name; damaged files are left out. */
  kept(): Readonly<Record<string, Json>>;
  /**
   * Gets what this plugin's handlers stored with {@linkcode HandlerContext.store} under a name: on the disk, so it
   * outlives starts of the machine. undefined where there is none.
   *
   * @throws where the file is damaged or not root's alone
   */
  stored(name: string): Json | undefined;
  /** Lists the names of all that is stored. */
  storedNames(): string[];
  /**
   * Gets what this plugin has put into its cache under a name; undefined where it is not, or not any more. It may be
   * gone at any time, and is of whatever version of the plugin wrote it: put what it was made of into the name.
   */
  cached(name: string): Json | undefined;
  /**
   * Puts a value into this plugin's cache; undefined removes it. It is for what costs time to work out again: where it
   * cannot be written, nothing is said. A plugin has 1,000 values and 16 MiB; when that is full, the oldest go.
   *
   * @param name Up to 100 letters, digits and - _ . : @ +.
   * @param value Plain data, up to 1 MiB as JSON.
   */
  cache(name: string, value: Json | undefined): void;
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

/** Writes to the log of container-hooks, with the plugin's name and the container's id. */
export interface PluginLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** The second argument of `plan`. */
export interface PlanContext<O extends Record<string, OptionDescriptor> = Record<string, OptionDescriptor>> {
  readonly options: OptionValues<O>;
  readonly host: PluginHost;
  readonly log: PluginLog;
  /**
   * Asks the OCI runtime what it supports, in the words of the specification's features.md; empty where it says
   * nothing. A runtime is asked once, until its file changes.
   */
  features(): Promise<Readonly<Record<string, unknown>>>;
  /** A signal that is aborted when the plugin's time is up. */
  readonly signal: AbortSignal;
}

/**
 * A plugin's decision about one container. It is plain data, of own and enumerable fields; whole numbers in it may be
 * bigint.
 */
export interface Plan {
  edits?: Edit[];
  /**
   * Reasons why the container must not start. Any reason stops it, whatever `on-error` says; so does anything else
   * here that is not undefined, null or an empty array.
   */
  deny?: string[];
  /** Data that the plugin's handlers get back: JSON, and bigint of up to 64 bits; 1 MiB at most. */
  carry?: Json;
  /** Stages at which its handlers are called for this container. Default: all for which it has one. */
  stages?: HandlerStage[];
  /** A remark that `container-hooks explain` shows: why so, or why nothing. */
  note?: string;
}

/** The second argument of a handler. */
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
  /**
   * Stores a value on this host's disk, for `plan` and later handlers of any container: when it returns, it is there,
   * whole, readable by root alone, and stays over starts of the machine until it is removed by undefined or by
   * `uninstall --purge`. A plugin stores up to 10,000 values and 64 MiB.
   *
   * @param name Up to 100 letters, digits and - _ . : @ +.
   * @param value Plain data, up to 1 MiB as JSON; bigint too.
   */
  store(name: string, value: Json | undefined): void;
  /** Runs `work` while no other handler of this plugin is in its own `alone`, on the whole host. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Registers a function that takes this handler's work back, if a later step of the same stage fails; up to 1,000 functions. */
  undo(action: () => void | Promise<void>): void;
}

/**
 * Makes an error to throw where a person can mend what is wrong. The user reads both halves in one sentence.
 *
 * @param what What is wrong, as a sentence without its full stop.
 * @param remedy What to do about it, as an order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { problem } from "container-hooks/plugin";
 *
 * const error = problem("/etc/nics.toml names no bridge", "add a line bridge = NAME");
 * assert.equal(error.message, "/etc/nics.toml names no bridge");
 * assert.deepEqual({ ...error }, { remedy: "add a line bridge = NAME" });
 * ```
 */
export function problem(what: string, remedy: string): Error {
  return Object.assign(new Error(what), { remedy });
}

/** A function that runs on the host at a stage of the container, with the container's state. */
export type Handler<O extends Record<string, OptionDescriptor>> = (
  state: State,
  context: HandlerContext<O>,
) => void | Promise<void>;

/** A plugin is its manifest and its functions: `plan`, and handlers under `on`. */
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
 * Gives a plugin its types, and returns it unchanged. A plugin's file exports the result as its default.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { definePlugin } from "container-hooks/plugin";
 *
 * const plugin = definePlugin({
 *   api: 1,
 *   name: "no-root",
 *   version: "1.0.0",
 *   brief: "Containers do not run as root",
 *   options: { allowed: { type: "strings", default: [], brief: "names of containers that may" } },
 *   gate: true,
 *   plan(container, { options }) {
 *     const mayBeRoot = container.names.some((name) => options.allowed.includes(name));
 *     if (container.process.user.uid === 0 && !mayBeRoot) return { deny: ["it would run as root"] };
 *   },
 * });
 * assert.equal(plugin.name, "no-root");
 * export default plugin;
 * ```
 */
export function definePlugin<const O extends Record<string, OptionDescriptor>>(plugin: Plugin<O>): Plugin<O> {
  return plugin;
}

/** Settings of a hook beside its program and arguments. */
export interface HookSettings {
  /** Environment of the hook, `{ NAME: "value" }`. Default: a PATH of the system's folders and nothing else. */
  env?: Record<string, string>;
  /** Time limit in whole seconds, above 0. Default: 10. */
  timeout?: number;
}

/** Seconds that a hook made by {@linkcode hook} may take where none are said. */
const HOOK_TIMEOUT = 10;

/** Makes a hook of one stage. `args` follow args[0], which is filled in with the path. */
export type HookMaker = (path: string, args?: readonly string[], settings?: HookSettings) => HookEdit;

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
 * Has the runtime call a program of the host at a stage; at startContainer the program is in the container's root.
 * `args` follow args[0], which is filled in with the path.
 *
 * Throws a TypeError where `args` is no array, `env` no object, or a value in it no text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hook } from "container-hooks/plugin";
 *
 * const edit = hook.poststop("/usr/libexec/audit-flush", ["web"], { env: { LANG: "C" }, timeout: 5 });
 * assert.deepEqual(edit, {
 *   edit: "hook",
 *   stage: "poststop",
 *   hook: {
 *     path: "/usr/libexec/audit-flush",
 *     args: ["/usr/libexec/audit-flush", "web"],
 *     env: ["LANG=C"],
 *     timeout: 5,
 *   },
 * });
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
 * Adds a mount after the container's own. Where no `type` is given and the options ask for bind or rbind, it is
 * "bind".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mount } from "container-hooks/plugin";
 *
 * const edit = mount({ source: "/srv/ca", destination: "/etc/ca", options: ["rbind", "ro"] });
 * assert.deepEqual(edit.mount, {
 *   type: "bind",
 *   source: "/srv/ca",
 *   destination: "/etc/ca",
 *   options: ["rbind", "ro"],
 * });
 * ```
 */
export function mount(mount: DeepReadonly<Mount>): MountEdit {
  const binds = mount.options?.some((option) => option === "bind" || option === "rbind") ?? false;
  return { edit: "mount", mount: { ...(binds ? { type: "bind" } : {}), ...mount } as Mount };
}

/**
 * Sets a variable of the container's process, in place of one of that name. `docker exec` does not see it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { setEnv } from "container-hooks/plugin";
 *
 * assert.deepEqual(setEnv("COLOUR", "blue"), { edit: "env", name: "COLOUR", value: "blue" });
 * ```
 */
export function setEnv(name: string, value: string): EnvEdit {
  return { edit: "env", name, value };
}

/**
 * Has the runtime move a network device of the host into the container. With a runtime whose {@linkcode
 * PlanContext.features} do not have `linux.netDevices`, the container is refused.
 *
 * @param host Its name on the host.
 * @param name Its name in the container.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { netDevice } from "container-hooks/plugin";
 *
 * assert.deepEqual(netDevice("tap0", "eth1"), { edit: "netDevice", host: "tap0", name: "eth1" });
 * ```
 */
export function netDevice(host: string, name: string): NetDeviceEdit {
  return { edit: "netDevice", host, name };
}

/**
 * Sets an annotation of config.json, in place of one with that key. Hooks see it in their state.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { annotation } from "container-hooks/plugin";
 *
 * const edit = annotation("org.example.audit", "yes");
 * assert.deepEqual(edit, { edit: "annotation", key: "org.example.audit", value: "yes" });
 * ```
 */
export function annotation(key: string, value: string): AnnotationEdit {
  return { edit: "annotation", key, value };
}

/**
 * Takes a variable from the container's process, every one of that name. Where there is none, nothing changes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unsetEnv } from "container-hooks/plugin";
 *
 * assert.deepEqual(unsetEnv("DEBUG"), { edit: "unsetEnv", name: "DEBUG" });
 * ```
 */
export function unsetEnv(name: string): UnsetEnvEdit {
  return { edit: "unsetEnv", name };
}

/**
 * Has the container's process started with these arguments in place of its own. Start with your program, and hand it
 * the container's own as in the example.
 *
 * @param args execv's arguments: args[0] is looked up in the container, by its PATH.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { args } from "container-hooks/plugin";
 * import { makeContainer } from "container-hooks/testing";
 *
 * const container = makeContainer({ process: { args: ["sleep", "1"] } });
 * const edit = args(["/sbin/tini", "--", ...container.process.args]);
 * assert.deepEqual(edit, { edit: "args", args: ["/sbin/tini", "--", "sleep", "1"] });
 * ```
 */
export function args(args: readonly string[]): ArgsEdit {
  return { edit: "args", args: [...args] };
}

/**
 * Gives the container a device: a node by its path, or all that a CDI device takes by its name.
 *
 * A node is like the host's device at `hostPath`, by default at the same path, where type and numbers are not given; its
 * processes may use it as `permissions` say. A CDI name is looked up in /etc/cdi and /var/run/cdi, in files that root
 * alone can write, up to version 1.1 of CDI; the container is refused where it is not there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { device } from "container-hooks/plugin";
 *
 * assert.deepEqual(device("vendor.com/gpu=0"), { edit: "cdi", name: "vendor.com/gpu=0" });
 * assert.deepEqual(device({ path: "/dev/fuse", permissions: "rw" }), {
 *   edit: "device",
 *   device: { path: "/dev/fuse", permissions: "rw" },
 * });
 * ```
 */
export function device(name: string): CdiEdit;
export function device(node: DeviceNode): DeviceEdit;
export function device(device: string | DeviceNode): CdiEdit | DeviceEdit {
  if (typeof device === "string") return { edit: "cdi", name: device };
  return { edit: "device", device };
}

/**
 * Stands for no limit, as a soft or hard limit of {@linkcode rlimit}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { RLIM_INFINITY } from "container-hooks/plugin";
 *
 * assert.equal(RLIM_INFINITY, 2n ** 64n - 1n);
 * ```
 */
export const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;

/**
 * Sets a limit of the container's process (getrlimit(2)), in place of one of that type.
 *
 * @param soft What holds, at most `hard`: a process may raise it up to there. Whole numbers, in the limit's unit;
 * above 2^53 as bigint.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rlimit, RLIM_INFINITY } from "container-hooks/plugin";
 *
 * assert.deepEqual(rlimit("RLIMIT_CORE", 0, RLIM_INFINITY), {
 *   edit: "rlimit",
 *   type: "RLIMIT_CORE",
 *   soft: 0,
 *   hard: 18446744073709551615n,
 * });
 * ```
 */
export function rlimit(type: RlimitType, soft: number | bigint, hard: number | bigint = soft): RlimitEdit {
  return { edit: "rlimit", type, soft, hard };
}

/**
 * Gives capabilities to the container's process, or takes them from it. What is added is in the bounding, effective and
 * permitted sets, so that a process of uid 0 has it; what is under `ambient` is in all five, so that one of another user
 * has it too. What is dropped is in none.
 *
 * The container is refused where its config.json has no `process.capabilities`, since runtimes differ in what they make
 * of that.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { capabilities } from "container-hooks/plugin";
 *
 * const edit = capabilities({ add: ["CAP_NET_ADMIN"], drop: ["CAP_NET_RAW"] });
 * assert.deepEqual(edit, { edit: "capabilities", add: ["CAP_NET_ADMIN"], drop: ["CAP_NET_RAW"] });
 * ```
 */
export function capabilities(changes: Omit<CapabilitiesEdit, "edit">): CapabilitiesEdit {
  return { edit: "capabilities", ...changes };
}

/**
 * Puts the container's process into more groups, by their ids in the container.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { additionalGids } from "container-hooks/plugin";
 *
 * assert.deepEqual(additionalGids(44, 105), { edit: "additionalGids", gids: [44, 105] });
 * ```
 */
export function additionalGids(...gids: number[]): AdditionalGidsEdit {
  return { edit: "additionalGids", gids };
}

/**
 * Sets a parameter of the kernel for the container, in place of one of that name. It must be one that the container has
 * for itself: `net.*` with a network namespace of its own, `fs.mqueue.*` and those of System V IPC with one for ipc,
 * `kernel.domainname` with one for uts. Any other is refused.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sysctl } from "container-hooks/plugin";
 *
 * const edit = sysctl("net.ipv4.ip_unprivileged_port_start", "0");
 * assert.deepEqual(edit, { edit: "sysctl", name: "net.ipv4.ip_unprivileged_port_start", value: "0" });
 * ```
 */
export function sysctl(name: string, value: string): SysctlEdit {
  return { edit: "sysctl", name, value };
}

/**
 * Sets limits of the container's cgroup, in the words of config.json's `linux.resources`; those that are not named stay
 * as they are. Elements of a list are added, or take the place of the one for the same device, page size or interface.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { resources } from "container-hooks/plugin";
 *
 * const edit = resources({ memory: { limit: 512n * 1024n ** 2n }, pids: { limit: 100 } });
 * assert.deepEqual(edit.resources, { memory: { limit: 536870912n }, pids: { limit: 100 } });
 * ```
 */
export function resources(resources: ResourcesEdit["resources"]): ResourcesEdit {
  return { edit: "resources", resources };
}

/**
 * Hides a path of the container: a file is empty then, and so is a folder.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { maskedPath } from "container-hooks/plugin";
 *
 * assert.deepEqual(maskedPath("/proc/cpuinfo"), { edit: "maskedPath", path: "/proc/cpuinfo" });
 * ```
 */
export function maskedPath(path: string): MaskedPathEdit {
  return { edit: "maskedPath", path };
}

/**
 * Makes a path of the container read-only.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readonlyPath } from "container-hooks/plugin";
 *
 * assert.deepEqual(readonlyPath("/etc/ssl"), { edit: "readonlyPath", path: "/etc/ssl" });
 * ```
 */
export function readonlyPath(path: string): ReadonlyPathEdit {
  return { edit: "readonlyPath", path };
}

/**
 * Sets a field of config.json that no other edit writes: the last resort. The field must be one of the specification,
 * and the value what the specification has there.
 *
 * Refused are fields that another edit writes, what is around them, and what is fixed between engine and runtime:
 * `/ociVersion`, `/root/path`, `/process/terminal` and `/linux/cgroupsPath`.
 *
 * @param pointer JSON Pointer (RFC 6901). An index of a list is that of config.json as the engine wrote it.
 * @param value null takes the field away.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { set } from "container-hooks/plugin";
 *
 * const edit = set("/process/oomScoreAdj", -500);
 * assert.deepEqual(edit, { edit: "set", pointer: "/process/oomScoreAdj", value: -500 });
 * ```
 */
export function set(pointer: string, value: Json): SetEdit {
  return { edit: "set", pointer, value };
}
