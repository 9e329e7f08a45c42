/** How this program was called, and which file it is. */
import { folderOf, nameOf } from "../core/path.ts";
import type { Form } from "../core/version.ts";

/** By which name and with what this program was called. */
export interface Called {
  /** The name, without folders; of form "source", "container-hooks". */
  calledAs: string;
  /** The user's arguments. */
  args: string[];
}

/** The call of this program. */
export interface Invocation extends Called {
  form: Form;
  /** Absolute path of the one file that was copied here, without symbolic links; of form "source", main.ts. */
  file: string;
  /**
   * How to start this program again as container-hooks: the user's arguments follow. `env` is what it needs beside
   * the caller's variables: without its cache's place, Deno would make one in the user's home.
   */
  readonly again: { path: string; args: string[]; env: Record<string, string> };
  /** How the Deno below is started: by the loader that came with it, where the host has no C library for it. */
  readonly deno: { path: string; args: string[] };
  /** Where the portable form was unpacked. */
  readonly unpacked?: string;
  /**
   * What the portable form's header noted before Deno changed it; a field is absent where it could not tell.
   * The compiled form leaves the limit alone and cannot know about SIGPIPE.
   */
  inherited?: Inherited;
  /** Whether the folder that we were called in was removed: Deno does not start there, so this is another one. */
  folderIsGone: boolean;
}

/** Signal state and limits that the process was started with, as far as anybody could see them. */
export interface Inherited {
  /** The soft RLIMIT_NOFILE. */
  softNofile?: number | "unlimited";
  /** Whether SIGPIPE was ignored. */
  sigpipeIgnored?: boolean;
  /** The umask; absent where no program comes after this one. */
  umask?: number;
}

/** The header's first argument: version of this interface, soft RLIMIT_NOFILE, whether SIGPIPE is ignored, umask. */
const HEADER = /^--portable=2:(\d+|unlimited)?:([01])?:([0-7]+)?$/;

/**
 * The umask of this process, and of what it starts but the runtime: what we make has a mode of its own, which
 * neither a caller's 000 opens nor his 077 closes.
 */
const OWN_UMASK = 0o022;

/** What the header says where PATH, DENO_DIR and DENO_NO_UPDATE_CHECK were not set, as at a start of our own. */
const NONE_WERE_SET = ["", "", ""];

/** Tells how this program was called; changes nothing, for whoever only hands the call on. */
export function called(): Called {
  if (Deno.build.standalone) {
    return { calledAs: nameOf(commandName() || Deno.execPath()), args: [...Deno.args] };
  }
  const { calledAs, args } = readHeader() ?? { calledAs: "container-hooks", args: [...Deno.args] };
  return { calledAs, args };
}

let known: Invocation | undefined;

/**
 * Tells how this program was called.
 *
 * Call it before anything looks at the environment or starts another program: in the portable form it puts
 * back the variables that the header changed for Deno's own start.
 */
export function invocation(): Invocation {
  return known ??= Deno.build.standalone ? asCompiled() : asPortable() ?? asSource();
}

/** Set by whoever left the folder for us: the launcher, or the portable form's header. */
const LOST_FOLDER = "CONTAINER_HOOKS_FOLDER";

/** Whether that variable is set; nobody after us gets it. */
function isFolderGone(): boolean {
  const isGone = Deno.env.has(LOST_FOLDER);
  if (isGone) Deno.env.delete(LOST_FOLDER);
  return isGone;
}

function asCompiled(): Invocation {
  const file = Deno.execPath();
  return {
    form: "compiled",
    file,
    ...called(),
    again: { path: file, args: [], env: {} },
    deno: { path: file, args: [] },
    inherited: { umask: Deno.umask(OWN_UMASK) },
    folderIsGone: isFolderGone(),
  };
}

/** What the portable form's header says; undefined where it did not start us. */
function readHeader() {
  const [header = "", file, calledAs, path, denoDir, updateCheck, ...args] = Deno.args;
  const noted = HEADER.exec(header);
  if (!noted || file === undefined || calledAs === undefined) return undefined;
  return { header, noted, file, calledAs, path, denoDir, updateCheck, args };
}

function asPortable(): Invocation | undefined {
  const read = readHeader();
  if (!read) return undefined;
  const { header, noted: [, nofile, sigpipe, umask], file, calledAs, args } = read;
  const env = { ...variable("DENO_DIR"), ...variable("DENO_NO_UPDATE_CHECK") };
  restoreVariable("PATH", read.path);
  restoreVariable("DENO_DIR", read.denoDir);
  restoreVariable("DENO_NO_UPDATE_CHECK", read.updateCheck);
  return {
    form: "portable",
    file: withoutLinks(file),
    calledAs,
    args,
    // Seldom needed, and nothing of it changes.
    get again() {
      const { options } = denoCommand();
      const words = [...options, `${this.unpacked}/main.js`, header, file, "container-hooks"];
      return { path: this.deno.path, args: [...this.deno.args, ...words, ...NONE_WERE_SET], env };
    },
    get deno() {
      return { path: Deno.execPath(), args: denoCommand().loading };
    },
    get unpacked() {
      return folderOf(denoCommand().module);
    },
    inherited: {
      ...(nofile ? { softNofile: nofile === "unlimited" ? nofile : Number(nofile) } : {}),
      ...(sigpipe ? { sigpipeIgnored: sigpipe === "1" } : {}),
      ...(umask ? { umask: parseInt(umask, 8) } : {}),
    },
    folderIsGone: isFolderGone(),
  };
}

function asSource(): Invocation {
  const file = decodeURIComponent(new URL(Deno.mainModule).pathname);
  // The child starts in another folder, where the name as it was typed may mean nothing.
  const deno = { path: Deno.execPath(), args: [] };
  const again = { path: deno.path, args: [...denoCommand().options, file], env: {} };
  const inherited = { umask: Deno.umask(OWN_UMASK) };
  return { form: "source", file, ...called(), again, deno, inherited, folderIsGone: isFolderGone() };
}

function variable(name: string): Record<string, string> {
  const value = Deno.env.get(name);
  return value === undefined ? {} : { [name]: value };
}

/** `was` is what the variable was: "=VALUE", or nothing where it was not set. */
function restoreVariable(name: string, was = ""): void {
  if (was === "") Deno.env.delete(name);
  else Deno.env.set(name, was.slice(1));
}

/** How Deno was called. */
interface DenoCommand {
  /** What stands between the loader of the C library and Deno's own words; empty where the host has its own. */
  loading: string[];
  /** `run` and Deno's options. */
  options: string[];
  module: string;
}

/** Reads the command line: what is before our arguments, and after the executable. */
function denoCommand(): DenoCommand {
  const all = Deno.readTextFileSync("/proc/self/cmdline").split("\0").slice(1, -1);
  const words = all.slice(0, all.length - Deno.args.length);
  const loading = words[0] === "--library-path" ? words.splice(0, 3) : [];
  return { loading, options: words.slice(0, -1), module: words.at(-1)! };
}

/** argv[0], which Deno does not tell; "" where there is none. */
function commandName(): string {
  try {
    return Deno.readTextFileSync("/proc/self/cmdline").split("\0", 1)[0] ?? "";
  } catch {
    return ""; // without /proc
  }
}

/** An update may have renamed the file meanwhile; the name that was called still says which it was. */
function withoutLinks(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}
