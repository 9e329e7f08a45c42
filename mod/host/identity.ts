/**
 * How this program was started, and which file it is.
 */
import { nameOf } from "../core/path.ts";
import { type Form, type Identity, PLUGIN_API, VERSION } from "../core/identity.ts";

/** How this program was started. */
export interface Start {
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
  inherited?: {
    /** The soft RLIMIT_NOFILE. */
    softNofile?: number | "unlimited";
    sigpipeIgnored?: boolean;
  };
}

/** The header's first argument: version of this interface, soft RLIMIT_NOFILE, whether SIGPIPE is ignored. */
const HEADER = /^--portable=1:(\d+|unlimited)?:([01])?$/;

/** What the header says where PATH, DENO_DIR and DENO_NO_UPDATE_CHECK were not set, as at a start of our own. */
const NONE_WERE_SET = ["", "", ""];

let start: Start | undefined;

/**
 * How this program was started.
 *
 * Call it before anything looks at the environment or starts another program: in the portable form it puts
 * back the variables that the header changed for Deno's own start.
 */
export function startedAs(): Start {
  return start ??= Deno.build.standalone ? compiledStart() : portableStart() ?? sourceStart();
}

/**
 * Which file is running. Reads and hashes the whole of it, so it is for commands alone.
 *
 * @throws what the system says where the file cannot be read, as after an update that removed it
 */
export async function identify(): Promise<Identity> {
  const { form, file } = startedAs();
  const bytes = await Deno.readFile(file);
  return {
    version: VERSION,
    api: PLUGIN_API,
    form,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    target: Deno.build.target,
    file,
    size: bytes.length,
    sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex(),
  };
}

function compiledStart(): Start {
  const file = Deno.execPath();
  return {
    form: "compiled",
    file,
    calledAs: nameOf(commandName() || file),
    args: [...Deno.args],
    again: { path: file, args: [], env: {} },
  };
}

function portableStart(): Start | undefined {
  const [header = "", file, calledAs, path, denoDir, updateCheck, ...args] = Deno.args;
  const noted = HEADER.exec(header);
  if (!noted || file === undefined || calledAs === undefined) return undefined;
  const env = { ...variable("DENO_DIR"), ...variable("DENO_NO_UPDATE_CHECK") };
  restoreVariable("PATH", path);
  restoreVariable("DENO_DIR", denoDir);
  restoreVariable("DENO_NO_UPDATE_CHECK", updateCheck);
  const [, nofile, sigpipe] = noted;
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
    },
  };
}

function sourceStart(): Start {
  const file = decodeURIComponent(new URL(Deno.mainModule).pathname);
  // The child starts in another folder, where the name as it was typed may mean nothing.
  const again = { path: Deno.execPath(), args: [...denoArguments().slice(0, -1), file], env: {} };
  return { form: "source", file, calledAs: "container-hooks", args: [...Deno.args], again };
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
