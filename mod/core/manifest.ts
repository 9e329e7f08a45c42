/**
 * A plugin's manifest: all that is known about it without running its code for a container.
 *
 * It is plain JSON, taken out of the plugin's file once per content, so that the create path can decide whom
 * to ask without importing anybody.
 */
import { Failure, failure, quote } from "../errors.ts";
import {
  anyObject,
  arrayOf,
  at,
  booleanOf,
  FieldError,
  integerOf,
  objectOf,
  oneOf,
  textOf,
} from "./fields.ts";
import { PLUGIN_API } from "./version.ts";
import { linearPattern } from "./pattern.ts";
import { checkWhen, type When } from "./when.ts";

/** One option that the administrator sets under `[plugins.NAME]` in config.toml. */
export type OptionDescriptor =
  | { type: "string"; default?: string; brief: string; pattern?: string; choices?: string[] }
  | { type: "integer"; default?: number; brief: string; minimum?: number; maximum?: number }
  | { type: "boolean"; default?: boolean; brief: string }
  | { type: "strings"; default?: string[]; brief: string };

/** What `host` may do for the plugin; anything else is refused by the core. */
export interface Needs {
  /** Files and folders that are read; `{ option: NAME }` stands for that option's value. */
  read?: (string | { option: string })[];
  /** Programs that are run. */
  run?: (string | { option: string })[];
}

/** Pure data about a plugin: everything but its functions. */
export interface Manifest<O extends Record<string, OptionDescriptor> = Record<string, OptionDescriptor>> {
  /** Version of this interface; 1. */
  api: 1;
  /** Lower case letters, digits and dashes; the folder's or file's name. */
  name: string;
  /** Semantic version. */
  version: string;
  /** One line. */
  brief: string;
  options?: O;
  when?: When;
  needs?: Needs;
  /** True: only denies; runs before any other plugin's code is loaded. */
  gate?: boolean;
}

/** What a plugin may be called. */
export const PLUGIN_NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** What {@linkcode PLUGIN_NAME} asks for, in words. */
export const PLUGIN_NAME_WORDS = "1 to 63 lower case letters, digits and dashes, a letter first";

/** The grammar of semver.org, numbers without leading zeros. */
const SEMVER = new RegExp(
  "^(0|[1-9][0-9]*)[.](0|[1-9][0-9]*)[.](0|[1-9][0-9]*)" +
    "(-(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)([.](0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?" +
    "([+][0-9a-zA-Z-]+([.][0-9a-zA-Z-]+)*)?$",
);

/** Characters of a version or a brief; both end up in lists and messages. */
const TEXT_LIMIT = 200;

const FIELDS = ["api", "name", "version", "brief", "options", "when", "needs", "gate"];

/**
 * Checks a manifest.
 *
 * @param value What a plugin's author wrote, after JSON.
 * @param where The plugin's file.
 * @throws {Failure} manifest, naming the field; when, naming the condition
 */
export function checkManifest(value: unknown, where: string): Manifest {
  try {
    const manifest = anyObject(value, "manifest");
    // First: a plugin for a later interface may well have fields that this program does not know.
    checkApi(manifest.api);
    objectOf(manifest, "", FIELDS);
    checkName(manifest.name);
    checkVersion(manifest.version);
    checkLine(manifest.brief, "brief");
    if (manifest.options !== undefined) checkDescriptors(manifest.options);
    if (manifest.when !== undefined) checkWhen(manifest.when, where);
    if (manifest.needs !== undefined) checkNeeds(manifest.needs, manifest.options ?? {});
    if (manifest.gate !== undefined) booleanOf(manifest.gate, "gate");
    return manifest as unknown as Manifest;
  } catch (error) {
    if (error instanceof Failure || !(error instanceof FieldError)) throw error;
    throw failure("manifest", { file: where, field: error.field, why: error.why });
  }
}

/**
 * Why a value is not one that the option takes: "must be one of a, b"; undefined where it is.
 *
 * @example
 * ```ts
 * import { optionProblem } from "./manifest.ts";
 * optionProblem({ type: "integer", minimum: 1, brief: "seconds" }, 0); // "must be at least 1"
 * ```
 */
export function optionProblem(descriptor: OptionDescriptor, value: unknown): string | undefined {
  try {
    checkOptionValue(descriptor, value, "");
    return undefined;
  } catch (error) {
    if (error instanceof FieldError) return error.why;
    throw error;
  }
}

function checkApi(api: unknown): void {
  if (api === PLUGIN_API) return;
  const wanted = `must be ${PLUGIN_API}, the version of the plugin interface that this program has`;
  const later = typeof api === "number" && api > PLUGIN_API;
  throw new FieldError(
    "api",
    later ? `is ${api} and ${wanted}; a newer container-hooks may have it` : wanted,
  );
}

function checkName(value: unknown): void {
  const name = textOf(value, "name");
  if (!PLUGIN_NAME.test(name)) {
    throw new FieldError("name", `is ${quote(name)}; it takes ${PLUGIN_NAME_WORDS}`);
  }
}

function checkVersion(value: unknown): void {
  const version = checkLine(value, "version");
  if (!SEMVER.test(version)) {
    throw new FieldError("version", `is ${quote(version)}, not a semantic version such as 1.0.0`);
  }
}

function checkLine(value: unknown, field: string): string {
  const line = textOf(value, field);
  if (line.trim() === "") throw new FieldError(field, "is empty");
  if (line.length > TEXT_LIMIT) throw new FieldError(field, `has more than ${TEXT_LIMIT} characters`);
  // deno-lint-ignore no-control-regex -- finding them is the purpose
  if (/[\u0000-\u001f\u007f-\u009f]/.test(line)) {
    throw new FieldError(field, "must be one line of plain text");
  }
  return line;
}

/** The fields of each type of option, beside type, default and brief. */
const DESCRIPTOR_FIELDS: Record<OptionDescriptor["type"], string[]> = {
  string: ["pattern", "choices"],
  integer: ["minimum", "maximum"],
  boolean: [],
  strings: [],
};

function checkDescriptors(value: unknown): void {
  for (const [name, descriptor] of Object.entries(anyObject(value, "options"))) {
    const field = at("options", name);
    if (!/^[a-z][a-zA-Z0-9_-]{0,62}$/.test(name)) {
      throw new FieldError(
        field,
        "must begin with a lower case letter and go on with letters, digits, - and _",
      );
    }
    checkDescriptor(descriptor, field);
  }
}

function checkDescriptor(value: unknown, field: string): void {
  const type = oneOf(
    anyObject(value, field).type,
    at(field, "type"),
    Object.keys(DESCRIPTOR_FIELDS) as OptionDescriptor["type"][],
  );
  const descriptor = objectOf(value, field, ["type", "default", "brief", ...DESCRIPTOR_FIELDS[type]]);
  checkLine(descriptor.brief, at(field, "brief"));
  if (descriptor.pattern !== undefined) checkPattern(descriptor.pattern, at(field, "pattern"));
  if (descriptor.choices !== undefined) texts(descriptor.choices, at(field, "choices"));
  for (const bound of ["minimum", "maximum"]) {
    if (descriptor[bound] !== undefined) integerOf(descriptor[bound], at(field, bound));
  }
  if (descriptor.default !== undefined) {
    checkOptionValue(descriptor as OptionDescriptor, descriptor.default, at(field, "default"));
  }
}

function checkPattern(value: unknown, field: string): void {
  try {
    linearPattern(textOf(value, field));
  } catch (error) {
    throw error instanceof SyntaxError ? new FieldError(field, error.message) : error;
  }
}

function checkOptionValue(descriptor: OptionDescriptor, value: unknown, field: string): void {
  if (descriptor.type === "boolean") booleanOf(value, field);
  else if (descriptor.type === "strings") texts(value, field);
  else if (descriptor.type === "string") checkStringOption(descriptor, textOf(value, field), field);
  else checkIntegerOption(descriptor, integerOf(value, field), field);
}

function checkStringOption(
  { choices, pattern }: OptionDescriptor & { type: "string" },
  value: string,
  field: string,
): void {
  if (choices) oneOf(value, field, choices);
  if (pattern !== undefined && !linearPattern(pattern).test(value)) {
    throw new FieldError(field, `must match "${pattern}"`);
  }
}

function checkIntegerOption(
  { minimum, maximum }: OptionDescriptor & { type: "integer" },
  value: number,
  field: string,
): void {
  if (minimum !== undefined && value < minimum) throw new FieldError(field, `must be at least ${minimum}`);
  if (maximum !== undefined && value > maximum) throw new FieldError(field, `must be at most ${maximum}`);
}

function texts(value: unknown, field: string): string[] {
  return arrayOf(value, field).map((item, index) => textOf(item, at(field, index)));
}

function checkNeeds(value: unknown, options: object): void {
  const needs = objectOf(value, "needs", ["read", "run"]);
  for (const [kind, list] of Object.entries(needs)) {
    arrayOf(list, at("needs", kind)).forEach((need, index) => {
      checkNeed(need, at(at("needs", kind), index), options as Record<string, OptionDescriptor>);
    });
  }
}

function checkNeed(need: unknown, field: string, options: Record<string, OptionDescriptor>): void {
  if (typeof need === "string") {
    if (!need.startsWith("/")) throw new FieldError(field, `is ${quote(need)}, not an absolute path`);
    return;
  }
  const name = textOf(objectOf(need, field, ["option"]).option, at(field, "option"));
  const descriptor = Object.hasOwn(options, name) ? options[name] : undefined;
  if (descriptor?.type !== "string" && descriptor?.type !== "strings") {
    throw new FieldError(
      at(field, "option"),
      `names ${quote(name)}, which is no option of type string or strings`,
    );
  }
}
