/**
 * One CDI specification: a file of the host that says what devices of one kind take.
 *
 * @see https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md
 */
import { FieldError } from "../core/fields.ts";
import { BOOLEAN, I64, listOf, mapOf, objectOf, TEXT, U32 } from "../core/shapes.ts";
import { lookAtThrown } from "../core/thrown.ts";
import { ofShape } from "../edits/fields.ts";
import type { DeviceNode } from "../edits/device.ts";
import { asFailure, failure } from "../errors.ts";
import { readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { decodeJson, parseJsonObject } from "../text/json/json_text.ts";

/** What a device takes, in CDI's words. */
export interface ContainerEdits {
  env?: string[];
  deviceNodes?: DeviceNode[];
  netDevices?: { hostInterfaceName: string; name: string }[];
  hooks?: { hookName: string; path: string; args?: string[]; env?: string[]; timeout?: number }[];
  mounts?: { hostPath: string; containerPath: string; options?: string[]; type?: string }[];
  intelRdt?: Record<string, string | string[] | boolean>;
  additionalGids?: number[];
}

/** A specification, checked. */
export interface CdiSpec {
  /** Absolute path. */
  file: string;
  /** "vendor.com/class". */
  kind: string;
  devices: { name: string; containerEdits?: ContainerEdits }[];
  containerEdits?: ContainerEdits;
}

/** Bytes; that of a host with eight GPUs has 100,000. */
const LIMIT = 4 * 1024 * 1024;

const TEXTS = listOf(TEXT);
const EDITS = objectOf({
  env: TEXTS,
  deviceNodes: listOf(objectOf({
    path: TEXT,
    hostPath: TEXT,
    type: TEXT,
    major: I64,
    minor: I64,
    fileMode: U32,
    permissions: TEXT,
    uid: U32,
    gid: U32,
  })),
  netDevices: listOf(objectOf({ hostInterfaceName: TEXT, name: TEXT })),
  hooks: listOf(objectOf({ hookName: TEXT, path: TEXT, args: TEXTS, env: TEXTS, timeout: I64 })),
  mounts: listOf(objectOf({ hostPath: TEXT, containerPath: TEXT, options: TEXTS, type: TEXT })),
  intelRdt: objectOf({
    closID: TEXT,
    l3CacheSchema: TEXT,
    memBwSchema: TEXT,
    schemata: TEXTS,
    enableMonitoring: BOOLEAN,
    // Up to 1.0.
    enableCMT: BOOLEAN,
    enableMBM: BOOLEAN,
  }),
  additionalGids: listOf(U32),
});
const SPEC = objectOf({
  cdiVersion: TEXT,
  kind: TEXT,
  annotations: mapOf(TEXT),
  devices: listOf(objectOf({ name: TEXT, annotations: mapOf(TEXT), containerEdits: EDITS })),
  containerEdits: EDITS,
});

/**
 * Reads a specification, JSON or YAML.
 *
 * @throws {Failure} cdi-file where it is none; untrusted, and the file-* of reading
 */
export async function readCdiSpec(host: Host, file: string): Promise<CdiSpec> {
  const { bytes } = readTrusted(host, file, "CDI specification", LIMIT);
  try {
    const value = file.endsWith(".json")
      ? parseJsonObject(decodeJson(bytes, file), file).value
      : await parseYaml(decodeJson(bytes, file));
    return checkSpec(file, value);
  } catch (error) {
    const why = error instanceof FieldError ? error.message : asFailure(error).what;
    throw failure("cdi-file", { path: file, why }, { cause: error });
  }
}

/** As the vendors' tools read it: version 1.1, in which 0660 is octal. */
async function parseYaml(text: string): Promise<unknown> {
  const yaml: typeof import("yaml") & { default?: typeof import("yaml") } = await import("yaml");
  // A bundle has all of a CommonJS package under `default`.
  const { parse } = yaml.default ?? yaml;
  const settings = { version: "1.1", maxAliasCount: 100, prettyErrors: true } as const;
  try {
    // What is plain data of JSON comes out; a date becomes its text.
    return JSON.parse(JSON.stringify(parse(text, settings) ?? null));
  } catch (error) {
    throw new FieldError("the file", `is no YAML: ${lookAtThrown(error).message.split("\n")[0]}`);
  }
}

function checkSpec(file: string, value: unknown): CdiSpec {
  ofShape(SPEC, value, "");
  const { cdiVersion, kind, devices, containerEdits } = value as Omit<CdiSpec, "file"> & {
    cdiVersion?: string;
  };
  if (!/^(0\.[1-8]|1\.[01])\.\d+$/.test(cdiVersion ?? "")) {
    throw new FieldError(
      "cdiVersion",
      `must be a version from 0.1.0 to 1.1, not ${JSON.stringify(cdiVersion)}`,
    );
  }
  if (!/^[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]\/[A-Za-z][A-Za-z0-9_-]*$/.test(kind ?? "")) {
    throw new FieldError("kind", "must be vendor.com/class");
  }
  const names = new Set<string>();
  for (const [index, device] of (devices ?? []).entries()) {
    if (!device.name) throw new FieldError(`devices[${index}].name`, "is missing");
    if (names.has(device.name)) {
      throw new FieldError(`devices[${index}].name`, `is ${device.name} a second time`);
    }
    names.add(device.name);
  }
  return { file, kind, devices: devices ?? [], containerEdits: containerEdits ?? undefined };
}
