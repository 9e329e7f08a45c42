/** Variables by which the C library's program loader runs code of whoever sets them. */

/** Whether a program that is started with this variable could be made to run something else. */
export function isLoaderVariable(name: string): boolean {
  return /^(LD_.*|GCONV_PATH|GLIBC_TUNABLES)$/s.test(name);
}
