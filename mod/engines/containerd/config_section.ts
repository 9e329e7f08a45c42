/** This file knows where each version of containerd's configuration keeps the runtimes of its CRI plugin. */
import { type Failure, failure } from "../../errors.ts";
import { entryAt, itemsUnder, textsAt, type TomlDocument, valueOf } from "../../text/toml/document.ts";
import { writeValue } from "../../text/toml/write.ts";

const CRI: Record<number, string> = {
  1: "cri",
  2: "io.containerd.grpc.v1.cri",
  3: "io.containerd.cri.v1.runtime",
  // Moved settings of the server alone.
  4: "io.containerd.cri.v1.runtime",
};

/**
 * Gets the version that a configuration declares; 1 where it declares none.
 *
 * @throws {Failure} toml-field for one that we do not know
 */
export function configVersion(document: TomlDocument): number {
  const entry = entryAt(document, ["version"]);
  if (!entry) return 1;
  const version = valueOf(entry);
  if (typeof version === "number" && CRI[version]) return version;
  throw failure("toml-field", {
    ...document.source,
    line: entry.node.loc.start.line,
    key: "version",
    found: writeValue(version),
    wanted: `a version from 1 to 4 (of what we can edit)`,
  });
}

/** Path of the table that holds `runtimes` and `default_runtime_name`. */
export function runtimesSection(version: number): string[] {
  return ["plugins", CRI[version]!, "containerd"];
}

/** The section of every version, the newest first: `containerd config dump` shows the newest that it knows. */
export const ALL_SECTIONS: readonly string[][] = [3, 2, 1].map(runtimesSection);

/**
 * What is to be said where a configuration turns the CRI plugin off, as the one that comes with docker's packages
 * does: a runtime in it would never be used.
 *
 * @returns engine-cri-off
 */
export function criOff(document: TomlDocument): Failure | undefined {
  const path = ["disabled_plugins"];
  if (!textsAt(document, path)?.some((plugin) => Object.values(CRI).includes(plugin))) return undefined;
  const { node } = entryAt(document, path)!;
  return failure("engine-cri-off", { file: document.source.file, line: node.loc.start.line });
}

/**
 * Refuses plugin settings of version 1 for containerd 2.0 and later, which translates them only as long as no file
 * of a newer version is beside them, and reads no runtimes from them even then.
 *
 * @throws {Failure} toml-field
 */
export function refuseVersion1(document: TomlDocument): void {
  const [first] = itemsUnder(document, ["plugins"]);
  if (!first || configVersion(document) > 1) return;
  throw failure("toml-field", {
    ...document.source,
    line: first.node.loc.start.line,
    key: "plugins",
    found: "settings of version 1",
    wanted: "those of a newer version from 2.0 on (`containerd config migrate` prints the file in one)",
  });
}
