/**
 * The outside world, as everything else sees it.
 *
 * Only this folder touches `Deno.*` and libc. Everything above takes a {@linkcode Host}, so that a test can
 * hand in another one: a folder in memory, a disk that is full at the third write, a clock that stands.
 *
 * All of it is synchronous but what waits: the create path does a handful of small system calls, and an
 * event loop would cost more than they do.
 */

/** What a path is. */
export type FileKind =
  | "a regular file"
  | "a folder"
  | "a symbolic link"
  | "a named pipe"
  | "a socket"
  | "a character device"
  | "a block device"
  | "something unknown";

/** What `lstat` and `fstat` tell. Two with the same device, inode, size and times are the same content. */
export interface FileStatus {
  kind: FileKind;
  device: number;
  inode: number;
  links: number;
  uid: number;
  gid: number;
  /** Permission bits alone: 0o755, 0o1777. */
  mode: number;
  /** Bytes. */
  size: number;
  /** Which device it is; of devices alone. */
  special?: { major: number; minor: number };
  /** Milliseconds since 1970. */
  modified: number;
  /** Milliseconds since 1970; of the inode, so it cannot be set back. */
  changed: number;
}

/** An entry of a folder. */
export interface FolderEntry {
  name: string;
  kind: FileKind;
}

/** An open file. Close it. */
export interface OpenFile extends Disposable {
  status(): FileStatus;
  /** Reads up to `buffer.length` bytes; undefined at the end. */
  read(buffer: Uint8Array): number | undefined;
  /** Reads up to `buffer.length` bytes from `offset` on, and tells how many: 0 behind the end. Moves `read`. */
  readAt(buffer: Uint8Array, offset: number): number;
  /** Writes all of it. */
  write(bytes: Uint8Array): void;
  /** Flushes to the disk. */
  sync(): void;
}

/** A file that was just made, open for writing. Close it. */
export interface NewFile extends OpenFile {
  /** Gives the file itself an owner, whatever has become of its name. */
  chown(uid: number, gid: number): void;
  /** Gives the file itself a mode, whatever the umask was. */
  chmod(mode: number): void;
}

/**
 * An open folder: names are looked up in it, wherever its path leads by now. Close it.
 *
 * A name is one word of a path, and a symbolic link of that name is never followed.
 */
export interface OpenFolder extends Disposable {
  status(): FileStatus;
  /** Looks at a name in the folder; undefined where nothing is there. */
  lstat(name: string): FileStatus | undefined;
  /** Opens for reading; of a named pipe, without waiting for who writes to it. */
  open(name: string): OpenFile;
  /** Makes a new file; throws where one is. */
  createNew(name: string, mode: number): NewFile;
  rename(from: string, to: string): void;
  /** Removes a file; false where nothing was there. */
  remove(name: string): boolean;
}

/** How a program that was run ended. */
export interface Outcome {
  /** Exit status; 128 + N where signal N ended it. */
  status: number;
  stdout: Uint8Array;
  stderr: Uint8Array;
  /** True where it was killed for its time limit. */
  timedOut: boolean;
}

/** A program to run: never through a shell, never with an inherited environment, in the root folder. */
export interface Command {
  /** Absolute. */
  path: string;
  args: string[];
  env: Record<string, string>;
  stdin?: Uint8Array;
  /** Milliseconds; it and what it started are killed after them, and its output is lost. */
  timeout?: number;
  /** Aborted: it and what it started are killed as at its limit. */
  signal?: AbortSignal;
  /** The folder that it starts in. Default: "/". */
  cwd?: string;
}

/**
 * The outside world: files, processes, the clock, and this process itself.
 *
 * Methods throw what the system says (`Deno.errors.*` or an `Error` with `code`); a caller turns that into a
 * `Failure` with the words of its purpose; `systemReason` of deno_host.ts gives the reason in words.
 */
export interface Host {
  /** Does not follow a symbolic link at the end; undefined where nothing is there. */
  lstat(path: string): FileStatus | undefined;
  readLink(path: string): string;
  /** Resolves all symbolic links; undefined where nothing is there. */
  realPath(path: string): string | undefined;
  /** Opens for reading. */
  open(path: string): OpenFile;
  /** Makes a new file; throws where one is. */
  createNew(path: string, mode: number): OpenFile;
  /** Opens for appending, making the file with `mode` where there is none. */
  append(path: string, mode: number): OpenFile;
  readFolder(path: string): FolderEntry[];
  /**
   * The first row that `query` finds in the SQLite database at `path`, which is only read; undefined where it finds
   * none. Loads what it takes at the first call.
   */
  queryDatabase(
    path: string,
    query: string,
    ...parameters: string[]
  ): Promise<Record<string, unknown> | undefined>;
  /** Makes the folder; with its parents, each with `mode`, where they are missing. */
  makeFolder(path: string, mode: number): void;
  /** Follows links on the way to it and at its end; undefined where no folder is there. */
  openFolder(path: string): OpenFolder | undefined;
  rename(from: string, to: string): void;
  /** Has two paths of one file system take each other's place, in one step. */
  exchange(one: string, other: string): void;
  link(existing: string, path: string): void;
  /** Makes a symbolic link that leads to `target`; throws where something is. */
  makeSymlink(target: string, path: string): void;
  /** Removes a file or an empty folder; false where nothing was there. */
  remove(path: string): boolean;
  /**
   * Takes a lock that dies with the process, on a file that is made where there is none: the first of `paths`
   * that is free, or, where none is, the last, once it is.
   */
  lockOneOf(paths: readonly string[], mode: number): Promise<Disposable>;
  /** Changes a mode by path, in folders that root alone can write. Elsewhere see {@linkcode NewFile.chmod}. */
  chmod(path: string, mode: number): void;

  env(name: string): string | undefined;
  /** Milliseconds since 1970, by the clock that people read and may set: never for how long something took or may take. */
  now(): number;
  /**
   * Milliseconds since the machine was started, by a clock that nobody sets: for every span, also between two processes.
   * A number that is larger than this one is of an earlier start.
   */
  uptime(): number;
  pid(): number;
  /** True where the process that started us is gone. */
  orphaned(): boolean;
  uid(): number;
  cwd(): string;
  /** 122 random bits as 32 hexadecimal digits. */
  randomToken(): string;
  /** True where the overflow uid stands for root, as in a user namespace. */
  inUserNamespace(): boolean;

  run(command: Command): Promise<Outcome>;
  /** Tells the process `pid` to read its configuration again. */
  hangUp(pid: number): void;
  /** @throws {Failure} output-unwritable */
  stdout(bytes: Uint8Array | string): void;
  stderr(bytes: Uint8Array | string): void;
  stdoutIsTerminal(): boolean;
  /** How many characters a line of the terminal has that standard output is; undefined where it is none. */
  terminalWidth(): number | undefined;

  /**
   * Reads standard input to its end.
   *
   * @param limit Bytes; more than these are not read, and what is returned is longer than the limit.
   * @param timeout Milliseconds.
   * @returns undefined where it did not end within the time
   */
  readInput(limit: number, timeout: number): Promise<Uint8Array | undefined>;
  /** Writes a short text to an inherited descriptor; that nobody reads it does not matter. */
  writeTo(descriptor: number, text: string): void;

  /**
   * Becomes another program; returns only by throwing.
   *
   * The environment is the process's own, byte for byte, but for what {@linkcode setEnv} changed. SIGPIPE and the
   * soft limit of open files become what they were when this process was started; everything else (pid,
   * descriptors, working folder, umask, other signals) was never touched.
   *
   * @param argv args[0] included.
   * @throws {Failure} runtime-exec
   */
  execute(path: string, argv: readonly string[]): never;
  /** Sets a variable for the program that {@linkcode execute} becomes; undefined removes it. */
  setEnv(name: string, value: string | undefined): void;
  /**
   * Marks every inherited descriptor above 2 so that programs which are started from here do not get it.
   *
   * @returns what takes the marks back, for the moment before {@linkcode execute}
   */
  withholdDescriptors(): () => void;
  /**
   * Opens what ends this process at once: without events that code could listen to, and without waiting for anything.
   * It works without permissions.
   */
  openEnd(): (status: number) => never;
  /**
   * Has the kernel end this process as soon as `parent`, which started it, is gone: by whatever, SIGKILL too.
   *
   * @throws {Failure} parent-gone where it is gone already
   */
  endWithParent(parent: number): void;

  /**
   * Kills this process unless what is returned is disposed of in time: the end of a loop that has none.
   *
   * @param why A sentence for stderr shortly before.
   */
  killAfter(milliseconds: number, why?: string): Disposable;
}
