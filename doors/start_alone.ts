/** A door that is the main module, and not loaded by main.ts. */

/**
 * Starts the door whose module this is, where it is the main one.
 *
 * Behind the module's own run: the trace of an error that is thrown below it would have V8 look up its lines, for which
 * it compiles the whole file anew (4 to 8 ms).
 *
 * @param module The door's `import.meta.url`.
 */
export function startAlone(module: string, start: () => Promise<void>): void {
  if (Deno.mainModule === module) queueMicrotask(() => void start());
}
