/**
 * An outside world in memory, for tests: files and folders with owners, modes and links, a clock that stands,
 * programs that are functions.
 *
 * It answers as Linux does where the project relies on it: what a link does to each call, which error is
 * thrown, what a user other than root may read and write. It has no groups, no umask and no sticky folders.
 *
 * @example
 * ```ts
 * import { MemoryHost } from "./memory_host.ts";
 * const host = new MemoryHost();
 * host.file("/etc/container-hooks/config.toml", "[container-hooks]\n");
 * host.lstat("/etc/container-hooks")?.kind; // "a folder"
 * ```
 */
import { failure } from "../../mod/errors.ts";
import type {
  Command,
  FileKind,
  FileStatus,
  FolderEntry,
  Host,
  NewFile,
  OpenFile,
  OpenFolder,
  Outcome,
} from "../../mod/host/host.ts";

interface Node extends Omit<FileStatus, "size"> {
  content: Uint8Array;
  /** Of a symbolic link. */
  target: string;
  /** Of a folder. */
  entries: Map<string, Node>;
}

/** What a file, folder or link is made with; root's and 0644 or 0755 where nothing is said. */
export interface Attributes {
  uid?: number;
  gid?: number;
  mode?: number;
  /** Which device it is. */
  special?: { major: number; minor: number };
}

/** When this machine was started, by {@linkcode MemoryHost.time}. */
const STARTED = 1_699_000_000_000;

/** Process id of who has started this one, while it is there. */
export const PARENT = 999;

const READ = 4, WRITE = 2, ENTER = 1;

/** As Deno words them: `systemReason` cuts what follows the number. */
const errors = {
  missing: (path: string) => new Deno.errors.NotFound(`No such file or directory (os error 2): '${path}'`),
  denied: (path: string) => new Deno.errors.PermissionDenied(`Permission denied (os error 13): '${path}'`),
  exists: (path: string) => new Deno.errors.AlreadyExists(`File exists (os error 17): '${path}'`),
  noFolder: (path: string) => new Deno.errors.NotADirectory(`Not a directory (os error 20): '${path}'`),
  isFolder: (path: string) => new Deno.errors.IsADirectory(`Is a directory (os error 21): '${path}'`),
  invalid: (path: string) => new Error(`Invalid argument (os error 22): '${path}'`),
  notEmpty: (path: string) => new Error(`Directory not empty (os error 39): '${path}'`),
  loop: (path: string) =>
    new Deno.errors.FilesystemLoop(`Too many levels of symbolic links (os error 40): '${path}'`),
};

/** The calls that `fault` is asked about: those that can fail. */
export type Call =
  | (
    | "lstat"
    | "readLink"
    | "realPath"
    | "open"
    | "write"
    | "createNew"
    | "append"
    | "readFolder"
    | "makeFolder"
    | "openFolder"
  )
  | (
    | "rename"
    | "exchange"
    | "link"
    | "makeSymlink"
    | "remove"
    | "lockOneOf"
    | "chown"
    | "chmod"
    | "run"
    | "hangUp"
    | "execute"
  );

/** A {@linkcode Host} in memory. Its plain fields are the test's to set. */
export class MemoryHost implements Host {
  variables: Record<string, string> = {};
  /** Milliseconds since 1970 while nobody has set the clock; stands still until a test moves it. */
  time = 1_700_000_000_000;
  /** Milliseconds by which somebody has set the clock, forward or back. */
  clockSetBy = 0;
  user = 0;
  namespaced = false;
  parentIsGone = false;
  terminal = false;
  /** Of the terminal, where standard output is one. */
  width?: number;
  /** What was written to stdout and stderr. */
  out = "";
  err = "";
  /** Programs by their paths; `run` throws where there is none. */
  programs: Record<string, (command: Command) => Partial<Outcome> | Promise<Partial<Outcome>>> = {};
  /** SQLite databases by their paths: the first row that a query finds. */
  databases: Record<string, (query: string, ...parameters: string[]) => Record<string, unknown> | undefined> =
    {};
  /** Asked before each call with the path; what it throws, the call throws: a disk full at the third write. */
  fault: (call: Call, path: string) => void = () => {};

  /** Called with the process that is told to read its configuration again. */
  onHangUp: (pid: number) => void = () => {};

  /** Standard input; undefined where nobody closes it. */
  input: Uint8Array | undefined = new Uint8Array();
  /** The status that this process ended with. */
  ended?: number;
  /** What this process became. */
  executed?: { path: string; argv: readonly string[] };
  /** Whether programs that are started get no descriptors of ours. */
  withholding = false;
  /** What was written to inherited descriptors, by their numbers. */
  written: Record<number, string> = {};

  private inodes = 1;
  private tokens = 0;
  private readonly locks = new Map<Node, Promise<void>>();
  private readonly root = this.node("a folder", { mode: 0o755 });

  // ---- what a test puts there; folders that are missing are made, root's

  /** Puts a regular file in place of what is there. */
  file(path: string, content: string | Uint8Array, attributes: Attributes = {}): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.put(
      path,
      Object.assign(this.node("a regular file", { mode: 0o644, ...attributes }), { content: bytes }),
    );
  }

  /** Puts a folder there, or gives the one that is there its owner and mode. */
  folder(path: string, attributes: Attributes = {}): void {
    const existing = this.find(path, true);
    if (existing?.kind === "a folder") Object.assign(existing, attributes);
    else this.put(path, this.node("a folder", { mode: 0o755, ...attributes }));
  }

  symlink(path: string, target: string, attributes: Attributes = {}): void {
    this.put(path, Object.assign(this.node("a symbolic link", { mode: 0o777, ...attributes }), { target }));
  }

  /** Puts a named pipe, a socket or a device there. */
  special(path: string, kind: FileKind, attributes: Attributes = {}): void {
    this.put(path, this.node(kind, { mode: 0o644, ...attributes }));
  }

  /** The text of a file, whoever may read it; undefined where there is none. */
  text(path: string): string | undefined {
    const node = this.find(path, true);
    return node?.kind === "a regular file" ? new TextDecoder().decode(node.content) : undefined;
  }

  private put(path: string, node: Node): void {
    const user = this.user;
    // What a test lays out is laid out by root, whoever the test is about.
    this.user = 0;
    const slash = path.lastIndexOf("/");
    const parent = path.slice(0, slash) || "/";
    if (!this.find(parent, true)) this.folder(parent);
    this.existing(parent).entries.set(path.slice(slash + 1), node);
    this.user = user;
  }

  /** What the clock shows. */
  private get clock(): number {
    return this.time + this.clockSetBy;
  }

  private node(kind: FileKind, attributes: Attributes): Node {
    return {
      kind,
      device: 1,
      inode: this.inodes++,
      links: 1,
      uid: 0,
      gid: 0,
      mode: 0,
      modified: this.clock,
      changed: this.clock,
      content: new Uint8Array(),
      target: "",
      entries: new Map(),
      ...attributes,
    };
  }

  // ---- finding

  /** The folder that a path's last word is looked up in, that word, and the folder's path without links. */
  private locate(path: string, hops = 0): { folder: Node; name: string; place: string } {
    const words = path.split("/").filter((word) => word !== "" && word !== ".");
    const trail = [this.root];
    const names: string[] = [];
    for (const [index, word] of words.entries()) {
      const folder = trail.at(-1)!;
      if (folder.kind !== "a folder") throw errors.noFolder(path);
      this.demand(folder, ENTER, path);
      if (word === "..") {
        if (trail.length > 1) [trail.pop(), names.pop()];
        continue;
      }
      if (index === words.length - 1) return { folder, name: word, place: `/${names.join("/")}` };
      const next = folder.entries.get(word);
      if (!next) throw errors.missing(path);
      if (next.kind === "a symbolic link") {
        if (hops >= 40) throw errors.loop(path);
        const start = next.target.startsWith("/") ? next.target : `/${[...names, next.target].join("/")}`;
        return this.locate([start, ...words.slice(index + 1)].join("/"), hops + 1);
      }
      trail.push(next);
      names.push(word);
    }
    // The path ended in "/" or "..": its folder is its own entry.
    const self = trail.at(-1)!;
    return { folder: { ...self, entries: new Map([[".", self]]) }, name: ".", place: `/${names.join("/")}` };
  }

  /** What is at a path; undefined where its folder has no such entry. */
  private look(path: string, follow: boolean, hops = 0): Node | undefined {
    const { folder, name, place } = this.locate(path);
    const node = folder.entries.get(name);
    if (node?.kind !== "a symbolic link" || (!follow && !path.endsWith("/"))) return node;
    if (hops >= 40) throw errors.loop(path);
    return this.look(node.target.startsWith("/") ? node.target : `${place}/${node.target}`, true, hops + 1);
  }

  /** What is at a path; undefined where nothing is. */
  private find(path: string, follow: boolean): Node | undefined {
    try {
      return this.look(path, follow);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return undefined;
      }
      throw error;
    }
  }

  private existing(path: string, follow = true): Node {
    const node = this.look(path, follow);
    if (!node) throw errors.missing(path);
    return node;
  }

  private demand(node: Node, right: number, path: string): void {
    const bits = node.uid === this.user ? node.mode >> 6 : node.mode;
    if (this.user !== 0 && (bits & right) === 0) throw errors.denied(path);
  }

  /** As {@linkcode locate}, for a call that changes the folder. */
  private change(path: string): { folder: Node; name: string } {
    const found = this.locate(path);
    this.demand(found.folder, WRITE, path);
    return found;
  }

  private touch(node: Node): void {
    node.modified = node.changed = this.clock;
  }

  private enter(folder: Node, name: string, node: Node): void {
    folder.entries.set(name, node);
    this.touch(folder);
  }

  // ---- Host: files

  lstat(path: string): FileStatus | undefined {
    this.fault("lstat", path);
    const node = this.find(path, false);
    return node && statusOf(node);
  }

  readLink(path: string): string {
    this.fault("readLink", path);
    const node = this.existing(path, false);
    if (node.kind !== "a symbolic link") throw errors.invalid(path);
    return node.target;
  }

  realPath(path: string): string | undefined {
    this.fault("realPath", path);
    if (!this.find(path, true)) return undefined;
    const { folder, name, place } = this.locate(path);
    const node = folder.entries.get(name)!;
    const parent = place === "/" ? "" : place;
    if (node.kind !== "a symbolic link") return name === "." ? place : `${parent}/${name}`;
    return this.realPath(node.target.startsWith("/") ? node.target : `${parent}/${node.target}`);
  }

  open(path: string): OpenFile {
    this.fault("open", path);
    const node = this.existing(path);
    this.demand(node, READ, path);
    return this.opened(node, path);
  }

  createNew(path: string, mode: number): OpenFile {
    this.fault("createNew", path);
    const { folder, name } = this.change(path);
    if (folder.entries.has(name)) throw errors.exists(path);
    const node = this.node("a regular file", { mode, uid: this.user });
    this.enter(folder, name, node);
    return this.opened(node, path);
  }

  append(path: string, mode: number): OpenFile {
    this.fault("append", path);
    const node = this.find(path, true);
    if (!node) return this.createNew(path, mode);
    if (node.kind === "a folder") throw errors.isFolder(path);
    this.demand(node, WRITE, path);
    return this.opened(node, path);
  }

  /** Names are looked up in the folder that was there when it was opened. */
  openFolder(path: string): OpenFolder | undefined {
    this.fault("openFolder", path);
    const folder = this.find(path, true);
    if (folder?.kind !== "a folder") return undefined;
    const inside = (name: string) => `${path === "/" ? "" : path}/${name}`;
    const change = (name: string) => {
      this.demand(folder, WRITE, inside(name));
      return folder.entries.get(name);
    };
    return {
      status: () => statusOf(folder),
      lstat: (name) => {
        this.fault("lstat", inside(name));
        this.demand(folder, ENTER, inside(name));
        const node = folder.entries.get(name);
        return node && statusOf(node);
      },
      open: (name) => {
        this.fault("open", inside(name));
        const node = folder.entries.get(name);
        if (!node) throw errors.missing(inside(name));
        if (node.kind === "a symbolic link") throw errors.loop(inside(name));
        this.demand(node, READ, inside(name));
        return this.opened(node, inside(name));
      },
      createNew: (name, mode) => {
        this.fault("createNew", inside(name));
        if (change(name)) throw errors.exists(inside(name));
        const node = this.node("a regular file", { mode, uid: this.user });
        this.enter(folder, name, node);
        return this.opened(node, inside(name));
      },
      rename: (from, to) => {
        this.fault("rename", inside(from));
        const node = change(from);
        if (!node) throw errors.missing(inside(from));
        folder.entries.delete(from);
        this.enter(folder, to, node);
      },
      remove: (name) => {
        this.fault("remove", inside(name));
        const node = change(name);
        if (node) node.links--;
        return folder.entries.delete(name);
      },
      [Symbol.dispose]: () => {},
    };
  }

  private opened(node: Node, path: string): NewFile {
    let offset = 0;
    return {
      status: () => statusOf(node),
      read: (buffer) => {
        if (node.kind === "a folder") throw errors.isFolder(path);
        const part = node.content.subarray(offset, offset + buffer.length);
        buffer.set(part);
        offset += part.length;
        return part.length || undefined;
      },
      readAt: (buffer, from) => {
        const part = node.content.subarray(from, from + buffer.length);
        buffer.set(part);
        return part.length;
      },
      write: (bytes) => {
        this.fault("write", path);
        node.content = new Uint8Array([...node.content, ...bytes]);
        this.touch(node);
      },
      sync: () => {},
      chown: (uid, gid) => {
        this.fault("chown", path);
        if (this.user !== 0 && (uid !== node.uid || node.uid !== this.user)) throw errors.denied(path);
        Object.assign(node, { uid, gid, changed: this.clock });
      },
      chmod: (mode) => {
        this.fault("chmod", path);
        if (this.user !== 0 && node.uid !== this.user) throw errors.denied(path);
        Object.assign(node, { mode, changed: this.clock });
      },
      [Symbol.dispose]: () => {},
    };
  }

  /** As `databases` answers for the path; throws where it has none. */
  queryDatabase(
    path: string,
    query: string,
    ...parameters: string[]
  ): Promise<Record<string, unknown> | undefined> {
    const database = this.databases[path];
    if (!database) return Promise.reject(new Error("unable to open database file"));
    return Promise.resolve(database(query, ...parameters));
  }

  readFolder(path: string): FolderEntry[] {
    this.fault("readFolder", path);
    const node = this.existing(path);
    if (node.kind !== "a folder") throw errors.noFolder(path);
    this.demand(node, READ, path);
    return [...node.entries].map(([name, { kind }]) => ({ name, kind }));
  }

  makeFolder(path: string, mode: number): void {
    this.fault("makeFolder", path);
    const existing = this.find(path, true);
    if (existing?.kind === "a folder") return;
    if (existing) throw errors.exists(path);
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (parent) this.makeFolder(parent, mode);
    const { folder, name } = this.change(path);
    this.enter(folder, name, this.node("a folder", { mode, uid: this.user }));
  }

  exchange(one: string, other: string): void {
    this.fault("exchange", one);
    const [first, second] = [this.change(one), this.change(other)];
    const [node, twin] = [this.existing(one, false), this.existing(other, false)];
    for (const [{ folder, name }, entered] of [[first, twin], [second, node]] as const) {
      folder.entries.set(name, entered);
      this.touch(folder);
    }
  }
  rename(from: string, to: string): void {
    this.fault("rename", from);
    const source = this.change(from);
    const target = this.change(to);
    const node = this.existing(from, false);
    const replaced = target.folder.entries.get(target.name);
    if (replaced?.kind === "a folder" && node.kind !== "a folder") throw errors.isFolder(to);
    if (replaced && replaced.kind !== "a folder" && node.kind === "a folder") throw errors.noFolder(to);
    if (replaced && replaced !== node && replaced.entries.size > 0) throw errors.notEmpty(to);
    // rename(2) does nothing where both are hard links to one file.
    if (replaced === node) return;
    source.folder.entries.delete(source.name);
    this.touch(source.folder);
    this.enter(target.folder, target.name, node);
    if (replaced) replaced.links--;
  }

  link(existing: string, path: string): void {
    this.fault("link", path);
    const node = this.existing(existing, false);
    const { folder, name } = this.change(path);
    if (folder.entries.has(name)) throw errors.exists(path);
    node.links++;
    node.changed = this.clock;
    this.enter(folder, name, node);
  }

  makeSymlink(target: string, path: string): void {
    this.fault("makeSymlink", path);
    const { folder, name } = this.change(path);
    if (folder.entries.has(name)) throw errors.exists(path);
    const node = this.node("a symbolic link", { mode: 0o777, uid: this.user });
    this.enter(folder, name, Object.assign(node, { target }));
  }

  remove(path: string): boolean {
    this.fault("remove", path);
    const node = this.find(path, false);
    if (!node) return false;
    const { folder, name } = this.change(path);
    if (node.entries.size > 0) throw errors.notEmpty(path);
    folder.entries.delete(name);
    this.touch(folder);
    node.links--;
    return true;
  }

  async lockOneOf(paths: readonly string[], mode: number): Promise<Disposable> {
    const nodes = paths.map((path) => {
      this.fault("lockOneOf", path);
      if (!this.find(path, true)) this.createNew(path, mode);
      return this.existing(path);
    });
    const node = nodes.find((node) => !this.locks.has(node)) ?? nodes.at(-1)!;
    while (this.locks.has(node)) await this.locks.get(node);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.locks.set(node, promise);
    return { [Symbol.dispose]: () => (this.locks.delete(node), resolve()) };
  }

  chmod(path: string, mode: number): void {
    this.fault("chmod", path);
    const node = this.existing(path);
    if (this.user !== 0 && node.uid !== this.user) throw errors.denied(path);
    Object.assign(node, { mode, changed: this.clock });
  }

  // ---- Host: the process

  env(name: string): string | undefined {
    return Object.hasOwn(this.variables, name) ? this.variables[name] : undefined;
  }
  now = () => this.clock;
  uptime = () => this.time - STARTED;
  pid = () => 1000;
  orphaned = () => this.parentIsGone;
  uid = () => this.user;
  cwd = () => "/";
  randomToken = () => (++this.tokens).toString(16).padStart(32, "0");
  inUserNamespace = () => this.namespaced;

  async run(command: Command): Promise<Outcome> {
    this.fault("run", command.path);
    const program = this.programs[command.path];
    if (!program) throw errors.missing(command.path);
    const none = new Uint8Array();
    return { status: 0, stdout: none, stderr: none, timedOut: false, ...await program(command) };
  }

  hangUp(pid: number): void {
    this.fault("hangUp", String(pid));
    this.onHangUp(pid);
  }

  stdout(bytes: Uint8Array | string): void {
    this.out += typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
  }

  stderr(bytes: Uint8Array | string): void {
    this.err += typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
  }

  stdoutIsTerminal = () => this.terminal;
  terminalWidth = () => this.terminal ? this.width : undefined;

  readInput = () => Promise.resolve(this.input);

  writeTo(descriptor: number, text: string): void {
    this.written[descriptor] = (this.written[descriptor] ?? "") + text;
  }

  /** Returns, unlike a real one: what comes after it in a test is the test. */
  execute(path: string, argv: readonly string[]): never {
    this.fault("execute", path);
    this.executed = { path, argv };
    return undefined as never;
  }

  setEnv(name: string, value: string | undefined): void {
    if (value === undefined) delete this.variables[name];
    else this.variables[name] = value;
  }

  withholdDescriptors(): () => void {
    this.withholding = true;
    return () => this.withholding = false;
  }

  openEnd(): (status: number) => never {
    return (status) => {
      this.ended = status;
      return undefined as never;
    };
  }

  endWithParent(parent: number): void {
    if (this.parentIsGone || parent !== PARENT) throw failure("parent-gone", {});
  }

  killAfter = () => ({ [Symbol.dispose]: () => {} });
}

function statusOf({ content, target, entries: _, ...rest }: Node): FileStatus {
  const size = rest.kind === "a folder"
    ? 4096
    : rest.kind === "a symbolic link"
    ? target.length
    : content.length;
  return { ...rest, size };
}
