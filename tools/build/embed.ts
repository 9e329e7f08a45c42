/** What the program carries for authors of plugins: types and code of the library, and the examples. */
import { join } from "node:path";
import "typescript"; // rollup-plugin-dts takes the compiler that it finds, and the newest is no library any more.
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
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
}

/** Bundles one module into a file, without dependencies. */
type Bundler = (entry: string, output: string) => Promise<void>;

/**
 * Writes all of it into one file of a bundle's folder.
 *
 * @throws {BuildFailure} where a type that the tests' module shows is not exported by the plugins'
 */
export async function embed(embedded: Embedded, folder: string, bundler: Bundler): Promise<void> {
  const files: EmbeddedFiles = {
    ...await declarations(embedded.library),
    ...await modules(embedded.library, folder, bundler),
    ...textsBelow(embedded.examples, "examples"),
  };
  await Deno.writeTextFile(join(folder, EMBEDDED_FILE), JSON.stringify(files));
}

/** Everything that a module's types lead to, in one file of declarations; the tests' one imports the plugins'. */
async function declarations(library: Embedded["library"]): Promise<EmbeddedFiles> {
  const compilerOptions = {
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    target: 99, // esnext
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
    types: [],
  };
  const bundle = await rollup({ input: { ...library }, plugins: [dts({ compilerOptions })], onwarn: refuse });
  const { output } = await bundle.generate({ format: "es" });
  const names = Object.keys(library).map((name) => `${name}.d.ts`);
  const other = output.find(({ fileName }) => !names.includes(fileName));
  if (other) {
    throw new BuildFailure(
      "mod/api/testing.ts shows types of other modules than mod/api/plugin.ts; export them there",
    );
  }
  return Object.fromEntries(
    output.map((chunk) => [`types/${chunk.fileName}`, "code" in chunk ? chunk.code : ""]),
  );
}

function refuse({ message }: { message: string }): never {
  throw new BuildFailure(`types of container-hooks/plugin: ${message}`);
}

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
