/**
 * Where things stand in a JSON text: a tree of places that is read level by level, as far as it is looked at.
 *
 * The text must be valid: `JSON.parse` has accepted it.
 */
import { createScanner, type JSONScanner } from "jsonc-parser";
import type { JsonPath } from "./json_edit.ts";
import { endOfContainer } from "./survey.ts";
import { Token } from "./tokens.ts";

/** Writes a path as a message shows it: process.env, mounts.0.options, and a single dot for the root. */
export function dotted(path: JsonPath): string {
  return path.join(".") || ".";
}

/** A string, a number, true, false or null, from its first character to behind its last. */
export interface ScalarNode {
  readonly kind: "scalar" | "null";
  readonly start: number;
  readonly end: number;
}

/** A member or an element. It starts at its key, or at its value where it has none. */
export interface JsonItem {
  readonly start: number;
  readonly value: JsonNode;
}

export class ObjectNode {
  readonly kind = "object";
  #items: Map<string, JsonItem> | undefined;
  constructor(readonly text: string, readonly start: number, readonly end: number) {}

  /** The members by key, in the order of the text. */
  get items(): ReadonlyMap<string, JsonItem> {
    return this.#items ??= readMembers(this.text, this.start);
  }
}

export class ArrayNode {
  readonly kind = "array";
  #items: JsonItem[] | undefined;
  constructor(readonly text: string, readonly start: number, readonly end: number) {}

  get items(): readonly JsonItem[] {
    return this.#items ??= readElements(this.text, this.start);
  }
}

export type JsonNode = ScalarNode | ObjectNode | ArrayNode;

/** Gets the place of the text's one value. */
export function rootOf(text: string): JsonNode {
  const scanner = createScanner(text, true);
  scanner.scan();
  return readNode(text, scanner);
}

function readMembers(text: string, start: number): Map<string, JsonItem> {
  const members = new Map<string, JsonItem>();
  const scanner = scannerBehind(text, start);
  while (scanner.scan() !== Token.closeBrace) {
    if (scanner.getToken() === Token.comma) continue;
    const [keyStart, key] = [scanner.getTokenOffset(), scanner.getTokenValue()];
    scanner.scan(); // the colon
    scanner.scan();
    members.set(key, { start: keyStart, value: readNode(text, scanner) });
  }
  return members;
}

function readElements(text: string, start: number): JsonItem[] {
  const elements: JsonItem[] = [];
  const scanner = scannerBehind(text, start);
  while (scanner.scan() !== Token.closeBracket) {
    if (scanner.getToken() === Token.comma) continue;
    elements.push({ start: scanner.getTokenOffset(), value: readNode(text, scanner) });
  }
  return elements;
}

function scannerBehind(text: string, bracket: number): JSONScanner {
  const scanner = createScanner(text, true);
  scanner.setPosition(bracket + 1);
  return scanner;
}

/** The node at the scanner's token; leaves the scanner behind it. */
function readNode(text: string, scanner: JSONScanner): JsonNode {
  const token: number = scanner.getToken();
  const start = scanner.getTokenOffset();
  if (token !== Token.openBrace && token !== Token.openBracket) {
    return { kind: token === Token.null ? "null" : "scalar", start, end: scanner.getPosition() };
  }
  const end = endOfContainer(text, start);
  scanner.setPosition(end);
  return token === Token.openBrace ? new ObjectNode(text, start, end) : new ArrayNode(text, start, end);
}
