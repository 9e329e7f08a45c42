/** The list of what was bundled into the one file, as SPDX 2.3 in JSON (https://spdx.github.io/spdx-spec/v2.3). */
import { join } from "node:path";
import { BuildFailure } from "../build/failure.ts";
import { run } from "../build/run.ts";

/** An npm package that the program contains. */
export interface Bundled {
  name: string;
  version: string;
  /** SPDX's expression, from its package.json. */
  license: string;
  /** SHA-512 of the package's archive in hexadecimal, from deno.lock. */
  sha512: string;
}

/** What the list is about. */
export interface Described {
  version: string;
  /** Name, size-independent identity and Deno of the one file. */
  file: { name: string; sha256: string; deno: string };
  bundled: readonly Bundled[];
  /** Seconds since 1970. */
  time: number;
}

/** The part of `deno info --json` that is used. */
export interface ModuleGraph {
  modules: { specifier: string }[];
  npmPackages: Record<string, { name: string; version: string; dependencies: string[]; localPath?: string }>;
}

/** Lists the npm packages that the modules of `graph` import, and theirs, sorted by name. */
export function reached({ modules, npmPackages }: ModuleGraph): string[] {
  const all = new Set<string>();
  const add = (key: string) => {
    const found = npmPackages[key];
    if (found === undefined || all.has(key)) return;
    all.add(key);
    found.dependencies.forEach(add);
  };
  for (const { specifier } of modules) {
    const key = specifier.match(/^npm:\/?((?:@[^/]+\/)?[^/]+)/)?.[1];
    if (key !== undefined) add(key);
  }
  return [...all].sort();
}

/**
 * Finds out what the program contains.
 *
 * @param project The project's folder, with deno.lock.
 * @throws {BuildFailure} where Deno cannot tell
 */
export async function bundledInto(project: string, entries: readonly string[]): Promise<Bundled[]> {
  const lock: { npm: Record<string, { integrity: string }> } = JSON.parse(
    await Deno.readTextFile(join(project, "deno.lock")),
  );
  const found = new Map<string, Bundled>();
  for (const entry of entries) {
    const ran = await run(Deno.execPath(), ["info", "--json", entry], { cwd: project, limit: 120 });
    if (!ran.success) throw new BuildFailure(`deno info: ${ran.stderr.trim()}`);
    const graph: ModuleGraph = JSON.parse(ran.stdout);
    for (const key of reached(graph)) {
      const { name, version, localPath } = graph.npmPackages[key]!;
      if (localPath === undefined) throw new BuildFailure(`Deno does not say where it keeps ${key}`);
      const manifest = JSON.parse(await Deno.readTextFile(join(localPath, "package.json")));
      const sha512 = Uint8Array.fromBase64(lock.npm[key]?.integrity.replace(/^sha512-/, "") ?? "").toHex();
      found.set(key, { name, version, license: String(manifest.license ?? "NOASSERTION"), sha512 });
    }
  }
  return [...found.keys()].sort().map((key) => found.get(key)!);
}

/** Writes the list. */
export function spdx({ version, file, bundled, time }: Described): string {
  const own = { id: "SPDXRef-container-hooks", name: "container-hooks", version };
  const parts = [
    ...bundled.map((one) => ({
      ...packageOf(idOf(`npm-${one.name}-${one.version}`), one.name, one.version, one.license),
      checksums: [{ algorithm: "SHA512", checksumValue: one.sha512 }],
      externalRefs: [{
        referenceCategory: "PACKAGE-MANAGER",
        referenceType: "purl",
        referenceLocator: `pkg:npm/${one.name.replace("@", "%40")}@${one.version}`,
      }],
    })),
    {
      ...packageOf(idOf(`deno-${file.deno}`), "deno", file.deno, "MIT"),
      comment: "The runtime that the program is put on, with V8 and the Rust crates that it was built with.",
    },
  ];
  return `${
    JSON.stringify(
      {
        spdxVersion: "SPDX-2.3",
        dataLicense: "CC0-1.0",
        SPDXID: "SPDXRef-DOCUMENT",
        name: `container-hooks-${version}`,
        documentNamespace: `https://container-hooks.invalid/spdx/${version}/${file.sha256}`,
        creationInfo: {
          created: new Date(time * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
          creators: ["Tool: container-hooks-task-package"],
        },
        documentDescribes: [own.id],
        packages: [
          {
            ...packageOf(own.id, own.name, own.version, "Apache-2.0"),
            packageFileName: file.name,
            checksums: [{ algorithm: "SHA256", checksumValue: file.sha256 }],
          },
          ...parts,
        ],
        relationships: [
          { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: own.id },
          ...parts.map(({ SPDXID }) => ({
            spdxElementId: own.id,
            relationshipType: "CONTAINS",
            relatedSpdxElement: SPDXID,
          })),
        ],
      },
      null,
      2,
    )
  }\n`;
}

function packageOf(id: string, name: string, versionInfo: string, license: string) {
  return {
    SPDXID: id,
    name,
    versionInfo,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: license,
    licenseDeclared: license,
    copyrightText: "NOASSERTION",
  };
}

/** SPDX allows letters, digits, dots and dashes. */
function idOf(text: string): string {
  return `SPDXRef-${text.replaceAll(/[^A-Za-z0-9.-]+/g, "-")}`;
}
