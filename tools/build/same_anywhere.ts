/**
 * Bundles that are byte for byte the same, wherever the checkout, Deno's cache and the build's own folder lie.
 *
 * The bundler names files by their way from where it was started, in comments and as names of CommonJS modules, and
 * chunks after a checksum in which these ways are.
 */
import { join, relative } from "node:path";

/** Folders that lie elsewhere on each machine; absolute paths. */
export interface Places {
  /** Where the bundler was started. */
  project: string;
  /** Deno's cache of npm packages, in which each registry has a folder. */
  npm: string;
  /** Where the bundle is made. */
  folder: string;
}

/** Gets a text as it would be anywhere: packages are named as imports of Deno name them, chunks not at all. */
export function withoutPlaces(text: string, { project, npm, folder }: Places): string {
  const way = (to: string) => RegExp.escape(relative(project, to));
  return text
    .replace(new RegExp(`^(// |  ")${way(npm)}/[^/\\n]+/`, "gm"), "$1npm:")
    .replace(new RegExp(`^// ${way(folder)}/[^\\n]*\\n`, "gm"), "");
}

/** A chunk as the bundler names it, where another names it: `"./chunk-2HVG2V4I.js"`. */
const NAMED = /"\.\/([^"\n/]+)-[0-9A-Z]{8}\.js"/g;

/**
 * Names the chunks of a folder in the order in which they are come to from its entry: acorn.js, chunk.js, chunk-2.js.
 * Those that nothing leads to are removed: the bundler makes one of every import, of those too that it leaves out.
 *
 * @param entry Name of the entry's file.
 */
export function nameChunks(folder: string, entry: string): void {
  const names = new Map([[entry, entry]]);
  const taken = new Set([entry]);
  for (const name of names.keys()) {
    for (const [quoted, base = ""] of Deno.readTextFileSync(join(folder, name)).matchAll(NAMED)) {
      const found = quoted.slice(3, -1);
      if (names.has(found)) continue;
      let free = `${base}.js`;
      for (let number = 2; taken.has(free); number++) free = `${base}-${number}.js`;
      names.set(found, free);
      taken.add(free);
    }
  }
  for (const name of names.keys()) {
    const text = Deno.readTextFileSync(join(folder, name));
    const renamed = text.replace(NAMED, (quoted) => `"./${names.get(quoted.slice(3, -1))}"`);
    Deno.writeTextFileSync(join(folder, name), renamed);
  }
  for (const { name } of [...Deno.readDirSync(folder)]) {
    if (!names.has(name)) Deno.removeSync(join(folder, name));
  }
  for (const [name, named] of names) {
    if (name !== named) Deno.renameSync(join(folder, name), join(folder, named));
  }
}
