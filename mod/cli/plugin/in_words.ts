/** What a plugin's manifest says, in words for people. */
import type { Manifest, When } from "../../api/plugin.ts";
import type { HandlerStage } from "../../core/oci.ts";

/** Which containers it is asked about. */
export function whenInWords(when: When | undefined): string {
  if (when === undefined) return "every workload";
  const words = Object.entries(when).map(([name, condition]) => conditionInWords(name, condition));
  return words.length === 0 ? "no container" : words.join(", ");
}

function conditionInWords(name: string, condition: unknown): string {
  if (name === "always") return condition ? "always" : "never";
  if (name === "hasBindMounts") return condition ? "with bind mounts" : "never";
  if (Array.isArray(condition)) return `${name} ${condition.map(patternInWords).join(" or ")}`;
  return Object.entries(condition as Record<string, string>)
    .map(([key, value]) => `${SINGULAR[name] ?? name} ${patternInWords(key)}${valueInWords(value)}`).join(
      ", ",
    );
}

const SINGULAR: Record<string, string> = { annotations: "annotation", labels: "label", env: "variable" };

/** `^team$` is a name, and anything else a pattern. */
function patternInWords(pattern: string): string {
  const whole = /^\^((?:[\w/:-]|\\\.|\[\.\])+)\$$/.exec(pattern)?.[1];
  if (whole !== undefined) return whole.replace(/\\\.|\[\.\]/g, ".");
  return /^[\w-]+$/.test(pattern) ? pattern : `~ ${pattern}`;
}

function valueInWords(pattern: string): string {
  if (pattern === "" || pattern === "." || pattern === ".*") return "";
  const words = patternInWords(pattern);
  return words.startsWith("~") ? ` ${words}` : ` = ${words}`;
}

/** What it may do to the host. */
export function needsInWords({ needs = {}, gate }: Manifest, handlers: readonly HandlerStage[] = []): string {
  const list = (paths: readonly (string | { option: string })[]) =>
    paths.map((path) => typeof path === "string" ? path : `the option ${path.option}`).join(", ");
  const parts = [
    ...needs.read?.length ? [`reads ${list(needs.read)}`] : [],
    ...needs.run?.length ? [`runs ${list(needs.run)}`] : [],
    ...handlers.length > 0 ? [`handlers at ${handlers.join(", ")}`] : [],
    ...gate ? ["only denies"] : [],
  ];
  return parts.length === 0 ? "nothing of the host" : parts.join("; ");
}

/** The defaults of a plugin's options. */
export function optionsOf({ options = {} }: Manifest): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, { default: value }]) => [name, value]));
}
