/** Parses the bytes of one configuration file into what it sets. */
import { parse, TomlError } from "smol-toml";
import { type Failure, failure } from "../errors.ts";
import { lineOf } from "./where_set.ts";
import type { Table } from "./rules.ts";
import { CONFIG_FILE } from "./schema.ts";

/**
 * Parses and checks one configuration file.
 *
 * @param file Its path, for messages.
 * @throws {Failure} config-syntax, config-unknown-key, config-value, when
 */
export async function parseConfigFile(file: string, bytes: Uint8Array): Promise<Table> {
  const text = decodeToml(file, bytes);
  const tree = parseToml(file, text);
  const problem = CONFIG_FILE(tree, []);
  if (problem) throw problem.tell({ file, line: await lineOf(text, problem.key) });
  return tree;
}

/**
 * Gets the text of a TOML file, without the byte order mark that some editors put in front.
 *
 * @throws {Failure} config-syntax where it is not UTF-8
 */
export function decodeToml(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notUtf8(file, bytes);
  }
}

/** The place is where the text, with substitutes for what is no UTF-8, first differs from the bytes. */
function notUtf8(file: string, bytes: Uint8Array): Failure {
  const substituted = new TextEncoder().encode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  const at = bytes.findIndex((byte, index) => byte !== substituted[index]);
  const before = new TextDecoder().decode(bytes.subarray(0, at < 0 ? bytes.length : at)).split("\n");
  const column = before.at(-1)!.length + 1;
  return failure("config-syntax", { file, line: before.length, column, why: "it is not UTF-8" });
}

function parseToml(file: string, text: string): Table {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // "Invalid TOML document: invalid value", then the code around it on lines of its own.
    const why = error.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    throw failure("config-syntax", { file, line: error.line, column: error.column, why });
  }
}
