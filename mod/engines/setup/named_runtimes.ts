/** The runtimes that the files of one engine name; a later file's count. */
import { failure } from "../../errors.ts";
import type { ConfiguredRuntime, ConfiguredRuntimes, RuntimeEntry } from "./engine_configuration.ts";
import { isOurProgram } from "./our_entries.ts";
import { namesUnder, textAt, type TomlDocument, type TomlPath } from "../../text/toml/document.ts";

/** Paths in a configuration where an engine keeps its runtimes. */
export interface RuntimePlaces {
  /** The table whose keys are the runtimes' names. */
  runtimes: TomlPath;
  default: TomlPath;
  /** The program that a runtime is; undefined where its entry does not tell. */
  programIn(document: TomlDocument, name: string): string | undefined;
}

/** What one file says. */
export function runtimesIn(document: TomlDocument, places: RuntimePlaces): ConfiguredRuntimes {
  const runtimes = [...namesUnder(document, places.runtimes)].map(([name, line]): ConfiguredRuntime => {
    const path = places.programIn(document, name);
    return { name, ...(path === undefined ? {} : { path }), file: document.source.file, line };
  });
  const chosen = textAt(document, places.default);
  return chosen ? { runtimes, default: chosen } : { runtimes };
}

/** What all files say together. */
export function mergeRuntimes(files: readonly ConfiguredRuntimes[]): ConfiguredRuntimes {
  const runtimes = new Map(files.flatMap((one) => one.runtimes.map((runtime) => [runtime.name, runtime])));
  const chosen = files.findLast((one) => one.default !== undefined)?.default;
  return { runtimes: [...runtimes.values()], ...(chosen === undefined ? {} : { default: chosen }) };
}

/**
 * Refuses a name that another program has already, in whichever file: ours would take its place.
 *
 * @throws {Failure} engine-runtime-taken
 */
export function refuseTaken({ runtimes }: ConfiguredRuntimes, entry: RuntimeEntry): void {
  const there = runtimes.find(({ name }) => name === entry.name);
  if (!there || isOurProgram(there.path, entry)) return;
  throw failure("engine-runtime-taken", { ...there, path: there.path });
}
