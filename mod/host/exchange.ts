/** Two paths taking each other's place in one step, which Deno has no call for. */
import { basicFunctions, cString, LIBC, openLibrary, RESULT } from "./ffi.ts";
import { systemCall } from "./system_error.ts";

const AT_FDCWD = -100, RENAME_EXCHANGE = 2;

let opened: ReturnType<typeof openFunctions> | undefined;

function openFunctions() {
  basicFunctions();
  return openLibrary(LIBC, {
    renameat2: { parameters: ["i32", "buffer", "i32", "buffer", "u32"], result: RESULT.int },
  });
}

/** Exchanges them; both must be there, on one file system. @throws {SystemError} */
export function exchange(one: string, other: string): void {
  const { renameat2 } = opened ??= openFunctions();
  systemCall(
    `exchange '${one}' -> '${other}'`,
    () => renameat2(AT_FDCWD, cString(one), AT_FDCWD, cString(other), RENAME_EXCHANGE),
  );
}
