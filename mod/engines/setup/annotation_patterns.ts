/**
 * Which annotations of pods have to reach the runtime for plugins to see them.
 *
 * containerd hands over only those whose keys match its patterns, which are Go's path.Match; `when.annotations` has
 * regular expressions.
 */

/** What runtimes themselves act by: that is for the administrator to hand to pods' owners, not for a plugin. */
const RUNTIMES_OWN = ["run.oci.", "org.systemd.property."];

/**
 * Patterns for the keys of `when.annotations`.
 *
 * An expression that is more than words, dots and `.*` has no pattern and is left out: too wide a pattern would let
 * through what nobody asked for.
 *
 * @example
 * ```ts
 * import { annotationPatterns } from "./annotation_patterns.ts";
 * annotationPatterns(["^org\\.example\\.audit$"]); // ["org.example.audit"]
 * annotationPatterns(["^example\\.com/.*"]); // ["example.com/*"]
 * ```
 */
export function annotationPatterns(keys: Iterable<string>): string[] {
  return [...new Set([...keys].flatMap(patternsOf))];
}

function patternsOf(key: string): string[] {
  const [, body, end] = /^\^?(.*?)(\$?)$/.exec(key)!;
  const words = body!.replace(/\.\*$/, "").replaceAll(/\\([./-])/g, "$1");
  // One that begins with a wildcard, or has one within, would match keys of anybody.
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(words)) return [];
  const isWhole = end === "$" && !body!.endsWith(".*");
  if (RUNTIMES_OWN.some((own) => words.startsWith(own) || (!isWhole && own.startsWith(words)))) return [];
  if (isWhole) return [words];
  // A star does not go past a slash, of which a key has one at most.
  return words.includes("/") ? [`${words}*`] : [`${words}*`, `${words}*/*`];
}
