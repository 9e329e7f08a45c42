/** The system calls about mounts and their namespaces. */
import { basicFunctions, errno, errorText, LIBC, openLibrary, RESULT } from "./ffi.ts";

/** The numbers of two system calls, the same on every processor. glibc has names for them only since 2.36. */
const SYS_OPEN_TREE = 428, SYS_MOVE_MOUNT = 429;

let opened: ReturnType<typeof openFunctions> | undefined;

/** Gets the system calls about mounts, opened at the first call. */
export function mountCalls() {
  return opened ??= openFunctions();
}

function openFunctions() {
  basicFunctions();
  const syscall = (...parameters: ("i64" | "buffer")[]) => ({
    name: "syscall",
    parameters: ["i64", ...parameters] as const,
    result: RESULT.long,
  });
  const { open_tree, move_mount, ...named } = openLibrary(LIBC, {
    open: { parameters: ["buffer", "i32", "u32"], result: RESULT.int },
    openat: { parameters: ["i32", "buffer", "i32", "u32"], result: RESULT.int },
    read: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    close: { parameters: ["i32"], result: RESULT.int },
    readlink: { parameters: ["buffer", "buffer", "usize"], result: RESULT.long },
    fchdir: { parameters: ["i32"], result: RESULT.int },
    chdir: { parameters: ["buffer"], result: RESULT.int },
    chroot: { parameters: ["buffer"], result: RESULT.int },
    unshare: { parameters: ["i32"], result: RESULT.int },
    setns: { parameters: ["i32", "i32"], result: RESULT.int },
    mount: { parameters: ["buffer", "buffer", "buffer", "usize", "buffer"], result: RESULT.int },
    umount2: { parameters: ["buffer", "i32"], result: RESULT.int },
    open_tree: syscall("i64", "buffer", "i64"),
    move_mount: syscall("i64", "buffer", "i64", "buffer", "i64"),
  });
  return {
    ...named,
    open_tree: (...args: Parameters<typeof open_tree>) => open_tree(SYS_OPEN_TREE, ...args),
    move_mount: (...args: Parameters<typeof move_mount>) => move_mount(SYS_MOVE_MOUNT, ...args),
  };
}

/** A call of the system that failed. */
export class CallError extends Error {
  /** @param number The system's, as in errno(3). */
  constructor(readonly number: number, call: string) {
    super(`${call}: ${errorText(number).toLowerCase()}`);
  }
}

/**
 * What a call returned; to be asked right after it.
 *
 * @throws {CallError} where that is -1
 */
export function checked(call: string, result: number): number {
  if (result === -1) throw new CallError(errno(), call);
  return result;
}
