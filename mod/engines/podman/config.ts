/**
 * podman's containers.conf: `engine.runtimes` gives each OCI runtime the paths to look for it, `engine.runtime` is
 * the default.
 *
 * podman hands its log options only to runtimes that `runtime_supports_json` names, and `--cgroups=disabled` only to
 * those of `runtime_supports_nocgroup` (so it is read; the manual page has an s more). A later file's list takes the
 * place of an earlier one's, so ours has to repeat what counts so far.
 */
import { nameOf } from "../../core/path.ts";
import { documentsRead, DROP_IN, filesOfOurs, fileToEdit } from "../setup/drop_in.ts";
import type {
  ConfiguredRuntimes,
  EngineConfiguration,
  EngineFacts,
  FileChange,
  RuntimeEntry,
} from "../setup/engine_configuration.ts";
import type { EngineFile } from "../setup/engine_file.ts";
import { mergeRuntimes, refuseTaken, type RuntimePlaces, runtimesIn } from "../setup/named_runtimes.ts";
import { isOurProgram } from "../setup/our_entries.ts";
import { type TomlDocument, valueAt } from "../../text/toml/document.ts";
import type { TomlValue } from "../../text/toml/write.ts";

const RUNTIMES = ["engine", "runtimes"];
const DEFAULT = ["engine", "runtime"];
const PLACES: RuntimePlaces = { runtimes: RUNTIMES, default: DEFAULT, programIn };

/** A list that names runtimes, with what podman itself puts into it, in all its releases together. */
interface Capability {
  path: string[];
  defaults: string[];
  /** True where not we but the runtime behind us has to be able to do it. */
  ofRuntimeBehind?: true;
}

const CAPABILITIES: Capability[] = [
  {
    path: ["engine", "runtime_supports_json"],
    defaults: ["crun", "runc", "kata", "runsc", "youki", "krun", "ocijail", "crun-wasm", "crun-vm"],
  },
  {
    path: ["engine", "runtime_supports_nocgroup"],
    defaults: ["crun", "krun", "crun-wasm", "crun-vm"],
    ofRuntimeBehind: true,
  },
];

/** Edits podman's configuration of runtimes. */
export const podmanConfiguration: EngineConfiguration = {
  engine: "podman",
  defaultFile: `/etc/containers/containers.conf.d/${DROP_IN}`,
  ownDefaults: ["crun", "runc"],
  read(facts, file) {
    return runtimesOf(documentsOf(facts, file));
  },
  configure(facts, file, entry) {
    const target = fileToEdit(facts, "podman", file);
    const documents = documentsOf(facts, file);
    const path = [...RUNTIMES, entry.name];
    if (!target.hasOurs(path, undefined, entry)) refuseTaken(runtimesOf(documents), entry);
    for (const list of CAPABILITIES.filter((one) => hasCapability(one, entry))) {
      target.addToList(list.path, [entry.name], listSoFar(documents, list));
    }
    if (entry.setAsDefault) target.set(DEFAULT, entry.name);
    if (programIn(target.document, entry.name) !== entry.path) target.set(path, [entry.path]);
    return target.changes();
  },
  unconfigure(facts, file, entry, previousDefault) {
    const documents = documentsOf(facts, file);
    return filesOfOurs(facts, "podman", file).flatMap((one) => {
      const others = documents.filter(({ source }) => source.file !== one.path);
      return takeOut(one, others, entry, previousDefault);
    });
  },
};

/** Tells whether our runtime can do it: runc would be called without a control group, and makes one all the same. */
function hasCapability({ ofRuntimeBehind, defaults }: Capability, { behind }: RuntimeEntry): boolean {
  return !ofRuntimeBehind || (behind !== undefined && defaults.includes(nameOf(behind)));
}

function takeOut(
  file: EngineFile,
  documents: TomlDocument[],
  entry: Pick<RuntimeEntry, "name" | "path">,
  previousDefault: string | undefined,
): FileChange[] {
  const path = [...RUNTIMES, entry.name];
  if (!file.hasOurs(path, programIn(file.document, entry.name), entry)) return [];
  if (!file.removeMarked(path)) file.remove(path);
  file.restoreDefault(DEFAULT, entry.name, previousDefault);
  const others = runtimesIn(file.document, PLACES).runtimes.filter((one) => isOurProgram(one.path, entry));
  for (const list of CAPABILITIES.toReversed()) {
    const isNeeded = (rest: string[]) => others.some(({ name }) => rest.includes(name));
    file.removeFromList(list.path, entry.name, isNeeded, listSoFar(documents, list));
  }
  return file.changes();
}

/** The list as all files make it; newer releases add to the earlier one where it has `{append=true}`. */
function listSoFar(documents: TomlDocument[], { path, defaults }: Capability): string[] {
  let list = defaults;
  for (const document of documents) {
    const value = valueAt(document, path);
    if (!(value instanceof Array)) continue;
    const words = value.filter((one) => typeof one === "string");
    list = value.some(isAppend) ? [...list, ...words] : words;
  }
  return list;
}

function isAppend(value: TomlValue): boolean {
  return typeof value === "object" && !(value instanceof Array) && value.append === true;
}

function runtimesOf(documents: TomlDocument[]): ConfiguredRuntimes {
  return mergeRuntimes(documents.map((document) => runtimesIn(document, PLACES)));
}

/** The first of its paths; the others are where else podman looks. */
function programIn(document: TomlDocument, name: string): string | undefined {
  const paths: TomlValue | undefined = valueAt(document, [...RUNTIMES, name]);
  const first = paths instanceof Array ? paths[0] : undefined;
  return typeof first === "string" ? first : undefined;
}

/** What the distribution ships is read before what is in /etc. */
function documentsOf(facts: EngineFacts, file: string): TomlDocument[] {
  const isRead = (name: string) => name.endsWith(".conf");
  const root = /^(.*)\/etc\/containers\/containers\.conf(\.d\/[^/]+)?$/.exec(file)?.[1];
  const shipped = root === undefined
    ? []
    : documentsRead(facts, "podman", `${root}/usr/share/containers/containers.conf`, isRead);
  return [...shipped, ...documentsRead(facts, "podman", file, isRead)];
}
