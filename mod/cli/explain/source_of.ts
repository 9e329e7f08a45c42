/** Writing plain data as TypeScript. */

/** Characters of what stands on one line. */
const WIDTH = 100;

/**
 * Writes a value of JSON and bigint as an expression of TypeScript.
 *
 * @param indent Blanks before the line that it begins on.
 *
 * @example
 * ```ts
 * import { sourceOf } from "./source_of.ts";
 * sourceOf({ limit: 5n, "a-b": [true] }); // '{\n  limit: 5n,\n  "a-b": [true],\n}'
 * ```
 */
export function sourceOf(value: unknown, indent = ""): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((item) => sourceOf(item, inner))
    : Object.entries(value).filter(([, field]) => field !== undefined)
      .map(([key, field]) => `${keyOf(key)}: ${sourceOf(field, inner)}`);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0) return open + close;
  const line = parts.join(", ");
  const isShort = indent.length + line.length < WIDTH && !line.includes("\n");
  if (isShort && (isList || !line.includes("{"))) return isList ? `[${line}]` : `{ ${line} }`;
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join("")}${indent}${close}`;
}

/** One that is `__proto__` would be the prototype of the object. */
function keyOf(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}
