/**
 * What our entry in containerd's configuration takes over from the one of runc: containers are to start the same
 * through us, and with another cgroup driver than the kubelet's they would not start at all.
 */
import type { RuntimeEntry } from "../setup/engine_configuration.ts";
import type { TomlTable } from "../setup/engine_file.ts";
import { ALL_SECTIONS } from "./config_section.ts";
import { textAt, type TomlDocument, valuesUnder } from "../../text/toml/document.ts";
import type { TomlValue } from "../../text/toml/write.ts";

/** The shim that our launcher is written for. */
export const SHIM = "io.containerd.runc.v2";

/** Keys of annotations that are ours; `*` of path.Match does not go past a slash. */
const OUR_ANNOTATIONS = ["container-hooks.*", "container-hooks.*/*"];

/** Ours, or only known to shims before runc.v2. */
const NOT_COPIED = new Set(["runtime_type", "runtime_engine", "runtime_root", "BinaryName"]);

/** What containerd sets of runc by itself, in one or the other release. */
const BUILT_IN = new Set(["runtime_type", "sandbox_mode"]);

/** Settings of a runtime and of its shim. */
export interface RuntimeSettings {
  settings: Record<string, TomlValue>;
  options: Record<string, TomlValue>;
}

/** What is to be taken over, from what containerd prints and, before it, from what files say. */
export function settingsToCopy(
  files: readonly TomlDocument[],
  effective: TomlDocument | undefined,
): RuntimeSettings {
  const documents = effective ? [effective, ...files] : files;
  const copied: RuntimeSettings = { settings: {}, options: {} };
  for (const document of documents) {
    for (const [path, value] of valuesUnder(document, modelOf(documents, document))) {
      const [key, option] = path as [string, string?];
      // containerd prints what nobody has set, too.
      if (path.length > 2 || (document === effective && isUnset(value))) continue;
      if (option === undefined && !NOT_COPIED.has(key)) copied.settings[key] = value;
      if (key === "options" && option !== undefined && !NOT_COPIED.has(option)) {
        copied.options[option] = value;
      }
    }
  }
  return copied;
}

/** Path of the runtime to copy from: runc, or where there is none, the default. */
function modelOf(documents: readonly TomlDocument[], document: TomlDocument): string[] {
  const section = ALL_SECTIONS.find((path) => valuesUnder(document, path).length > 0) ?? ALL_SECTIONS[0]!;
  const hasRunc = documents.some((one) =>
    ALL_SECTIONS.some((path) => valuesUnder(one, [...path, "runtimes", "runc"]).length > 0)
  );
  const name = hasRunc ? "runc" : textAt(document, [...section, "default_runtime_name"]) ?? "runc";
  return [...section, "runtimes", name];
}

function isUnset(value: TomlValue): boolean {
  return value === "" || value === false || value === 0 || (value instanceof Array && value.length === 0);
}

/** runc as containerd has it without being told: written out where it would go otherwise. */
export function builtInRunc(dump: TomlDocument | undefined): TomlTable {
  const options: Record<string, TomlValue> = {};
  const settings: Record<string, TomlValue> = {};
  for (const [path, value] of dump ? valuesUnder(dump, modelOf([dump], dump)) : []) {
    const [key, option] = path as [string, string?];
    // What is not set is left out, but for the shim's options: those it would print no more.
    if (option !== undefined) options[option] = value;
    else if (!isUnset(value)) settings[key] = value;
  }
  return { runtime_type: SHIM, ...settings, ...(dump ? { options } : {}) };
}

/** Tells whether nothing is set at `path` that containerd would not have by itself. */
export function isAsBuiltIn(document: TomlDocument, path: string[]): boolean {
  return valuesUnder(document, path).every(([words, value]) =>
    isUnset(value) || BUILT_IN.has(words.join("."))
  );
}

/** Our whole entry. */
export function tableFor(entry: RuntimeEntry, { settings, options }: RuntimeSettings): TomlTable {
  const { pod_annotations: pod, container_annotations: container, ...others } = settings;
  return {
    runtime_type: SHIM,
    ...others,
    pod_annotations: [...new Set([...listOf(pod), ...annotationsFor(entry)])],
    container_annotations: [...new Set([...listOf(container), ...annotationsFor(entry)])],
    options: { BinaryName: entry.path, ...options },
  };
}

/** Patterns of the annotations that are to reach plugins. */
export function annotationsFor(entry: RuntimeEntry): string[] {
  return [...OUR_ANNOTATIONS, ...entry.annotations ?? []];
}

function listOf(value: TomlValue | undefined): string[] {
  return value instanceof Array ? value.filter((one) => typeof one === "string") : [];
}
