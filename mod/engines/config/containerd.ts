/**
 * containerd's config.toml: the CRI plugin's `runtimes` names OCI runtimes, each a shim and the program that the
 * shim is to call; `default_runtime_name` is the one of pods that ask for none.
 */
import { failure } from "../../errors.ts";
import {
  dropInPath,
  filesOfOurs,
  filesRead,
  filesToEdit,
  importsDropIn,
  OWN_IMPORT,
  versionFor,
} from "./containerd_files.ts";
import { isTemplate, refuseGenerated } from "./containerd_generated.ts";
import { annotationsFor, settingsToCopy, SHIM, tableFor } from "./containerd_options.ts";
import { configVersion, runtimesSection } from "./containerd_section.ts";
import type {
  ConfiguredRuntimes,
  EngineConfiguration,
  EngineFacts,
  RuntimeEntry,
} from "./engine_configuration.ts";
import { EngineFile } from "./engine_file.ts";
import { mergeRuntimes, refuseTaken, runtimesIn } from "./named_runtimes.ts";
import { entryAt, parseDocument, textAt, type TomlDocument } from "./toml_document.ts";
import { writeKey } from "./toml_write.ts";

/** How containerd is told of runtimes. */
export const containerdConfiguration: EngineConfiguration = {
  engine: "containerd",
  defaultFile: "/etc/containerd/config.toml",
  read(facts, file) {
    return isTemplate(file) ? { runtimes: [] } : readRuntimes(facts, file);
  },
  configure(facts, file, entry) {
    const text = facts.text(file);
    if (isTemplate(file)) refuseGenerated(file, text, 2, entry, "put");
    const files = filesToEdit(facts, file, entry.name);
    const version = versionFor(facts, files);
    if (files.isDropIn) addImport(files.main, version);
    putRuntime(facts, files, version, entry);
    // The file that is imported comes before the line that imports it.
    const changes = [...new Set([files.target, files.main])].flatMap((one) => one.changes());
    if (changes.some((change) => change.file === file)) refuseGenerated(file, text, version, entry, "put");
    return changes;
  },
  unconfigure(facts, file, entry, previousDefault) {
    const text = facts.text(file);
    if (isTemplate(file)) refuseGenerated(file, text, 2, entry, "take");
    const known = ["runc", ...readRuntimes(facts, file).runtimes.map(({ name }) => name)];
    const previous = known.find((name) => name === previousDefault && name !== entry.name);
    const [main, ...others] = filesOfOurs(facts, file) as [EngineFile, ...EngineFile[]];
    for (const one of [main, ...others]) takeOut(one, entry, previous);
    others.forEach(removeVersion);
    const isGone = others.find(({ path }) => path === dropInPath(main))!.isEmpty;
    if (isGone) main.removeFromList(["imports"], OWN_IMPORT, (rest) => rest.length > 0);
    const version = configVersion(main.document);
    removeVersion(main);
    if (main.changes().length > 0) refuseGenerated(file, text, version, entry, "take");
    return [main, ...others].flatMap((one) => one.changes());
  },
};

function addImport(main: EngineFile, version: number): void {
  if (main.isEmpty) main.set(["version"], version);
  if (!importsDropIn(main)) main.addToList(["imports"], [OWN_IMPORT]);
}

function putRuntime(
  facts: EngineFacts,
  { main, target }: { main: EngineFile; target: EngineFile },
  version: number,
  entry: RuntimeEntry,
): void {
  const section = runtimesSection(version);
  const table = [...section, "runtimes", entry.name];
  const isOurs = target.hasOurs(table, programIn(target.document, table), entry);
  if (!isOurs) refuseTaken(readRuntimes(facts, main.path), entry);
  const effective = facts.effective === undefined ? undefined : parseDocument(facts.effective, {
    engine: "containerd",
    file: "what `containerd config dump` prints",
  });
  const copied = settingsToCopy([main.document], effective);
  if (target.isEmpty && version > 1) target.set(["version"], version);
  if (isOurs) {
    target.set([...table, "runtime_type"], SHIM);
    target.addToList([...table, "pod_annotations"], annotationsFor(entry));
    target.addToList([...table, "container_annotations"], annotationsFor(entry));
    target.set([...table, "options", "BinaryName"], entry.path);
    const cgroups = copied.options.SystemdCgroup;
    if (cgroups !== undefined) target.set([...table, "options", "SystemdCgroup"], cgroups);
  } else {
    target.addTable(table, tableFor(entry, copied));
  }
  if (entry.setAsDefault) setDefault(target, section, entry.name);
}

/** The older way to name a default, a whole runtime in its place, makes containerd ignore the newer. */
function setDefault(file: EngineFile, section: string[], name: string): void {
  const older = entryAt(file.document, [...section, "default_runtime", "runtime_type"]);
  if (older && textAt(file.document, older.path) !== "") {
    throw failure("engine-config-field", {
      ...file.document.source,
      line: older.node.loc.start.line,
      key: writeKey([...section, "default_runtime"]),
      found: "a whole runtime as the default",
      wanted: "default_runtime_name instead, which it ignores beside it",
    });
  }
  file.set([...section, "default_runtime_name"], name);
}

function takeOut(
  file: EngineFile,
  entry: Pick<RuntimeEntry, "name" | "path">,
  previousDefault: string | undefined,
): void {
  if (file.isEmpty) return;
  const section = runtimesSection(configVersion(file.document));
  const table = [...section, "runtimes", entry.name];
  if (!file.hasOurs(table, programIn(file.document, table), entry)) return;
  file.restoreDefault([...section, "default_runtime_name"], entry.name, previousDefault);
  file.remove(table);
}

/** The version that we wrote is what else may have come into the file is read by. */
function removeVersion(file: EngineFile): void {
  if (file.document.items.length === 1) file.removeMarked(["version"]);
}

function readRuntimes(facts: EngineFacts, file: string): ConfiguredRuntimes {
  return mergeRuntimes(
    filesRead(facts, file).map((document) => {
      const section = runtimesSection(configVersion(document));
      return runtimesIn(document, {
        runtimes: [...section, "runtimes"],
        default: [...section, "default_runtime_name"],
        programIn: (_, name) => programIn(document, [...section, "runtimes", name]),
      });
    }),
  );
}

function programIn(document: TomlDocument, table: string[]): string | undefined {
  return textAt(document, [...table, "options", "BinaryName"]) || undefined;
}
