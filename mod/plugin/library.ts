/**
 * `container-hooks/plugin` as a plugin on the disk gets it: the very functions of this program.
 *
 * A plugin's cached files import a module beside them that takes the functions from a symbol of the global
 * object. So it needs no import map and no second copy of the library, and works alike compiled, portable and
 * run from source.
 */
import * as library from "../api/plugin.ts";

/** What a plugin writes in its import. */
export const LIBRARY_SPECIFIER = "container-hooks/plugin";

const KEY = Symbol.for(LIBRARY_SPECIFIER);

/** Puts the library where {@linkcode libraryModule} takes it from. Call it before a plugin is imported. */
export function exposeLibrary(): void {
  if (KEY in globalThis) return;
  Object.defineProperty(globalThis, KEY, { value: Object.freeze({ ...library }) });
}

/** Text of the module that stands for the library in the cache. */
export function libraryModule(): string {
  const names = Object.keys(library).sort();
  return [
    `const library = globalThis[Symbol.for(${JSON.stringify(LIBRARY_SPECIFIER)})];`,
    ...names.map((name) => `export const ${name} = library.${name};`),
    "",
  ].join("\n");
}
