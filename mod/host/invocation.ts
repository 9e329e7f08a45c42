/** How this program was called, and which file it is. */
import { nameOf } from "../core/path.ts";
import type { Form } from "../core/version.ts";

/** The call of this program. */
export interface Invocation {
  form: Form;
  /** Absolute path of the one file that was copied here, without symbolic links; of form "source", main.ts. */
  file: string;
  /** The name that it was called by, without folders; of form "source", "container-hooks". */
  calledAs: string;
  /** The user's arguments. */
  args: string[];
  /**
   * How to start this program again as container-hooks: the user's arguments follow. `env` is what it needs beside
   * the caller's variables: without its cache's place, Deno would make one in the user's home.
   */
  again: { path: string; args: string[]; env: Record<string, string> };
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

let known: Invocation | undefined;

/**
 * Tells how this program was called.
 *
 * Call it before anything looks at the environment or starts another program: in the portable form it puts
 * back the variables that the header changed for Deno's own start.
 */
export function invocation(): Invocation {
  return known ??= {
    ...Deno.build.standalone ? asCompiled() : asPortable() ?? asSource(),
    folderIsGone: takeVariable(LOST_FOLDER) !== undefined,
  };
}

/** Set by whoever left the folder for us: the launcher, or the portable form's header. */
const LOST_FOLDER = "CONTAINER_HOOKS_FOLDER";

/** Its value, and nobody after us gets it. */
function takeVariable(name: string): string | undefined {
  const [value] = Object.values(variable(name));
  if (value !== undefined) Deno.env.delete(name);
  return value;
}

type Start = Omit<Invocation, "folderIsGone">;

function asCompiled(): Start {
  const file = Deno.execPath();
  return {
    form: "compiled",
    file,
    calledAs: nameOf(commandName() || file),
    args: [...Deno.args],
    again: { path: file, args: [], env: {} },
    inherited: { umask: Deno.umask(OWN_UMASK) },
  };
}

function asPortable(): Start | undefined {
  const [header = "", file, calledAs, path, denoDir, updateCheck, ...args] = Deno.args;
  const noted = HEADER.exec(header);
  if (!noted || file === undefined || calledAs === undefined) return undefined;
  const env = { ...variable("DENO_DIR"), ...variable("DENO_NO_UPDATE_CHECK") };
  restoreVariable("PATH", path);
  restoreVariable("DENO_DIR", denoDir);
  restoreVariable("DENO_NO_UPDATE_CHECK", updateCheck);
  const [, nofile, sigpipe, umask] = noted;
  return {
    form: "portable",
    file: withoutLinks(file),
    calledAs,
    args,
    again: {
      path: Deno.execPath(),
      args: [...denoArguments(), header, file, "container-hooks", ...NONE_WERE_SET],
      env,
    },
    inherited: {
      ...(nofile ? { softNofile: nofile === "unlimited" ? nofile : Number(nofile) } : {}),
      ...(sigpipe ? { sigpipeIgnored: sigpipe === "1" } : {}),
      ...(umask ? { umask: parseInt(umask, 8) } : {}),
    },
  };
}

function asSource(): Start {
  const file = decodeURIComponent(new URL(Deno.mainModule).pathname);
  // The child starts in another folder, where the name as it was typed may mean nothing.
  const again = { path: Deno.execPath(), args: [...denoArguments().slice(0, -1), file], env: {} };
  const inherited = { umask: Deno.umask(OWN_UMASK) };
  return { form: "source", file, calledAs: "container-hooks", args: [...Deno.args], again, inherited };
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

/** `run`, Deno's options and the main module: what stands between Deno's path and our arguments. */
function denoArguments(): string[] {
  const words = Deno.readTextFileSync("/proc/self/cmdline").split("\0").slice(1, -1);
  return words.slice(0, words.length - Deno.args.length);
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
