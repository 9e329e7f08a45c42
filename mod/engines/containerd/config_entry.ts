/** Our runtime in one of containerd's files: putting it in, making it the default, taking it out. */
import { failure } from "../../errors.ts";
import {
  annotationsFor,
  builtInRunc,
  isAsBuiltIn,
  settingsToCopy,
  SHIM,
  tableFor,
} from "./runtime_options.ts";
import { configVersion, runtimesSection } from "./config_section.ts";
import type { RuntimeEntry } from "../setup/engine_configuration.ts";
import type { EngineFile } from "../setup/engine_file.ts";
import {
  entryAt,
  itemsUnder,
  namesUnder,
  textAt,
  type TomlDocument,
  valueAt,
} from "../../text/toml/document.ts";
import { writeKey } from "../../text/toml/write.ts";

/** What is to stand in a file. */
export interface WantedRuntime {
  entry: RuntimeEntry;
  /** The version of the configuration. */
  version: number;
  /** True for a containerd that adds what files say to what it has built in, as 2.0 and later do. */
  isMerged: boolean;
}

/**
 * Puts our runtime in.
 *
 * @param files All that containerd reads, as they were.
 * @param dump What containerd prints of its whole configuration.
 * @throws {Failure} toml-field
 */
export function putRuntime(
  target: EngineFile,
  wanted: WantedRuntime,
  files: readonly TomlDocument[],
  dump: TomlDocument | undefined,
): void {
  const { version, entry } = wanted;
  const section = runtimesSection(version);
  const copied = settingsToCopy(files, dump);
  const table = [...section, "runtimes", entry.name];
  if (target.isEmpty && version > 1) target.set(["version"], version);
  if (holdsOurs(target, version, entry)) {
    target.set([...table, "runtime_type"], SHIM);
    target.addToList([...table, "pod_annotations"], annotationsFor(entry));
    target.addToList([...table, "container_annotations"], annotationsFor(entry));
    target.set([...table, "options", "BinaryName"], entry.path);
    const cgroups = [...table, "options", "SystemdCgroup"];
    const runcs = copied.options.SystemdCgroup;
    if (runcs !== undefined && runcs !== (valueAt(target.document, cgroups) ?? false)) {
      target.set(cgroups, runcs);
    }
  } else {
    if (!wanted.isMerged) keepBuiltIn(target, section, dump);
    target.addTable(table, tableFor(entry, copied));
  }
  if (entry.setAsDefault) setDefault(target, section, entry.name);
}

/** Tells whether a file has an entry of ours by that name. */
export function holdsOurs(
  file: EngineFile,
  version: number,
  entry: Pick<RuntimeEntry, "name" | "path">,
): boolean {
  const table = [...runtimesSection(version), "runtimes", entry.name];
  return file.hasOurs(table, programIn(file.document, table), entry);
}

/** Gets the program that the runtime at `table` has its shim call; undefined where it is the shim's own choice. */
export function programIn(document: TomlDocument, table: string[]): string | undefined {
  return textAt(document, [...table, "options", "BinaryName"]) || undefined;
}

/**
 * Keeps the runtimes that are built in. Before 2.0 the first runtime that a file names takes the place of all that
 * are built in: without runc, the default, CRI would not start.
 */
function keepBuiltIn(target: EngineFile, section: string[], dump: TomlDocument | undefined): void {
  const runtimes = [...section, "runtimes"];
  if (itemsUnder(target.document, runtimes).length > 0) return;
  target.addTable([...runtimes, "runc"], builtInRunc(dump));
}

/** The older way to name a default, a whole runtime in its place, makes containerd ignore the newer. */
function setDefault(file: EngineFile, section: string[], name: string): void {
  const older = entryAt(file.document, [...section, "default_runtime", "runtime_type"]);
  if (older && textAt(file.document, older.path) !== "") {
    throw failure("toml-field", {
      ...file.document.source,
      line: older.node.loc.start.line,
      key: writeKey([...section, "default_runtime"]),
      found: "a whole runtime as the default",
      wanted: "default_runtime_name instead, which it ignores beside it",
    });
  }
  file.set([...section, "default_runtime_name"], name);
}

/** Takes our runtime out, and gives the default back. */
export function takeRuntimeOut(
  file: EngineFile,
  entry: Pick<RuntimeEntry, "name" | "path">,
  previousDefault: string | undefined,
): void {
  if (file.isEmpty) return;
  const version = configVersion(file.document);
  if (!holdsOurs(file, version, entry)) return;
  const section = runtimesSection(version);
  file.restoreDefault([...section, "default_runtime_name"], entry.name, previousDefault);
  file.remove([...section, "runtimes", entry.name]);
  const [rest, ...more] = namesUnder(file.document, [...section, "runtimes"]).keys();
  // With other runtimes in the file, or with settings of the administrator's, it is needed.
  const runc = [...section, "runtimes", "runc"];
  if (rest === "runc" && more.length === 0 && isAsBuiltIn(file.document, runc)) file.removeMarkedTable(runc);
}
