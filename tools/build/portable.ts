/**
 * The portable form: a shell header, then compressed, one after the other, the modules, the C library for hosts that
 * have none, and the stock Deno.
 *
 * Deno comes last, so that `tail | gzip` alone can get it out; everything else is placed by portable_unpack.js,
 * which that Deno then runs.
 */
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { type Door, DOORS } from "../../mod/entry_points.ts";
import { type Bundle, WARM } from "./bundle.ts";
import type { StockDeno } from "./deno.ts";
import type { CLibrary } from "./glibc.ts";

interface Content {
  name: string;
  bytes: Uint8Array;
}

/** What the unpacker is told of a file, as JSON. */
interface Listed {
  name: string;
  size: number;
  sha256: string;
}

/**
 * The whole file, in the parts that it is made of.
 *
 * @param version the program's own version, for the header's first line
 * @param glibc what Deno runs with on hosts that have no glibc of their own
 */
export async function portable(
  deno: StockDeno,
  bundle: Bundle,
  version: string,
  glibc: CLibrary,
): Promise<Uint8Array[]> {
  const denoFile: Content = { name: "deno", bytes: await Deno.readFile(deno.path) };
  const modules = bundle.modules.map((name): Content => ({
    name,
    bytes: Deno.readFileSync(join(bundle.folder, name)),
  }));
  const library = glibc.files.map(({ name, path }): Content => ({ name, bytes: Deno.readFileSync(path) }));
  const listed = await Promise.all([denoFile, ...modules, ...library].map(list));
  const [archive, archivedLibrary] = [modules, library].map((contents) =>
    compress(concatenate(contents.map(({ bytes }) => bytes)))
  ) as [Uint8Array, Uint8Array];
  const compressedDeno = compress(denoFile.bytes);
  const header = makeHeader([archive.length, archivedLibrary.length], {
    VERSION: version,
    DENO: deno.version,
    ...Object.fromEntries(DOORS.map((door) => [door.toUpperCase(), doorIn(bundle, door)])),
    WARM,
    INTERPRETER: glibc.interpreter,
    LOADER: glibc.loader,
    GLIBC_FILES: library.map(({ name, bytes }) => `${name}:${bytes.length}`).join(" "),
    SHA: await sha256(new TextEncoder().encode(JSON.stringify(listed))),
    // What is unpacked, a little of which is slack.
    MEGABYTES: String(Math.ceil(listed.reduce((sum, { size }) => sum + size, 0) / 1e6) + 5),
    UNPACKER: shellQuote(await readBeside("portable_unpack.js")),
    FILES: shellQuote(JSON.stringify(listed)),
  }, await readBeside("portable_header.sh"));
  return [header, archive, archivedLibrary, compressedDeno];
}

/** The module of a door, without its extension; the main one where the program has no such door. */
function doorIn({ modules }: Bundle, door: Door): string {
  return modules.includes(`${door}.js`) ? door : "main";
}

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** The header names the offsets of what follows it, and their digits are part of its length. */
function makeHeader(
  [modules, library]: [number, number],
  values: Record<string, string>,
  template: string,
): Uint8Array {
  let length = 0;
  while (true) {
    const header = new TextEncoder().encode(fill(template, {
      ...values,
      MODULES_START: String(length),
      MODULES_LENGTH: String(modules),
      // tail counts from 1
      GLIBC_START: String(length + modules + 1),
      GLIBC_LENGTH: String(library),
      DENO_START: String(length + modules + library + 1),
    }));
    if (header.length === length) return header;
    length = header.length;
  }
}

function fill(template: string, values: Record<string, string>): string {
  return template.replace(/@([A-Z_]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`portable_header.sh has @${name}@, which nothing fills in`);
    return value;
  });
}

/** Deno's default level: the highest takes twice as long for 0.4 % less. */
function compress(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes);
}

async function list({ name, bytes }: Content): Promise<Listed> {
  return { name, size: bytes.length, sha256: await sha256(bytes as Uint8Array<ArrayBuffer>) };
}

function concatenate(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function readBeside(name: string): Promise<string> {
  return Deno.readTextFile(new URL(name, import.meta.url));
}
