/**
 * CRI-O's crio.conf: each table of `crio.runtime.runtimes` is an OCI runtime, `crio.runtime.default_runtime` the one
 * of pods that ask for none.
 *
 * All annotations of a pod reach the runtime unasked. `allowed_annotations` is about CRI-O's own experiments, and
 * a runtime with a word there that CRI-O does not know is one that it does not use.
 */
import { documentsRead, DROP_IN, filesOfOurs, fileToEdit } from "../setup/drop_in.ts";
import type {
  ConfiguredRuntimes,
  EngineConfiguration,
  EngineFacts,
  RuntimeEntry,
} from "../setup/engine_configuration.ts";
import type { EngineFile, TomlTable } from "../setup/engine_file.ts";
import { mergeRuntimes, refuseTaken, type RuntimePlaces, runtimesIn } from "../setup/named_runtimes.ts";
import { textAt, type TomlDocument, valuesUnder } from "../../text/toml/document.ts";
import type { TomlValue } from "../../text/toml/write.ts";

const RUNTIMES = ["crio", "runtime", "runtimes"];
const DEFAULT = ["crio", "runtime", "default_runtime"];
const PLACES: RuntimePlaces = { runtimes: RUNTIMES, default: DEFAULT, programIn };

/** What a CRI-O of one or the other age has without being told. */
const BUILT_IN = ["crun", "runc"];

/** What is another runtime's alone. */
const NOT_COPIED = new Set([
  "runtime_path",
  "runtime_type",
  "runtime_root",
  "runtime_config_path",
  "platform_runtime_paths",
  "inherit_default_runtime",
]);

/** Edits CRI-O's configuration of runtimes. */
export const crioConfiguration: EngineConfiguration = {
  engine: "cri-o",
  defaultFile: `/etc/crio/crio.conf.d/${DROP_IN}`,
  read(facts, file) {
    return runtimesOf(documentsOf(facts, file));
  },
  configure(facts, file, entry) {
    const target = fileToEdit(facts, "cri-o", file);
    const documents = documentsOf(facts, file);
    const isOurs = target.hasOurs([...RUNTIMES, entry.name], undefined, entry);
    if (!isOurs) refuseTaken(runtimesOf(documents), entry);
    putRuntime(target, documents, entry);
    if (entry.setAsDefault) target.set(DEFAULT, entry.name);
    return target.changes();
  },
  unconfigure(facts, file, entry, previousDefault) {
    const { runtimes } = runtimesOf(documentsOf(facts, file));
    const known = [...BUILT_IN, ...runtimes.map(({ name }) => name)];
    const previous = known.find((name) => name === previousDefault);
    return filesOfOurs(facts, "cri-o", file).flatMap((one) => takeOut(one, entry, previous));
  },
};

function putRuntime(target: EngineFile, documents: TomlDocument[], entry: RuntimeEntry): void {
  const table = [...RUNTIMES, entry.name];
  if (target.hasOurs(table, programIn(target.document, entry.name), entry)) {
    target.set([...table, "runtime_path"], entry.path);
    return;
  }
  target.addTable(table, {
    runtime_path: entry.path,
    runtime_type: "oci",
    // One of its own: two runtimes that keep state in one place take each other's containers away.
    runtime_root: `/run/oci-${entry.name}`,
    ...settingsToCopy(documents, entry.name),
  });
}

function takeOut(file: EngineFile, entry: Pick<RuntimeEntry, "name" | "path">, previous: string | undefined) {
  const table = [...RUNTIMES, entry.name];
  if (!file.hasOurs(table, programIn(file.document, entry.name), entry)) return [];
  file.restoreDefault(DEFAULT, entry.name, previous);
  file.remove(table);
  return file.changes();
}

/** Its monitor, the annotations that it may use and more, as the default runtime has them. */
function settingsToCopy(documents: TomlDocument[], own: string): TomlTable {
  const chosen = runtimesOf(documents).default;
  for (const name of [chosen, ...BUILT_IN]) {
    if (name === undefined || name === own) continue;
    const document = documents.findLast((one) => valuesUnder(one, [...RUNTIMES, name]).length > 0);
    if (document) return isOci(document, name) ? tableOf(document, name) : {};
  }
  return {};
}

/** Tells whether a runtime may serve as a model: one that starts virtual machines may not. */
function isOci(document: TomlDocument, name: string): boolean {
  return ["oci", "", undefined].includes(textAt(document, [...RUNTIMES, name, "runtime_type"]));
}

function tableOf(document: TomlDocument, name: string): TomlTable {
  const table: Record<string, TomlValue> = {};
  for (const [[key, inner], value] of valuesUnder(document, [...RUNTIMES, name])) {
    if (NOT_COPIED.has(key!)) continue;
    table[key!] = inner === undefined ? value : { ...table[key!] as TomlTable, [inner]: value };
  }
  return table;
}

function runtimesOf(documents: TomlDocument[]): ConfiguredRuntimes {
  return mergeRuntimes(documents.map((document) => runtimesIn(document, PLACES)));
}

function programIn(document: TomlDocument, name: string): string | undefined {
  return textAt(document, [...RUNTIMES, name, "runtime_path"]) || undefined;
}

/** CRI-O reads every file of the folder, whatever it is called. */
function documentsOf(facts: EngineFacts, file: string): TomlDocument[] {
  return documentsRead(facts, "cri-o", file, () => true);
}
