/** What the program carries for people: types and code of the library, the examples, and what there is to read. */
import { join } from "node:path";
import "typescript"; // The generator takes the compiler that it finds, and the newest is no library any more.
import { generateDtsBundle } from "dts-bundle-generator";
import type { EmbeddedFiles } from "../../mod/plugin/embedded.ts";
import { BuildFailure } from "./failure.ts";

/** Name of the file, which main.ts reads. */
const EMBEDDED_FILE = "embedded.json";

/** Where it comes from; absolute paths. */
export interface Embedded {
  /** The modules that plugins and their tests import, by the last word of what they write. */
  library: Readonly<Record<"plugin" | "testing", string>>;
  /** A folder with a folder for each example; it need not be there. */
  examples: string;
  /** A folder with README.md, CHANGELOG.md, LICENSE, docs and plugins. */
  project: string;
}

/** Bundles one module into a file, without dependencies. */
type Bundler = (entry: string, output: string) => Promise<void>;

/**
 * Writes all of it into one file of a bundle's folder.
 *
 * @throws {BuildFailure} where the types cannot be told apart from the code
 */
export async function embed(embedded: Embedded, folder: string, bundler: Bundler): Promise<void> {
  const files: EmbeddedFiles = {
    ...await declarations(embedded.library, folder),
    ...await modules(embedded.library, folder, bundler),
    ...textsBelow(embedded.examples, "examples"),
    ...documents(embedded.project),
  };
  await Deno.writeTextFile(join(folder, EMBEDDED_FILE), JSON.stringify(files));
}

/** What a compiler is to know of the modules; a configuration needs a file, and the modules are named beside it. */
const TSCONFIG = {
  compilerOptions: {
    allowImportingTsExtensions: true,
    emitDeclarationOnly: true,
    declaration: true,
    strict: true,
    target: "esnext",
    module: "preserve",
    moduleResolution: "bundler",
    lib: ["esnext", "dom"],
    types: [],
    skipLibCheck: true,
    // `deno task check` has done that, and it knows where dependencies lie.
    noCheck: true,
    resolveJsonModule: true,
  },
  files: ["empty.ts"],
};

/** Everything that a module's types lead to, in one file of declarations for each. */
async function declarations(library: Embedded["library"], folder: string): Promise<EmbeddedFiles> {
  const own = await Deno.makeTempDir({ dir: folder, prefix: ".types." });
  try {
    await Deno.writeTextFile(join(own, "tsconfig.json"), JSON.stringify(TSCONFIG));
    await Deno.writeTextFile(join(own, "empty.ts"), "export {};\n");
    const entries = Object.values(library).map((filePath) => ({ filePath, output: OUTPUT }));
    const texts = generateDtsBundle(entries, { preferredConfigPath: join(own, "tsconfig.json") });
    return Object.fromEntries(Object.keys(library).map((name, at) => [`types/${name}.d.ts`, texts[at]!]));
  } catch (error) {
    throw new BuildFailure(`types of container-hooks/plugin: ${(error as Error).message}`);
  } finally {
    await Deno.remove(own, { recursive: true });
  }
}

/** Only what a module exports itself is exported. */
const OUTPUT = { noBanner: true, exportReferencedTypes: false };

async function modules(
  library: Embedded["library"],
  folder: string,
  bundler: Bundler,
): Promise<EmbeddedFiles> {
  const files: EmbeddedFiles = {};
  for (const [name, entry] of Object.entries(library)) {
    const output = join(folder, `.${name}.js`);
    await bundler(entry, output);
    files[`types/${name}.js`] = `// @ts-self-types="./${name}.d.ts"\n${await Deno.readTextFile(output)}`;
    await Deno.remove(output);
  }
  return files;
}

/** What users read, by the paths that the links within it have. */
function documents(project: string): EmbeddedFiles {
  const beside = ["README.md", "CHANGELOG.md", "LICENSE"];
  const docs = entriesOf(join(project, "docs")).filter(({ isFile }) => isFile)
    .map(({ name }) => `docs/${name}`);
  const plugins = entriesOf(join(project, "plugins")).filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => `plugins/${name}/README.md`);
  const texts = [...beside, ...docs, ...plugins].flatMap((path) => {
    const text = textAt(join(project, path));
    return text === undefined ? [] : [[`documents/${path}`, text]];
  });
  return Object.fromEntries(texts);
}

function textAt(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function textsBelow(folder: string, name: string): EmbeddedFiles {
  const files: EmbeddedFiles = {};
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) Object.assign(files, textsBelow(path, `${name}/${entry.name}`));
    else files[`${name}/${entry.name}`] = Deno.readTextFileSync(path);
  }
  return files;
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
