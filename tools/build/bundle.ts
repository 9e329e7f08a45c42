/** From the modules to a few JavaScript files without dependencies. */
import { dirname, join, relative } from "node:path";
import { BuildFailure } from "./failure.ts";
import { run } from "./run.ts";

/** What a program is bundled from; absolute paths. */
export interface Entries {
  main: string;
  /** The module that `container-hooks/plugin` stands for. */
  plugin: string;
}

/** A folder of bundled modules; paths are relative to it. */
export interface Bundle {
  folder: string;
  main: string;
  /** Maps `container-hooks/plugin` to the bundled library, for modules imported from the disk at run time. */
  importMap: string;
  /** Every module, the main one included. */
  modules: string[];
}

/** Where dependencies are not in Deno's cache they are fetched. */
const LIMIT = 300;

/**
 * Bundles with the running Deno, the pinned one: what a bundle does must not depend on the Deno below it.
 *
 * Code is split, so that each entry point of main.ts loads what it needs and no more.
 *
 * @throws {BuildFailure} with what `deno bundle` said
 */
export async function bundle(entries: Entries, folder: string, project: string): Promise<Bundle> {
  const flags = ["--quiet", "--platform", "deno", "--code-splitting", "--outdir", folder];
  const args = ["bundle", ...flags, entries.main, entries.plugin];
  const ran = await run(Deno.execPath(), args, { cwd: project, limit: LIMIT, env: { NO_COLOR: "1" } });
  if (!ran.success) {
    throw new BuildFailure(
      ran.late ? `deno bundle took longer than ${LIMIT} s` : `deno bundle: ${ran.stderr.trim()}`,
    );
  }
  await loadLate(folder);
  const root = commonFolder(entries.main, entries.plugin);
  const output = (entry: string) => relative(root, entry).replace(/\.ts$/, ".js");
  const imports = { "container-hooks/plugin": `./${output(entries.plugin)}` };
  await Deno.writeTextFile(join(folder, "import_map.json"), `${JSON.stringify({ imports })}\n`);
  return {
    folder,
    main: output(entries.main),
    importMap: "import_map.json",
    modules: filesUnder(folder).filter((path) => path.endsWith(".js")).sort(),
  };
}

/** How the bundler lets CommonJS packages ask for `node:` modules: by importing one at every start. */
const EAGER_REQUIRE =
  /import \{ createRequire as (\w+) \} from "node:module";\s*var __require = \1\(import\.meta\.url\);/;

/** An import that is to happen later, written so that Deno sees at its start what it is of. */
const FORESEEN_IMPORT = /\bimport\(("(?:\.\/[^"\n]+\.js|node:[^"\n]+)")\)/g;

/**
 * Has modules loaded when they are asked for.
 *
 * `deno run` reads and parses everything that an `import("...")` names before the first line runs, 3.7 MB of the type
 * stripper among it; what a function returns it cannot foresee. And the bundler puts its helper for CommonJS packages
 * into a chunk that every other one imports, so node:module (some 20 ms) would be loaded before each container.
 *
 * @throws {BuildFailure} where a module still imports a `node:` module at its start
 */
async function loadLate(folder: string): Promise<void> {
  for (const path of filesUnder(folder).filter((path) => path.endsWith(".js"))) {
    const file = join(folder, path);
    const text = await Deno.readTextFile(file);
    const late = text
      .replace(EAGER_REQUIRE, "var __require = (name) => process.getBuiltinModule(name);")
      .replace(FORESEEN_IMPORT, "import(String($1))");
    if (/^import\b[^\n]*["']node:/m.test(late)) {
      throw new BuildFailure(`${path} of the bundle imports a node: module`);
    }
    if (late !== text) await Deno.writeTextFile(file, late);
  }
}

/** Where the bundler puts an entry is told by the deepest folder that holds all of them. */
function commonFolder(first: string, second: string): string {
  let folder = dirname(first);
  while (!second.startsWith(`${folder}/`) && folder !== "/") folder = dirname(folder);
  return folder;
}

function filesUnder(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(join(folder, prefix))].flatMap((entry) => {
    const path = join(prefix, entry.name);
    return entry.isDirectory ? filesUnder(folder, path) : [path];
  });
}
