/**
 * `container-hooks/testing` is the module that a plugin's own tests import.
 *
 * @example
 * ```ts
 * import { ask, assertEquals } from "container-hooks/testing";
 * import { definePlugin, setEnv } from "container-hooks/plugin";
 *
 * const plugin = definePlugin({
 *   api: 1,
 *   name: "greet",
 *   version: "1.0.0",
 *   brief: "Greets",
 *   plan: (container) => ({ edits: [setEnv("GREETING", `hello ${container.image.name}`)] }),
 * });
 * const { edits } = await ask(plugin, { image: { name: "alpine" } });
 * assertEquals(edits, [setEnv("GREETING", "hello alpine")]);
 * ```
 *
 * @module
 */
import { asRuntimesTake, completeLinux, completeProcess } from "../core/check_spec.ts";
import { type DeepReadonly, freeze } from "../core/freeze.ts";
import type { Spec } from "../core/oci.ts";
import type { Linux } from "../core/oci_linux.ts";
import { sha256 } from "../core/sha256.ts";
import { widenFields } from "../core/wide_fields.ts";
import { type Answer, checkAnswer } from "../edits/check_answer.ts";
import type {
  Container,
  Json,
  OptionDescriptor,
  OptionValues,
  Plan,
  PlanContext,
  Plugin,
  PluginHost,
  Process,
} from "./plugin.ts";

export {
  assert,
  assertEquals,
  AssertionError,
  assertMatch,
  assertRejects,
  assertThrows,
} from "./assertions.ts";
export { test } from "./test.ts";

/** Fields of a container that a test sets. Its process may lack what runtimes fill in. */
export type ContainerFields = Partial<
  & Omit<Container, "process" | "linux">
  & { readonly process: DeepReadonly<Process>; readonly linux: DeepReadonly<Linux> }
>;

/** A process, and what it has on Linux, as engines make them for a container that asks for nothing special. */
const PROCESS = {
  args: ["true"],
  cwd: "/",
  user: { uid: 0, gid: 0 },
  capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
};
const LINUX = {
  namespaces: ["pid", "network", "ipc", "uts", "mount", "cgroup"].map((type) => ({ type })),
  resources: { devices: [{ allow: false, access: "rwm" }] },
  seccomp: { defaultAction: "SCMP_ACT_ERRNO", syscalls: [] },
  maskedPaths: ["/proc/kcore", "/proc/keys", "/sys/firmware"],
  readonlyPaths: ["/proc/sys"],
};

const KNOWN = { state: "known", by: "engine" } as const;

/**
 * Makes a container of no engine that does nothing special, with the fields that a test is about.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeContainer } from "container-hooks/testing";
 *
 * const container = makeContainer({ labels: { team: "payments" } });
 * assert.equal(container.labels.team, "payments");
 * assert.deepEqual(container.process.args, ["true"]);
 * assert.equal(container.process.user.uid, 0);
 * ```
 */
export function makeContainer(fields: ContainerFields = {}): Container {
  const { process, linux, ...others } = structuredClone(fields.spec ?? {}) as Spec;
  const spec = asRuntimesTake(widenFields({
    ociVersion: "1.0.2",
    ...others,
    process: { ...structuredClone(PROCESS), ...process },
    linux: { ...structuredClone(LINUX), ...linux },
  }));
  return {
    id: "test",
    names: [],
    role: "workload",
    image: {},
    labels: {},
    userLabels: {},
    annotations: spec.annotations ?? {},
    env: {},
    mounts: spec.mounts ?? [],
    hooks: spec.hooks ?? {},
    engine: "none",
    facts: {
      engine: KNOWN,
      names: KNOWN,
      role: KNOWN,
      imageName: KNOWN,
      imageId: KNOWN,
      imageDigest: KNOWN,
      labels: KNOWN,
      userLabels: KNOWN,
    },
    runtime: "runc",
    operation: "create",
    bundle: "/bundle",
    ...fields,
    process: completeProcess({ ...spec.process, ...fields.process as Process }),
    linux: completeLinux({ ...spec.linux, ...fields.linux as Linux }),
    spec,
  };
}

/** Surroundings that a test gives the plugin beside the container. */
export interface Settings<O extends Record<string, OptionDescriptor>> {
  /** Options that take the place of the plugin's defaults. */
  options?: Partial<OptionValues<O>>;
  /** Files by path, as texts or bytes; a folder has those whose paths are below it. */
  files?: Record<string, string | Uint8Array>;
  /** Values that the plugin's handlers have stored, by name. */
  stored?: Record<string, Json>;
  /** What is in the plugin's cache, by name; what it caches is put in here. Default: nothing. */
  cached?: Record<string, Json>;
  /** Targets of symbolic links by path, for the host's readLink. */
  links?: Record<string, string>;
  /** Values that the plugin's handlers have kept, by name. */
  kept?: Record<string, Json>;
  /** Features that the OCI runtime supports. Default: none. */
  features?: Record<string, unknown>;
}

/**
 * Asks a plugin about a container, without any outside world: a file that `files` does not hold does not exist, and
 * no program can be run. As on a host, the plugin cannot change the container, and its answer is taken apart and checked.
 *
 * @returns What its `plan` returns, as plain data: what it left out, or left empty, is not there. Where it denies,
 * `deny` alone.
 * @throws What its `plan` throws; an error that names the field, where a host would refuse the answer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { definePlugin, setEnv } from "container-hooks/plugin";
 * import { ask } from "container-hooks/testing";
 *
 * const plugin = definePlugin({
 *   api: 1,
 *   name: "zone",
 *   version: "1.0.0",
 *   brief: "Says where the host is",
 *   options: { file: { type: "string", default: "/etc/zone", brief: "where it is written" } },
 *   needs: { read: [{ option: "file" }] },
 *   plan: (_container, { host, options }) => ({ edits: [setEnv("ZONE", host.readTextFile(options.file))] }),
 * });
 * const { edits } = await ask(plugin, {}, { options: { file: "/zone" }, files: { "/zone": "north" } });
 * assert.deepEqual(edits, [setEnv("ZONE", "north")]);
 *
 * const wrong = definePlugin({ ...plugin, plan: () => ({ edits: [setEnv("A=B", "c")] }) });
 * await assert.rejects(ask(wrong), /edits\[0\]\.name/);
 * ```
 */
export async function ask<const O extends Record<string, OptionDescriptor>>(
  plugin: Plugin<O>,
  fields: ContainerFields = {},
  settings: Settings<O> = {},
): Promise<Plan> {
  const defaults = Object.entries(plugin.options ?? {}).map(([name, { default: value }]) => [name, value]);
  const context: PlanContext<O> = {
    options: { ...Object.fromEntries(defaults), ...settings.options } as OptionValues<O>,
    host: makeHost(settings),
    features: () => Promise.resolve(settings.features ?? {}),
    log: { debug() {}, info() {}, warn() {} },
    signal: new AbortController().signal,
  };
  return planOf(
    checkAnswer(plugin, await plugin.plan?.(freeze(structuredClone(makeContainer(fields))), context)),
  );
}

/** What the author's test reads: a part that says nothing is not there. */
function planOf({ edits, deny, carry, stages, note }: Answer): Plan {
  return {
    ...(edits.length > 0 ? { edits } : {}),
    ...(deny.length > 0 ? { deny } : {}),
    ...(carry === undefined ? {} : { carry }),
    ...(stages === undefined ? {} : { stages }),
    ...(note === undefined ? {} : { note }),
  };
}

type Outside = Pick<
  Settings<Record<string, OptionDescriptor>>,
  "files" | "links" | "kept" | "stored" | "cached"
>;

function makeHost({ files = {}, links = {}, kept = {}, stored = {}, cached = {} }: Outside): PluginHost {
  const readFile = (path: string) => {
    const content = files[path];
    if (content === undefined) throw new Error(`file ${path} does not exist`);
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  };
  const read = (path: string) => new TextDecoder().decode(readFile(path));
  return {
    readTextFile: read,
    readFile,
    readFolder: (path) => entriesOf(Object.keys(files), path),
    sha256: async (path) => await sha256(readFile(path)),
    readLink(path) {
      const end = links[path];
      if (end === undefined) throw new Error(`${path} is no link`);
      return end;
    },
    kept: () => kept,
    stored: (name) => stored[name],
    storedNames: () => Object.keys(stored).sort(),
    cached: (name) => cached[name],
    cache(name, value) {
      if (value === undefined) delete cached[name];
      else cached[name] = value;
    },
    readJsonFile: (path) => JSON.parse(read(path)),
    lstat: (path) =>
      files[path] === undefined
        ? undefined
        : { kind: "a regular file", mode: 0o644, uid: 0, gid: 0, size: readFile(path).length },
    run: (path) => Promise.reject(new Error(`${path} cannot be run in a test`)),
  };
}

/** The names that stand behind a folder's in the paths of files. */
function entriesOf(paths: readonly string[], folder: string): { name: string; kind: string }[] {
  const start = `${folder.replace(/\/+$/, "")}/`;
  const below = paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
  if (below.length === 0) throw new Error(`folder ${folder} does not exist`);
  const kinds = new Map(below.map((rest) => {
    const [name = "", ...more] = rest.split("/");
    return [name, more.length > 0 ? "a folder" : "a regular file"];
  }));
  return [...kinds].map(([name, kind]) => ({ name, kind })).sort((one, other) =>
    one.name < other.name ? -1 : 1
  );
}
