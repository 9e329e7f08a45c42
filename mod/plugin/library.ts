/**
 * `container-hooks/plugin` as a plugin on the disk gets it, and `container-hooks/testing` as its tests do: the very
 * functions of this program.
 *
 * Cached files import a module beside them that takes the functions from a symbol of the global object. So it needs
 * no import map and no second copy of the library, and works alike compiled, portable and run from source.
 */
import * as library from "../api/plugin.ts";

/** What a plugin writes in its import. */
export const LIBRARY_SPECIFIER = "container-hooks/plugin";

/** What a test of a plugin writes in its import. */
export const TESTING_SPECIFIER = "container-hooks/testing";

/** Puts a library where {@linkcode libraryModule} takes it from. Call it before what imports it is imported. */
export function exposeLibrary(specifier = LIBRARY_SPECIFIER, exported: object = library): void {
  const key = Symbol.for(specifier);
  if (key in globalThis) return;
  Object.defineProperty(globalThis, key, { value: Object.freeze({ ...exported }) });
}

/** Text of the module that stands for a library in the cache. */
export function libraryModule(specifier = LIBRARY_SPECIFIER, exported: object = library): string {
  const names = Object.keys(exported).sort();
  return [
    `const library = globalThis[Symbol.for(${JSON.stringify(specifier)})];`,
    ...names.map((name) => `export const ${name} = library.${name};`),
    "",
  ].join("\n");
}
