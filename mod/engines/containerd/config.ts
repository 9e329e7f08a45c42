/**
 * containerd's config.toml: the CRI plugin's `runtimes` names OCI runtimes, each a shim and the program that the
 * shim is to call; `default_runtime_name` is the one of pods that ask for none.
 */
import type { Failure } from "../../errors.ts";
import { holdsOurs, programIn, putRuntime, takeRuntimeOut } from "./config_entry.ts";
import {
  dropInPath,
  filesOfOurs,
  filesRead,
  filesToEdit,
  importsDropIn,
  mergesImports,
  OWN_IMPORT,
  versionFor,
} from "./config_files.ts";
import { isTemplate, refuseGenerated } from "./config_generated.ts";
import { configVersion, criOff, refuseVersion1, runtimesSection } from "./config_section.ts";
import type { ConfiguredRuntimes, EngineConfiguration, EngineFacts } from "../setup/engine_configuration.ts";
import type { EngineFile } from "../setup/engine_file.ts";
import { mergeRuntimes, refuseTaken, runtimesIn } from "../setup/named_runtimes.ts";
import { parseDocument, type TomlDocument } from "../../text/toml/document.ts";

/** Edits containerd's configuration of runtimes. */
export const containerdConfiguration: EngineConfiguration = {
  engine: "containerd",
  defaultFile: "/etc/containerd/config.toml",
  read(facts, file) {
    return isTemplate(file) ? { runtimes: [] } : readRuntimes(facts, file);
  },
  unused: (facts, file) => isTemplate(file) ? undefined : criOffIn(filesRead(facts, file)),
  configure(facts, file, entry) {
    const text = facts.text(file);
    if (isTemplate(file)) refuseGenerated(file, text, 2, entry, "put");
    const documents = filesRead(facts, file);
    const unused = criOffIn(documents);
    if (unused) throw unused;
    const files = filesToEdit(facts, file, entry.name);
    const version = versionFor(facts, files);
    const wanted = { version, entry, isMerged: mergesImports(facts, files.main) };
    if (wanted.isMerged) refuseVersion1(files.main.document);
    if (files.isDropIn) addImport(files.main, version);
    if (!holdsOurs(files.target, version, entry)) refuseTaken(readRuntimes(facts, file), entry);
    putRuntime(files.target, wanted, documents, dumped(facts));
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
    for (const one of [main, ...others]) takeRuntimeOut(one, entry, previous);
    others.forEach(removeVersion);
    const isGone = others.find(({ path }) => path === dropInPath(main))!.isEmpty;
    if (isGone) main.removeFromList(["imports"], OWN_IMPORT, (rest) => rest.length > 0);
    const version = configVersion(main.document);
    removeVersion(main);
    if (main.changes().length > 0) refuseGenerated(file, text, version, entry, "take");
    return [main, ...others].flatMap((one) => one.changes());
  },
};

function criOffIn(documents: readonly TomlDocument[]): Failure | undefined {
  return documents.map(criOff).find((one) => one !== undefined);
}

function addImport(main: EngineFile, version: number): void {
  if (main.isEmpty) main.set(["version"], version);
  if (!importsDropIn(main)) main.addToList(["imports"], [OWN_IMPORT]);
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

function dumped({ effective }: EngineFacts): TomlDocument | undefined {
  if (effective === undefined) return undefined;
  return parseDocument(effective, { reader: "containerd", file: "what `containerd config dump` prints" });
}
