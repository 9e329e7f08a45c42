/**
 * A folder in which a plugin has values by name: one file for each, replaced as a whole, readable by root alone.
 *
 *     FOLDER/NAME/VALUE.json
 */
import { FieldError } from "../core/fields.ts";
import { folderOf } from "../core/path.ts";
import { type Json, takeApart } from "../core/plain_data.ts";
import { asFailure, type Failure, failure, quote } from "../errors.ts";
import { readTaggedJson } from "../text/json/read_tagged.ts";
import { writeTaggedJson } from "../text/json/write_tagged.ts";
import { discard, readTrusted, replaceFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { makePrivateFolder } from "../host/our_folders.ts";
import { refuseNewer } from "./format.ts";

/** Bytes that one value may have as JSON. */
export const VALUE_LIMIT = 1024 * 1024;
/** Milliseconds after which a file that was about to be renamed is one that a kill left behind. */
const ABANDONED = 60_000;
const ENDING = ".json";

/** Where the values of one plugin lie, and in which words that is told. */
export interface ValueFolder {
  plugin: string;
  /** Absolute. */
  path: string;
  /** The call that writes there, for messages: "keep". */
  call: string;
  /** Continues "value that plugin x": "keeps". */
  verb: string;
  /** What a name may be, of up to 100 characters. */
  name: "a word" | "a name";
  /** Values, and bytes of all of them. */
  most: { values: number; bytes: number };
  /** Flushed to the disk before it is told that it is written. */
  durable: boolean;
}

/** What names are made of, and how that is said. No name is a path, or begins with a dot. */
const NAMES = {
  "a word": { pattern: /^[\w-]{1,100}$/, told: "letters, digits, - and _" },
  "a name": {
    pattern: /^[A-Za-z0-9_][\w.:@+-]{0,99}$/,
    told: "letters, digits, - _ . : @ and +, a letter, a digit or _ first",
  },
};

/** What all plugins have in such folders is in one format. @throws {Failure} newer-format */
function refuseOtherFormat(host: Host, { path, plugin, verb }: ValueFolder): void {
  refuseNewer(host, folderOf(path), `what plugin ${quote(plugin)} ${verb}`);
}

/** Gets the file of a value. */
export function valuePath({ path }: ValueFolder, name: string): string {
  return `${path}/${name}${ENDING}`;
}

/** Lists the names of all values there are. @throws {Failure} newer-format */
export function valueNames(host: Host, folder: ValueFolder): string[] {
  const { path } = folder;
  refuseOtherFormat(host, folder);
  if (!host.lstat(path)) return [];
  return host.readFolder(path).map(({ name }) => name).filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length)).sort();
}

/**
 * Reads a value; undefined where there is none of that name.
 *
 * @throws {Failure} kept-damaged, untrusted, and the file-* of reading
 */
export function readValue(host: Host, folder: ValueFolder, name: string): Json | undefined {
  const path = valuePath(folder, name);
  refuseOtherFormat(host, folder);
  if (!host.lstat(path)) return undefined;
  const what = `value that plugin ${folder.plugin} ${folder.verb}`;
  const { bytes } = readTrusted(host, path, what, VALUE_LIMIT);
  try {
    return readTaggedJson(new TextDecoder().decode(bytes), "it") as Json;
  } catch (error) {
    const why = asFailure(error).what;
    throw failure("kept-damaged", { plugin: folder.plugin, path, why }, { cause: error });
  }
}

/** Takes a name for a value. @throws {Failure} plugin where it is none */
export function checkName(folder: ValueFolder, name: unknown): string {
  const { pattern, told } = NAMES[folder.name];
  if (typeof name === "string" && pattern.test(name)) return name;
  const shown = typeof name === "string" ? quote(name) : `something of type ${typeof name}`;
  throw wrongValue(folder, `${shown} is no name for a value`, `use up to 100 ${told}`);
}

/**
 * Writes a value, replacing the one of that name as a whole; undefined removes it.
 *
 * @param name Of a plugin, as `value` is: both may be anything.
 * @param full Called where the folder would hold more than it may, with what lies there beside this value; whatever it
 * returns goes on.
 * @throws {Failure} plugin where the name is none, or the value no data or too large; file-unwritable
 */
export function writeValue(
  host: Host,
  folder: ValueFolder,
  name: string,
  value: Json | undefined,
  full: (why: string, others: string[]) => void,
): void {
  const path = valuePath(folder, checkName(folder, name));
  refuseOtherFormat(host, folder);
  if (value === undefined) {
    host.remove(path);
    return;
  }
  const bytes = new TextEncoder().encode(`${textOf(folder, name, value)}\n`);
  makePrivateFolder(host, folder.path);
  removeAbandoned(host, folder);
  refuseTooMuch(host, folder, name, bytes.length, full);
  replaceFile(host, path, `value that plugin ${folder.plugin} ${folder.verb}`, bytes, {
    temporary: `${folder.path}/${name}.${host.randomToken()}`,
    mode: 0o600,
    durable: folder.durable,
  });
}

function removeAbandoned(host: Host, { path }: ValueFolder): void {
  for (const { name } of host.readFolder(path)) {
    if (!/\.[0-9a-f]{32}$/.test(name)) continue;
    const status = host.lstat(`${path}/${name}`);
    if (status && host.now() - status.changed > ABANDONED) discard(host, `${path}/${name}`);
  }
}

function refuseTooMuch(
  host: Host,
  folder: ValueFolder,
  name: string,
  size: number,
  full: (why: string, others: string[]) => void,
): void {
  const { values, bytes } = folder.most;
  const others = valueNames(host, folder).filter((other) => other !== name);
  if (others.length >= values) {
    return full(`it ${folder.verb} ${others.length} values, and ${values} is the limit`, others);
  }
  // Where that many could not be too much, none is looked at.
  if (size + others.length * VALUE_LIMIT <= bytes) return;
  const sizes = others.map((other) => host.lstat(valuePath(folder, other))?.size ?? 0);
  if (sizes.reduce((sum, more) => sum + more, size) <= bytes) return;
  full(`it ${folder.verb} more than ${bytes / VALUE_LIMIT} MiB`, others);
}

/** What is too large to be read back is not written. */
function textOf(folder: ValueFolder, name: string, value: Json): string {
  try {
    const text = writeTaggedJson(takeApart(value, name, VALUE_LIMIT));
    // In UTF-8 a character takes up to three bytes.
    if (new TextEncoder().encode(text).length < VALUE_LIMIT) return text;
    throw new FieldError(name, "is larger than 1 MiB as JSON");
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw wrongValue(folder, error.message, `${folder.call} plain data, and less of it`);
  }
}

export function wrongValue({ plugin, call }: ValueFolder, why: string, remedy: string): Failure {
  return failure("plugin", { plugin, stage: call, why, remedy });
}
