/** Variables by which the C library's program loader runs code of whoever sets them. */

/**
 * Whether a program that is started with this variable could be made to run something else: `LD_*`, `GCONV_PATH` and
 * `GLIBC_TUNABLES`. Hooks and programs of plugins never get one.
 *
 * @param name Of a variable, without its value.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isLoaderVariable } from "container-hooks/plugin";
 *
 * assert.equal(isLoaderVariable("LD_PRELOAD"), true);
 * assert.equal(isLoaderVariable("PATH"), false);
 * ```
 */
export function isLoaderVariable(name: string): boolean {
  return /^(LD_.*|GCONV_PATH|GLIBC_TUNABLES)$/s.test(name);
}
