/** What `statx` of the C library tells, in the words of {@linkcode FileStatus}. */
import type { FileKind, FileStatus } from "./host.ts";

/** All that a {@linkcode FileStatus} has, as a mask for `statx`. */
export const STATX_BASIC_STATS = 0x7ff;

/** `struct statx`, the same on every processor. */
export function statusOf(statx: DataView): FileStatus {
  const mode = statx.getUint16(28, true);
  return {
    kind: kindOf(mode >> 12),
    device: deviceNumber(statx.getUint32(136, true), statx.getUint32(140, true)),
    inode: numberAt(statx, 32),
    links: statx.getUint32(16, true),
    uid: statx.getUint32(20, true),
    gid: statx.getUint32(24, true),
    mode: mode & 0o7777,
    size: numberAt(statx, 40),
    ...(isDevice(mode >> 12)
      ? { special: { major: statx.getUint32(128, true), minor: statx.getUint32(132, true) } }
      : {}),
    modified: millisecondsAt(statx, 112),
    // Whole seconds, as Deno tells them: what one way noted is compared with what the other tells.
    changed: secondsAt(statx, 96) * 1000,
  };
}

function isDevice(type: number): boolean {
  return type === 2 || type === 6;
}

/** Puts major and minor into one number, as `stat` has it. */
function deviceNumber(major: number, minor: number): number {
  return (major >>> 12) * 2 ** 44 + (major & 0xfff) * 2 ** 8 + (minor >>> 8) * 2 ** 20 + (minor & 0xff);
}

/** 64 bits as a number; without a bigint in between, which would be half of the time. */
function numberAt(statx: DataView, at: number): number {
  return statx.getUint32(at + 4, true) * 2 ** 32 + statx.getUint32(at, true);
}

function secondsAt(statx: DataView, at: number): number {
  return statx.getInt32(at + 4, true) * 2 ** 32 + statx.getUint32(at, true);
}

function millisecondsAt(statx: DataView, at: number): number {
  return secondsAt(statx, at) * 1000 + Math.floor(statx.getUint32(at + 8, true) / 1e6);
}

/** Tells a file's kind by the type's bits of its mode, which `readdir` gives too. */
export function kindOf(type: number): FileKind {
  switch (type) {
    case 1:
      return "a named pipe";
    case 2:
      return "a character device";
    case 4:
      return "a folder";
    case 6:
      return "a block device";
    case 8:
      return "a regular file";
    case 10:
      return "a symbolic link";
    case 12:
      return "a socket";
    default:
      return "something unknown";
  }
}
