/**
 * Makes packages of the one file for Debian's and Red Hat's families, with their checksums and a list of what they
 * contain.
 *
 *     deno task package [--program FILE] [--output DIR] [--sign KEY]
 *
 * @module
 */
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { VersionReport } from "../mod/cli/version/version.ts";
import { BuildFailure } from "./build/failure.ts";
import { run } from "./build/run.ts";
import { shown } from "./build/shown.ts";
import { ensureBuilt } from "./ensure_built.ts";
import { makePackage, PACKAGERS } from "./package/nfpm.ts";
import { bundledInto, spdx } from "./package/sbom.ts";
import { sign, writeSums } from "./package/sums.ts";

const USAGE = "deno task package [--program FILE] [--output DIR] [--sign KEY]";
const PROJECT = resolve(import.meta.dirname ?? ".", "..");
/** Go's names of machines, by Rust's. */
const ARCHES: Record<string, string> = { x86_64: "amd64", aarch64: "arm64" };

interface Request {
  program?: string;
  output: string;
  key?: string;
}

function parseRequest(args: string[]): Request {
  const { values } = parseArgs({
    args,
    options: {
      program: { type: "string" },
      output: { type: "string", default: join(PROJECT, "dist") },
      sign: { type: "string" },
    },
  });
  return {
    program: values.program === undefined ? undefined : resolve(values.program),
    output: resolve(values.output),
    key: values.sign === undefined ? undefined : resolve(values.sign),
  };
}

/** Makes everything, and gets the files in the order in which they are shown. */
async function makeAll({ program = join(PROJECT, "dist/container-hooks"), output, key }: Request) {
  const about = await ask(program);
  const arch = ARCHES[about.target.split("-")[0]!];
  if (arch === undefined) throw new BuildFailure(`there are no packages for ${about.target}`);
  await Deno.mkdir(output, { recursive: true });
  const time = await timeOfCommit();
  const entries = ["main.ts", "isolate.ts"].map((name) => join(PROJECT, name));
  const list = join(output, "container-hooks.spdx.json");
  await Deno.writeTextFile(
    list,
    spdx({
      version: about.version,
      file: { name: basename(program), sha256: about.sha256!, deno: about.deno },
      bundled: await bundledInto(PROJECT, entries),
      time,
    }),
  );
  // What there is to read is laid out by `install`; a file of a package that is removed by others is complained of.
  const documents = { copyright: join(PROJECT, "LICENSE"), [basename(list)]: list };
  const source = { version: about.version, arch, program, documents, time, key };
  const packages: string[] = [];
  for (const packager of PACKAGERS) packages.push(await makePackage(packager, source, output));
  const sums = await writeSums(output, [...packages, list]);
  return [...packages, list, sums, ...(key === undefined ? [] : [await sign(sums, key)])];
}

async function ask(program: string): Promise<VersionReport> {
  const ran = await run(program, ["version", "--json"], { limit: 120 }).catch((error: Error) => error);
  if (ran instanceof Error || !ran.success) {
    const why = ran instanceof Error ? ran.message : ran.stderr.trim();
    throw new BuildFailure(`${program} does not tell its version: ${why}`);
  }
  return JSON.parse(ran.stdout);
}

/** Seconds since 1970 of what is packaged; SOURCE_DATE_EPOCH where it is set, as other tools have it. */
async function timeOfCommit(): Promise<number> {
  const given = Deno.env.get("SOURCE_DATE_EPOCH");
  if (given !== undefined) return Number(given);
  const ran = await run("git", ["log", "-1", "--format=%ct"], { cwd: PROJECT, limit: 20 })
    .catch(() => undefined);
  return ran?.success ? Number(ran.stdout) : 0;
}

async function main(args: string[]): Promise<number> {
  let request: Request;
  try {
    request = parseRequest(args);
  } catch (error) {
    console.error(`package: ${(error as Error).message}; use ${USAGE}`);
    return 2;
  }
  try {
    if (request.program === undefined) await ensureBuilt();
    for (const file of await makeAll(request)) console.log(shown(file));
    if (request.key === undefined) console.log("Nothing is signed; --sign KEY signs packages and checksums.");
    return 0;
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error;
    console.error(`package: ${error.message}`);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
