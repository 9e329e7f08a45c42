/**
 * Mounts put in place of others in another process's mount namespace.
 *
 * A detached copy of what is to be mounted is made in a namespace of our own (open_tree), and attached in the
 * other one (move_mount). The old one goes once the new one is there: where that fails, the old one stays, since
 * under it lies a file that shows something else altogether.
 *
 * @see open_tree(2), move_mount(2)
 */
import { cString, errno } from "./ffi.ts";
import { CallError, checked, mountCalls } from "./mount_calls.ts";
import { wayToNamespace } from "./mount_namespace.ts";

/** One mount to be put in place of others. */
export interface MountReplacement {
  /** On the host; it is bound read-only, without devices, programs and set-id bits. */
  source: string;
  /** The path in the other namespace; absolute, without symbolic links. */
  target: string;
  /** The number of mounts that are stacked at `target` and taken away; may be 0. */
  replaces: number;
}

const O_PATH = 0o10000000, O_DIRECTORY = 0o200000, O_NOFOLLOW = 0o400000, O_CLOEXEC = 0o2000000;
const MNT_DETACH = 2, UMOUNT_NOFOLLOW = 8;
const MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_REMOUNT = 32, MS_BIND = 4096;
const READ_ONLY = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
const AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, OPEN_TREE_CLONE = 1;
const MOVE_MOUNT_F_EMPTY_PATH = 4, MOVE_MOUNT_BENEATH = 0x200;
const EINVAL = 22, ENOSYS = 38;

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
  replacements: readonly MountReplacement[],
): (string | undefined)[] {
  using handles = new DisposableStack();
  using way = wayToNamespace(pid, namespace);
  // Where each can be made read-only before anybody else sees it.
  way.enterCopy();
  const copies = replacements.map(({ source }) => readOnlyCopy(source, handles));
  way.enter();
  return replacements.map((replacement, index) => attempt(() => replace(replacement, copies[index]!)));
}

/** A detached mount of a source, as a descriptor; why there is none; or that this kernel has no such thing. */
type Copy = { tree: number } | { why: string } | "unsupported";

function readOnlyCopy(source: string, handles: DisposableStack): Copy {
  try {
    bindReadOnly(source, source);
    return { tree: detachedCopy(source, handles) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return error.number === ENOSYS ? "unsupported" : { why: error.message };
  }
}

function detachedCopy(path: string, handles: DisposableStack): number {
  const calls = mountCalls();
  const flags = OPEN_TREE_CLONE | O_CLOEXEC | AT_SYMLINK_NOFOLLOW;
  const tree = checked("open_tree", calls.open_tree(AT_FDCWD, cString(path), flags));
  handles.defer(() => calls.close(tree));
  return tree;
}

function replace({ source, target, replaces }: MountReplacement, copy: Copy): void {
  if (copy !== "unsupported" && "why" in copy) throw new Error(copy.why);
  const name = enterFolderOf(target);
  if (copy === "unsupported") {
    takeAway(name, replaces);
    return bindReadOnly(source, name);
  }
  // Until the new one is there, one of the old ones has to be.
  const left = replaces - takeAway(name, Math.max(replaces - 1, 0));
  if (left > 0 && attachBeneath(copy.tree, name)) takeAway(name, 1);
  else exchange(copy.tree, name, left);
}

/** Takes away the old ones, as far as they can be, and attaches `tree`; where that fails, what was seen is put back. */
function exchange(tree: number, name: string, replaces: number): void {
  using handles = new DisposableStack();
  const old = replaces > 0 ? detachedCopy(name, handles) : undefined;
  const taken = takeAway(name, replaces);
  try {
    attach(tree, name);
  } catch (error) {
    if (old !== undefined && taken > 0) attach(old, name);
    throw error;
  }
}

/**
 * Takes mounts away from the top of a stack.
 *
 * @returns how many: less than `count` where one is locked, as all that a namespace of users has brought along
 *   from the one it was made in is; what is attached next covers it
 */
function takeAway(name: string, count: number): number {
  for (let taken = 0; taken < count; taken++) {
    if (mountCalls().umount2(cString(name), MNT_DETACH | UMOUNT_NOFOLLOW) === 0) continue;
    const number = errno();
    if (number === EINVAL) return taken;
    throw new CallError(number, "umount");
  }
  return count;
}

function attach(tree: number, name: string, flags = 0): void {
  const { move_mount } = mountCalls();
  const all = MOVE_MOUNT_F_EMPTY_PATH | flags;
  checked("move_mount", move_mount(tree, cString(""), AT_FDCWD, cString(name), all));
}

/** @returns false where the kernel cannot: before Linux 6.5, and where the mount on top is locked */
function attachBeneath(tree: number, name: string): boolean {
  try {
    attach(tree, name, MOVE_MOUNT_BENEATH);
    return true;
  } catch (error) {
    if (error instanceof CallError && error.number === EINVAL) return false;
    throw error;
  }
}

function bindReadOnly(source: string, target: string): void {
  const { mount } = mountCalls();
  checked(`mount ${source}`, mount(cString(source), cString(target), null, MS_BIND, null));
  checked(`mount ${target}`, mount(null, cString(target), null, READ_ONLY, null));
}

/** Goes to the folder of a path, following no link that the container may have put there. @returns its last part */
function enterFolderOf(path: string): string {
  const calls = mountCalls();
  const parts = path.split("/").filter((part) => part !== "");
  const name = parts.pop();
  if (name === undefined || [...parts, name].includes("..")) {
    throw new Error(`${path} is no place for a mount`);
  }
  checked("chdir", calls.chdir(cString("/")));
  for (const part of parts) {
    const flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const folder = checked(`open ${part} of ${path}`, calls.open(cString(part), flags, 0));
    const entered = calls.fchdir(folder);
    calls.close(folder);
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
