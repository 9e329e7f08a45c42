/**
 * Looking at config.json before anybody relies on it: a bundle's owner may have written anything, and runtimes
 * differ in what they make of it.
 *
 * crun passes over a field of a wrong type (a uid of "1000" runs as root) and cuts keys and texts at U+0000; half
 * a surrogate pair becomes one character in one runtime and an error in another. null stands for absent, as the
 * runtimes take it.
 */
import { failure } from "../errors.ts";
import { refuseMisspelt } from "./field_names.ts";
import { at } from "./fields.ts";
import { type Spec, STAGES } from "./oci.ts";
import type { CompleteLinux, Linux } from "./oci_linux.ts";
import type { CompleteProcess, Process } from "./oci_process.ts";
import { shownAs } from "./shapes.ts";
import { LINUX, PROCESS, SPEC } from "./spec_shape.ts";

/**
 * Checks that a config.json has the types that the specification gives its fields.
 *
 * @param what names the file in messages
 * @throws {Failure} config-field, config-spelling, config-text
 *
 * @example
 * ```ts
 * import { checkSpec } from "./check_spec.ts";
 * checkSpec({ process: { env: ["A=1"] } }, "config.json in /b").process?.env; // ["A=1"]
 * ```
 */
export function checkSpec(spec: Record<string, unknown>, what: string): Spec {
  refuseUnfitTexts(spec, what);
  refuseMisspelt(spec, what);
  const fault = SPEC.fault(spec);
  if (fault) throw failure("config-field", { what, field: fieldOf(fault.path), wanted: fault.wanted });
  const checked = spec as Spec;
  for (const stage of STAGES) {
    for (const [index, { path }] of (checked.hooks?.[stage] ?? []).entries()) {
      if (typeof path === "string") continue;
      throw failure("config-field", { what, field: `hooks.${stage}[${index}].path`, wanted: "a string" });
    }
  }
  return checked;
}

/**
 * What runtimes make of it: fields that are null are not there, and those that are absent have the values that
 * runtimes take for them, so that a gate which asks for uid 0 is not told that there is no user.
 */
export function asRuntimesTake(spec: Spec): Spec {
  return shownAs(SPEC, spec) as Spec;
}

/** Completes a process alone, which may be absent, though runtimes refuse that. */
export function completeProcess(process: Process = {}): CompleteProcess {
  return shownAs(PROCESS, process) as CompleteProcess;
}

/** Completes what stands in `linux`. */
export function completeLinux(linux: Linux = {}): CompleteLinux {
  return shownAs(LINUX, linux) as CompleteLinux;
}

function fieldOf(path: readonly (string | number)[]): string {
  return path.reduce<string>((parent, step) => at(parent, step), "");
}

/** Refuses keys and texts that runtimes read differently, also in what the specification does not know. */
function refuseUnfitTexts(spec: Record<string, unknown>, what: string): void {
  const path = unfitIn(spec);
  if (!path) return;
  const [text, ...way] = path;
  const why = String(text).includes("\0")
    ? "U+0000, at which some runtimes cut it"
    : "half a surrogate pair, which is no character";
  throw failure("config-text", { what, field: fieldOf(way), why });
}

/** The key or text that cannot be, and then the way to it; undefined where there is none. */
function unfitIn(value: unknown): (string | number)[] | undefined {
  if (typeof value === "string") return isFit(value) ? undefined : [value];
  if (typeof value !== "object" || value === null) return undefined;
  const steps: Iterable<[string | number, unknown]> = Array.isArray(value)
    ? value.entries()
    : Object.entries(value);
  for (const [step, inner] of steps) {
    if (typeof step === "string" && !isFit(step)) return [step, step];
    const found = unfitIn(inner);
    if (found) return [found[0]!, step, ...found.slice(1)];
  }
}

function isFit(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
