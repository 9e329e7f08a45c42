/** From the modules to a few JavaScript files without dependencies. */
import { join, parse } from "node:path";
import { embed, type Embedded } from "./embed.ts";
import { BuildFailure } from "./failure.ts";
import { mergeImports } from "./merge.ts";
import { run } from "./run.ts";
import { nameChunks, withoutPlaces } from "./same_anywhere.ts";

/** What a program is bundled from; absolute paths. */
export interface Entries {
  main: string;
  /** The module that isolates of plugins start with: a program of its own, in a file of its own. */
  isolate: string;
  /** Programs that the main one may start, and the portable form without it, by their names. */
  doors?: Record<string, string>;
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

/**
 * Bundles with the running Deno, the pinned one: what a bundle does must not depend on the Deno below it.
 *
 * Each program is one file by its name, with all that it imports at its start; what it imports later lies in a folder
 * of that name. No two share a module: a process runs one of them, and reads nothing that it does not need.
 *
 * @throws {BuildFailure} with what `deno bundle` said
 */
export async function bundle(entries: Entries, folder: string, project: string): Promise<Bundle> {
  const { main, isolate, doors = {}, embedded } = entries;
  await Deno.mkdir(folder, { recursive: true });
  const bundler = await findBundler(project, folder);
  for (const [name, entry] of Object.entries({ main, isolate, ...doors })) {
    await bundleEntry(name, entry, folder, bundler);
  }
  await Deno.writeTextFile(join(folder, WARM), warming(filesUnder(folder)));
  if (embedded) await embed(embedded, folder, bundler.whole);
  return { folder, main: "main.js", modules: filesUnder(folder).sort() };
}

/** The module that has V8 compile what containers wait for; see portable_header.sh. */
export const WARM = "warm.js";

/** What nobody waits for, or runs when it is imported. */
const NOT_WARMED = /^(main|commands)(\.js$|\/)/;

/** Imports everything else, which runs nothing of it. */
function warming(modules: string[]): string {
  const imports = modules.filter((path) => path.endsWith(".js") && !NOT_WARMED.test(path)).sort()
    .map((path) => `await import(String(${JSON.stringify(`./${path}`)}));\n`);
  return `${imports.join("")}Deno.exit(0);\n`;
}

async function bundleEntry(name: string, entry: string, folder: string, bundler: Bundler): Promise<void> {
  const parts = join(folder, name);
  const main = `${parse(entry).name}.js`;
  await bundler.split(entry, parts);
  await loadLate(parts);
  nameChunks(parts, main);
  await mergeImports(parts, main, `../${name}.js`, bundler.whole);
}

/** `deno bundle`, whose texts are the same anywhere. */
interface Bundler {
  /** Bundles a module into a file. */
  whole(entry: string, output: string): Promise<void>;
  /** Bundles a module into a folder: what it imports later is a file of its own. */
  split(entry: string, folder: string): Promise<void>;
}

async function findBundler(project: string, folder: string): Promise<Bundler> {
  const { npmCache } = JSON.parse(await runDeno(["info", "--json"], project));
  const places = {
    project: Deno.realPathSync(project),
    npm: npmCache,
    folder: Deno.realPathSync(folder),
  };
  const write = (path: string) =>
    Deno.writeTextFileSync(path, withoutPlaces(Deno.readTextFileSync(path), places));
  const words = ["bundle", "--quiet", "--platform", "deno"];
  return {
    async whole(entry, output) {
      await runDeno([...words, "--output", output, entry], project);
      write(output);
    },
    async split(entry, folder) {
      await runDeno([...words, "--code-splitting", "--outdir", folder, entry], project);
      for (const path of filesUnder(folder)) write(join(folder, path));
    },
  };
}

/** @returns what it printed */
async function runDeno(args: string[], project: string): Promise<string> {
  const ran = await run(Deno.execPath(), args, { cwd: project, limit: LIMIT, env: { NO_COLOR: "1" } });
  if (ran.success) return ran.stdout;
  const [command] = args;
  throw new BuildFailure(
    ran.late ? `deno ${command} took longer than ${LIMIT} s` : `deno ${command}: ${ran.stderr.trim()}`,
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
