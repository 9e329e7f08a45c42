/** Makes the one file: bundles, puts a Deno below it, runs it once, and moves it into place. */
import { dirname, join } from "node:path";
import type { VersionReport } from "../../mod/cli/version/version.ts";
import { VERSION } from "../../mod/core/version.ts";
import { type Bundle, bundle, type Entries } from "./bundle.ts";
import { compile } from "./compile.ts";
import { findDeno, type StockDeno } from "./deno.ts";
import { BuildFailure } from "./failure.ts";
import { cLibraryOf } from "./glibc.ts";
import { portable, sha256 } from "./portable.ts";
import { run } from "./run.ts";

/** The forms of the file that a user copies. */
export type BuiltForm = "compiled" | "portable";

/** What is to be made. */
export interface Request {
  /** The project's folder, whose deno.json and deno.lock the bundle follows. */
  project: string;
  entries: Entries;
  /** "auto": compiled where a denort can be had, otherwise portable. */
  form: BuiltForm | "auto";
  /** Absolute. */
  output: string;
  /** A version or a path, where another Deno than the running one goes below. */
  deno?: string;
  /** Is told, as a sentence, why the form is not the better one. */
  notice(sentence: string): void;
}

/** What was made. */
export interface Made {
  form: BuiltForm;
  deno: string;
  /** Bytes. */
  size: number;
  sha256: string;
}

/** Seconds that the new file may take to say its version, unpacking included. */
const CHECK_LIMIT = 120;

/**
 * Makes the file that was asked for. Either it is whole at its place afterwards, or what was there before is.
 *
 * @throws {BuildFailure} where it cannot be made
 */
export async function make(request: Request): Promise<Made> {
  const deno = await findDeno(request.deno);
  const place = dirname(request.output);
  await Deno.mkdir(place, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: place, prefix: ".build." });
  try {
    const modules = await bundle(request.entries, join(folder, "bundle"), request.project);
    const made = await makeForm(request, deno, modules, join(folder, "container-hooks"));
    await Deno.rename(join(folder, "container-hooks"), request.output);
    return made;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function makeForm(request: Request, deno: StockDeno, modules: Bundle, file: string): Promise<Made> {
  if (request.form !== "portable") {
    const why = await compile(deno, modules, file) ?? await fault(file, "compiled", deno);
    if (why === undefined) return await describe(file, "compiled", deno);
    const advice =
      `set DENORT_BIN to a denort ${deno.version}, or name with --deno a Deno whose denort is here`;
    if (request.form === "compiled") throw new BuildFailure(`cannot be compiled: ${why}; ${advice}`);
    request.notice(`portable, because it cannot be compiled: ${why}; to change that, ${advice}`);
  }
  await writePortable(deno, modules, file);
  const why = await fault(file, "portable", deno);
  if (why !== undefined) throw new BuildFailure(why);
  return await describe(file, "portable", deno);
}

async function writePortable(deno: StockDeno, modules: Bundle, path: string): Promise<void> {
  using file = await Deno.create(path);
  for (const part of await portable(deno, modules, VERSION, await cLibraryOf(deno.path))) {
    await new Blob([part as Uint8Array<ArrayBuffer>]).stream().pipeTo(file.writable, { preventClose: true });
  }
  await Deno.chmod(path, 0o755);
}

async function describe(path: string, form: BuiltForm, deno: StockDeno): Promise<Made> {
  const bytes = await Deno.readFile(path);
  return { form, deno: deno.version, size: bytes.length, sha256: await sha256(bytes) };
}

/** Runs the file once. Gives back what is wrong with it: a denort of another version makes a broken one. */
async function fault(path: string, form: BuiltForm, deno: StockDeno): Promise<string | undefined> {
  const unpacked = await Deno.makeTempDir({ prefix: "container-hooks-build." });
  try {
    const env = { CONTAINER_HOOKS_PORTABLE_DIR: unpacked, NO_COLOR: "1" };
    const ran = await run(path, ["version", "--json"], { inherit: false, env, limit: CHECK_LIMIT });
    if (ran.late) return `the built file did not say its version within ${CHECK_LIMIT} s`;
    if (!ran.success) return `the built file does not run: ${ran.stderr.trim().split("\n")[0]}`;
    const said: VersionReport = JSON.parse(ran.stdout);
    if (said.form === form && said.deno === deno.version) return undefined;
    return `the built file says that it is ${said.form} with Deno ${said.deno}, not ${form} with ${deno.version}`;
  } catch (error) {
    return `the built file does not tell its version: ${(error as Error).message}`;
  } finally {
    await Deno.remove(unpacked, { recursive: true });
  }
}
