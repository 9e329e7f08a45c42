/**
 * Another process's mount namespace, entered without running any program there: what lies in a container is the
 * container's, and would run as root of the host.
 *
 * The calling thread enters it (setns) and comes back. All of it is synchronous: no other code of this process
 * sees the other namespace.
 *
 * @see setns(2)
 */
import { cString, textOf } from "./ffi.ts";
import { checked, mountCalls } from "./mount_calls.ts";
import { type MountedTree, parseMounts } from "./mounts.ts";

const O_PATH = 0o10000000, O_CLOEXEC = 0o2000000;
const CLONE_FS = 0x200, CLONE_NEWNS = 0x20000;
const MS_REC = 16384, MS_PRIVATE = 1 << 18;
/** Bytes that are read at once. */
const PART = 64 * 1024;

/** A way to a mount namespace; disposing of it leads back to our own. */
export interface WayToNamespace extends Disposable {
  /** Goes to a copy of our own, where nothing that is mounted is seen by anybody else. */
  enterCopy(): void;
  /** Moves this thread into the namespace. */
  enter(): void;
}

/**
 * Opens the way to the mount namespace of a process.
 *
 * @param pid Any process in it.
 * @param namespace What its link `ns/mnt` said when it was chosen: another process may have its number by now.
 * @throws where the process is gone, or this one is not root's
 */
export function wayToNamespace(pid: number, namespace: string): WayToNamespace {
  const calls = mountCalls();
  using handles = new DisposableStack();
  const open = (path: string, flags: number) => {
    const descriptor = checked(`open ${path}`, calls.open(cString(path), flags | O_CLOEXEC, 0));
    handles.defer(() => calls.close(descriptor));
    return descriptor;
  };
  const [root, folder] = [open("/", O_PATH), open(".", O_PATH)];
  const own = open("/proc/thread-self/ns/mnt", 0);
  const theirs = open(`/proc/${pid}/ns/mnt`, 0);
  if (linkOf(theirs) !== namespace) throw new Error(`process ${pid} is gone`);

  // A thread can only enter a mount namespace while it shares its root and working folder with no other.
  checked("unshare", calls.unshare(CLONE_FS));
  handles.defer(() => {
    checked("setns back", calls.setns(own, CLONE_NEWNS));
    checked("fchdir", calls.fchdir(root));
    checked("chroot", calls.chroot(cString(".")));
    checked("fchdir", calls.fchdir(folder));
  });
  const way = handles.move();
  return {
    enterCopy() {
      checked("unshare", calls.unshare(CLONE_NEWNS));
      checked("mount", calls.mount(null, cString("/"), null, MS_REC | MS_PRIVATE, null));
    },
    enter: () => void checked("setns", calls.setns(theirs, CLONE_NEWNS)),
    [Symbol.dispose]: () => way.dispose(),
  };
}

/**
 * Reads all mounts of a process's mount namespace: /proc/PID/mountinfo tells of those alone that lie below the
 * process's own root, which may be another (chroot).
 *
 * @param pid Any process in it.
 * @param namespace What its link `ns/mnt` said.
 * @throws where it cannot be entered
 */
export function readMountsOf(pid: number, namespace: string): MountedTree[] {
  const calls = mountCalls();
  using handles = new DisposableStack();
  const keep = (descriptor: number) => {
    handles.defer(() => calls.close(descriptor));
    return descriptor;
  };
  // Our own, since a /proc that lies in the container may be anything.
  const proc = keep(checked("open /proc", calls.open(cString("/proc"), O_PATH | O_CLOEXEC, 0)));
  using way = wayToNamespace(pid, namespace);
  way.enter();
  const name = "thread-self/mountinfo";
  const table = keep(checked(`open ${name}`, calls.openat(proc, cString(name), O_CLOEXEC, 0)));
  const decoder = new TextDecoder();
  let text = "";
  const part = new Uint8Array(PART);
  for (;;) {
    const length = checked(`read ${name}`, calls.read(table, part, part.length));
    if (length === 0) return parseMounts(text);
    text += decoder.decode(part.subarray(0, length), { stream: true });
  }
}

function linkOf(descriptor: number): string {
  const text = new Uint8Array(64);
  const path = cString(`/proc/thread-self/fd/${descriptor}`);
  checked("readlink", mountCalls().readlink(path, text, text.length - 1));
  return textOf(text);
}
