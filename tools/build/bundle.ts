/** From the modules to a few JavaScript files without dependencies. */
import { join } from "node:path";
import { embed, type Embedded } from "./embed.ts";
import { BuildFailure } from "./failure.ts";
import { mergeImports } from "./merge.ts";
import { run } from "./run.ts";

/** What a program is bundled from; absolute paths. */
export interface Entries {
  main: string;
  /** The module that isolates of plugins start with: a program of its own, in a file of its own. */
  isolate: string;
  /** What is carried beside the code, if anything. */
  embedded?: Embedded;
}

/** A folder of bundled modules; paths are relative to it. */
export interface Bundle {
  folder: string;
  main: string;
  /** Every file, the main module included. */
  modules: string[];
}

/** Where dependencies are not in Deno's cache they are fetched. */
const LIMIT = 300;

/** The main module's file. */
const MAIN = "main.js";
/** All that the main module imports at every start. */
const CORE = "core.js";
/** What isolates start with. */
const ISOLATE = "isolate.js";

/**
 * Bundles with the running Deno, the pinned one: what a bundle does must not depend on the Deno below it.
 *
 * Code is split, so that commands are loaded when one is called; what every start loads is one file.
 *
 * @throws {BuildFailure} with what `deno bundle` said
 */
export async function bundle(entries: Entries, folder: string, project: string): Promise<Bundle> {
  await runBundler(["--code-splitting", "--outdir", folder, entries.main], project);
  await runBundler(["--output", join(folder, ISOLATE), entries.isolate], project);
  await loadLate(folder);
  await mergeImports(folder, MAIN, CORE, (entry, output) => runBundler(["--output", output, entry], project));
  if (entries.embedded) {
    await embed(
      entries.embedded,
      folder,
      (entry, output) => runBundler(["--output", output, entry], project),
    );
  }
  return { folder, main: MAIN, modules: filesUnder(folder).sort() };
}

async function runBundler(args: string[], project: string): Promise<void> {
  const words = ["bundle", "--quiet", "--platform", "deno", ...args];
  const ran = await run(Deno.execPath(), words, { cwd: project, limit: LIMIT, env: { NO_COLOR: "1" } });
  if (ran.success) return;
  throw new BuildFailure(
    ran.late ? `deno bundle took longer than ${LIMIT} s` : `deno bundle: ${ran.stderr.trim()}`,
  );
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

function filesUnder(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(join(folder, prefix))].flatMap((entry) => {
    const path = join(prefix, entry.name);
    return entry.isDirectory ? filesUnder(folder, path) : [path];
  });
}
