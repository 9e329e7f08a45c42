/**
 * Mounting in another process's mount namespace, without running any program there: what lies in a container
 * is the container's, and would run as root of the host.
 *
 * A detached copy of what is to be mounted is made in a namespace of our own (open_tree), the calling thread
 * enters the other namespace (setns), and the copy is attached there (move_mount). All of it is synchronous:
 * no other code of this process sees the other namespace.
 *
 * @see open_tree(2), move_mount(2), setns(2)
 */
import { basicFunctions, cString, errno, errorText, LIBC, openLibrary, RESULT, textOf } from "./ffi.ts";

/** One mount to be put in place of others. */
export interface Replacement {
  /** On the host; it is bound read-only, without devices, programs and set-id bits. */
  source: string;
  /** In the other namespace; absolute, without symbolic links. */
  target: string;
  /** How many mounts are stacked at `target` and taken away first. */
  replaces: number;
}

const O_PATH = 0o10000000, O_DIRECTORY = 0o200000, O_NOFOLLOW = 0o400000, O_CLOEXEC = 0o2000000;
const CLONE_FS = 0x200, CLONE_NEWNS = 0x20000;
const MNT_DETACH = 2, UMOUNT_NOFOLLOW = 8;
const MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_REMOUNT = 32, MS_BIND = 4096;
const MS_REC = 16384, MS_PRIVATE = 1 << 18;
const READ_ONLY = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
const AT_FDCWD = -100, OPEN_TREE_CLONE = 1, MOVE_MOUNT_F_EMPTY_PATH = 4;
/** The same on every processor. glibc has names for them only since 2.36. */
const SYS_OPEN_TREE = 428, SYS_MOVE_MOUNT = 429;
const ENOSYS = 38;

let opened: ReturnType<typeof openFunctions> | undefined;

function openFunctions() {
  basicFunctions();
  const syscall = (...parameters: ("i64" | "buffer")[]) => ({
    name: "syscall",
    parameters: ["i64", ...parameters] as const,
    result: RESULT.long,
  });
  return openLibrary(LIBC, {
    open: { parameters: ["buffer", "i32", "u32"], result: RESULT.int },
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
}

/** A call of the system that failed. */
class CallError extends Error {
  constructor(readonly number: number, call: string) {
    super(`${call}: ${errorText(number).toLowerCase()}`);
  }
}

function checked(call: string, result: number): number {
  if (result === -1) throw new CallError(errno(), call);
  return result;
}

/**
 * Replaces mounts in the mount namespace of a process.
 *
 * Before Linux 5.2, which cannot hand a mount from one namespace to another, `source` is looked for at its own
 * path in the other namespace: that works where a folder above it is shared with the container.
 *
 * @param pid Any process in that namespace.
 * @param namespace What its link `ns/mnt` said when it was chosen: another process may have its number by now.
 * @returns for each why it failed, or undefined where it did not
 * @throws where the namespace cannot be entered, so that nothing was done
 */
export function replaceMounts(
  pid: number,
  namespace: string,
  replacements: readonly Replacement[],
): (string | undefined)[] {
  const libc = opened ??= openFunctions();
  using handles = new DisposableStack();
  const open = (path: string, flags: number) => {
    const descriptor = checked(`open ${path}`, libc.open(cString(path), flags | O_CLOEXEC, 0));
    handles.defer(() => libc.close(descriptor));
    return descriptor;
  };
  const [root, folder] = [open("/", O_PATH), open(".", O_PATH)];
  const own = open("/proc/thread-self/ns/mnt", 0);
  const theirs = open(`/proc/${pid}/ns/mnt`, 0);
  if (linkOf(theirs) !== namespace) throw new Error(`process ${pid} is gone`);

  // A thread can only enter a mount namespace while it shares its root and working folder with no other.
  checked("unshare", libc.unshare(CLONE_FS));
  handles.defer(() => {
    checked("setns back", libc.setns(own, CLONE_NEWNS));
    checked("fchdir", libc.fchdir(root));
    checked("chroot", libc.chroot(cString(".")));
    checked("fchdir", libc.fchdir(folder));
  });
  const copies = detachedCopies(replacements, handles);
  checked("setns", libc.setns(theirs, CLONE_NEWNS));
  return replacements.map((replacement, index) => attempt(() => replace(replacement, copies[index]!)));
}

/** A detached mount of a source, as a descriptor; why there is none; or that this kernel has no such thing. */
type Copy = { tree: number } | { why: string } | "unsupported";

/** In a namespace of our own, where each can be made read-only before anybody else sees it. */
function detachedCopies(replacements: readonly Replacement[], handles: DisposableStack): Copy[] {
  const libc = opened!;
  checked("unshare", libc.unshare(CLONE_NEWNS));
  checked("mount", libc.mount(null, cString("/"), null, MS_REC | MS_PRIVATE, null));
  return replacements.map(({ source }): Copy => {
    try {
      bindReadOnly(source, source);
      const flags = OPEN_TREE_CLONE | O_CLOEXEC;
      const tree = checked("open_tree", libc.open_tree(SYS_OPEN_TREE, AT_FDCWD, cString(source), flags));
      handles.defer(() => libc.close(tree));
      return { tree };
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return error.number === ENOSYS ? "unsupported" : { why: error.message };
    }
  });
}

function replace({ source, target, replaces }: Replacement, copy: Copy): void {
  const libc = opened!;
  if (copy !== "unsupported" && "why" in copy) throw new Error(copy.why);
  const name = enterFolderOf(target);
  for (let left = replaces; left > 0; left--) {
    checked("umount", libc.umount2(cString(name), MNT_DETACH | UMOUNT_NOFOLLOW));
  }
  if (copy === "unsupported") return bindReadOnly(source, name);
  const { tree } = copy;
  const nothing = cString("");
  checked(
    "move_mount",
    libc.move_mount(SYS_MOVE_MOUNT, tree, nothing, AT_FDCWD, cString(name), MOVE_MOUNT_F_EMPTY_PATH),
  );
}

function bindReadOnly(source: string, target: string): void {
  const { mount } = opened!;
  checked(`mount ${source}`, mount(cString(source), cString(target), null, MS_BIND, null));
  checked(`mount ${target}`, mount(null, cString(target), null, READ_ONLY, null));
}

/** Goes to the folder of a path, following no link that the container may have put there. @returns its last part */
function enterFolderOf(path: string): string {
  const libc = opened!;
  const parts = path.split("/").filter((part) => part !== "");
  const name = parts.pop();
  if (name === undefined || [...parts, name].includes("..")) {
    throw new Error(`${path} is no place for a mount`);
  }
  checked("chdir", libc.chdir(cString("/")));
  for (const part of parts) {
    const flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const folder = checked(`open ${part} of ${path}`, libc.open(cString(part), flags, 0));
    const entered = libc.fchdir(folder);
    libc.close(folder);
    checked("fchdir", entered);
  }
  return name;
}

function attempt(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function linkOf(descriptor: number): string {
  const text = new Uint8Array(64);
  const path = cString(`/proc/thread-self/fd/${descriptor}`);
  checked("readlink", opened!.readlink(path, text, text.length - 1));
  return textOf(text);
}
