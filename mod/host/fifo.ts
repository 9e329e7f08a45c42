/** Named pipes, as a service and shell scripts speak through them. */
import { cString, errno, errorText, LIBC, openLibrary, RESULT } from "./ffi.ts";

/** Bytes that a pipe holds, at most. */
const PIPE_LIMIT = 1024 * 1024;

const O_RDWR = 2, O_WRONLY = 1, O_NONBLOCK = 0o4000, O_CLOEXEC = 0o2000000;
const POLLOUT = 4, POLLERR = 8;
/** `ioctl` of pipes and sockets: how many bytes wait to be read. */
const FIONREAD = 0x541b;

let opened: ReturnType<typeof openFunctions> | undefined;

function openFunctions() {
  return openLibrary(LIBC, {
    mkfifo: { parameters: ["buffer", "u32"], result: RESULT.int },
    open: { parameters: ["buffer", "i32", "u32"], result: RESULT.int },
    close: { parameters: ["i32"], result: RESULT.int },
    read: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    write: { parameters: ["i32", "buffer", "usize"], result: RESULT.long },
    poll: { parameters: ["buffer", "u64", "i32"], result: RESULT.int },
    ioctl: { parameters: ["i32", "u64", "buffer"], result: RESULT.int },
  });
}

function libc() {
  return opened ??= openFunctions();
}

/**
 * Makes a named pipe that its owner alone may open.
 *
 * @throws where something is there, or the folder cannot be written
 */
export function makePipe(path: string): void {
  if (libc().mkfifo(cString(path), 0o600) !== 0) throw systemError(path);
}

/**
 * Reads the lines that other processes write to a named pipe, for as long as this process lives: it is opened for
 * writing too, so that it never ends. Waiting happens in a thread of its own. A line longer than 4096 bytes,
 * which cannot have been written at once, is dropped.
 *
 * @throws where it cannot be opened; what is thrown while reading ends the promise
 */
export async function readPipeLines(path: string, hear: (line: string) => void): Promise<never> {
  const file = Deno.openSync(path, { read: true, write: true });
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65536);
  let rest = "";
  while (true) {
    const length = await file.read(buffer) ?? 0;
    const lines = (rest + decoder.decode(buffer.subarray(0, length), { stream: true })).split("\n");
    rest = lines.pop()!;
    if (rest.length > 4096) rest = "";
    for (const line of lines) hear(line);
  }
}

/** The writing end of a named pipe. */
export interface PipeWriter extends Disposable {
  /** Writes a text of at most 4096 bytes, whole or not at all: never waits. False where it was not written. */
  write(text: string): boolean;
  /** Whether any process has the pipe open for reading. */
  hasReader(): boolean;
  /** Whether something waits to be read. */
  hasUnread(): boolean;
}

/**
 * Opens the writing end alone, also where nobody reads yet.
 *
 * @throws where it cannot be opened
 */
export function openPipeWriter(path: string): PipeWriter {
  const { open, close, write, poll, ioctl } = libc();
  // With a reader of our own the writing end opens at once; without it, poll tells whether there is another.
  const both = open(cString(path), O_RDWR | O_CLOEXEC | O_NONBLOCK, 0);
  const writer = both < 0 ? -1 : open(cString(path), O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (writer < 0) throw systemError(path);
  close(both);
  return {
    write(text) {
      const bytes = new TextEncoder().encode(text);
      return write(writer, bytes, bytes.length) === bytes.length;
    },
    hasReader() {
      const request = new Uint8Array(8);
      const view = new DataView(request.buffer);
      view.setInt32(0, writer, true);
      view.setInt16(4, POLLOUT, true);
      poll(request, 1, 0);
      return (view.getInt16(6, true) & POLLERR) === 0;
    },
    hasUnread() {
      const count = new Uint8Array(4);
      return ioctl(writer, FIONREAD, count) === 0 && new DataView(count.buffer).getInt32(0, true) > 0;
    },
    [Symbol.dispose]: () => void close(writer),
  };
}

/**
 * Reads away what lies in a named pipe, so that who waits to write there goes on; never waits.
 *
 * @throws where it cannot be opened
 */
export function emptyPipe(path: string): void {
  const { open, close, read } = libc();
  const pipe = open(cString(path), O_RDWR | O_CLOEXEC | O_NONBLOCK, 0);
  if (pipe < 0) throw systemError(path);
  const buffer = new Uint8Array(65536);
  for (let left = PIPE_LIMIT; left > 0;) {
    const length = Number(read(pipe, buffer, buffer.length));
    if (length <= 0) break;
    left -= length;
  }
  close(pipe);
}

function systemError(path: string): Error {
  const number = errno();
  // As Deno writes it.
  return new Error(`${errorText(number)} (os error ${number}): ${path}`);
}
