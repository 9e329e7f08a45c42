/**
 * Answers to calls that wait, as bytes: JSON, where bigints are tagged if there are any, or the bytes of a file as they
 * are. The first byte says which.
 */
import { hasTag, TAG, withKeys, writeTaggedJson } from "../text/json/write_tagged.ts";
import type { HostOutcome } from "./messages.ts";

const JSON_TEXT = 0, TAGGED = 1, BYTES = 2;

export function bytesOfAnswer(answer: HostOutcome): Uint8Array {
  if (answer.value instanceof Uint8Array) return marked(BYTES, answer.value);
  const encoder = new TextEncoder();
  try {
    return marked(JSON_TEXT, encoder.encode(JSON.stringify(answer)));
  } catch (error) {
    // A bigint somewhere in it.
    if (!(error instanceof TypeError)) throw error;
    return marked(TAGGED, encoder.encode(writeTaggedJson(answer)));
  }
}

export function answerOfBytes(bytes: Uint8Array): HostOutcome {
  const content = bytes.subarray(1);
  if (bytes[0] === BYTES) return { value: content.slice() };
  const text = new TextDecoder().decode(content);
  return bytes[0] === TAGGED ? JSON.parse(text, untagged) : JSON.parse(text);
}

function marked(kind: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 1);
  bytes[0] = kind;
  bytes.set(content, 1);
  return bytes;
}

function untagged(_key: string, value: unknown): unknown {
  if (!hasTag(value)) return value;
  const digits = value[TAG];
  return typeof digits === "string" ? BigInt(digits) : withKeys(value, (key) => key.slice(1));
}
