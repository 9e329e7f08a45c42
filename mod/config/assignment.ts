/** Keys and values of the configuration as people write them on a command line. */
import { parse } from "smol-toml";
import { failure } from "../errors.ts";
import type { KeyPath } from "./where_set.ts";
import { isTable } from "./rules.ts";

/** A key, and the value that it is to have. */
export interface Assignment {
  key: KeyPath;
  value: unknown;
}

/**
 * Parses a dotted key in TOML's own spelling.
 *
 * @throws {Failure} usage
 *
 * @example
 * ```ts
 * import { parseKey } from "./assignment.ts";
 * parseKey('plugins.audit.when.annotations."^org[.]x$"').length; // 5
 * ```
 */
export function parseKey(text: string): KeyPath {
  const key = readKey(text);
  if (key) return key;
  throw failure("usage", {
    why: `${JSON.stringify(text)} is not a key such as container-hooks-runtime.log-level`,
  });
}

/**
 * Parses `KEY=VALUE`. The value is TOML or, where it is not, a text that needs no quotation marks.
 *
 * @throws {Failure} usage
 *
 * @example
 * ```ts
 * import { parseAssignment } from "./assignment.ts";
 * parseAssignment("container-hooks-runtime.log-level=debug").value; // "debug"
 * parseAssignment('container-hooks-runtime.runtimes=["crun"]').value; // ["crun"]
 * ```
 */
export function parseAssignment(text: string): Assignment {
  // A quoted key may hold the sign as well: the first one that ends a key counts.
  for (let at = text.indexOf("="); at >= 0; at = text.indexOf("=", at + 1)) {
    const key = readKey(text.slice(0, at));
    if (key) return { key, value: readValue(text.slice(at + 1)) };
  }
  throw failure("usage", {
    why: `${JSON.stringify(text)} is not KEY=VALUE, such as container-hooks-runtime.log-level=debug`,
  });
}

function readKey(text: string): KeyPath | undefined {
  // What ends the line or the key would smuggle a line of its own in.
  if (/[\r\n#=]/.test(text.replace(/"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'/g, ""))) return undefined;
  const path: string[] = [];
  for (let inner = readToml(`${text} = 0`); isTable(inner);) {
    const [[name, value]] = Object.entries(inner) as [[string, unknown]];
    path.push(name);
    inner = value;
  }
  return path.length > 0 ? path : undefined;
}

function readValue(text: string): unknown {
  const table = readToml(`value = ${text}`);
  return isTable(table) && Object.keys(table).length === 1 ? table.value : text;
}

function readToml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
