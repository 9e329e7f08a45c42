/**
 * Looking at the fields of config.json that we use, before anybody relies on their types: a bundle's owner may
 * have written anything. null stands for absent, as the runtimes take it.
 */
import { failure } from "../errors.ts";
import { refuseMisspelt } from "./field_names.ts";
import { type Spec, STAGES } from "./oci.ts";

/** One rule: what a value must be; the check adds where it was found. */
interface Rule {
  wanted: string;
  holds(value: unknown): boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";

const OBJECT: Rule = { wanted: "an object", holds: isObject };
const TEXT: Rule = { wanted: "a string", holds: isText };
const TEXTS: Rule = {
  wanted: "an array of strings",
  holds: (value) => Array.isArray(value) && value.every(isText),
};
const OBJECTS: Rule = {
  wanted: "an array of objects",
  holds: (value) => Array.isArray(value) && value.every(isObject),
};
const PAIRS: Rule = {
  wanted: "an object of strings",
  holds: (value) => isObject(value) && Object.values(value).every(isText),
};

/**
 * The specification, with the types that oci.ts gives it.
 *
 * @param what names the file in messages
 * @throws {Failure} config-field, config-spelling
 *
 * @example
 * ```ts
 * import { checkSpec } from "./check_spec.ts";
 * checkSpec({ process: { env: ["A=1"] } }, "config.json in /b").process?.env; // ["A=1"]
 * ```
 */
export function checkSpec(spec: Record<string, unknown>, what: string): Spec {
  refuseMisspelt(spec, what);
  const must = (value: unknown, field: string, rule: Rule) => {
    if (value === undefined || value === null || rule.holds(value)) return;
    throw failure("config-field", { what, field, wanted: rule.wanted });
  };
  for (const field of ["process", "root", "linux", "hooks"]) must(spec[field], field, OBJECT);
  must(spec.annotations, "annotations", PAIRS);
  must(spec.mounts, "mounts", OBJECTS);
  const { process = {}, root = {}, hooks = {}, mounts } = spec as Spec;
  for (const field of ["env", "args"]) must(process?.[field], `process.${field}`, TEXTS);
  must(process?.user, "process.user", OBJECT);
  must(root?.path, "root.path", TEXT);
  for (const [index, mount] of (mounts ?? []).entries()) {
    for (const field of ["destination", "source", "type"]) {
      must(mount[field], `mounts[${index}].${field}`, TEXT);
    }
    must(mount.options, `mounts[${index}].options`, TEXTS);
  }
  for (const stage of STAGES) {
    must(hooks?.[stage], `hooks.${stage}`, OBJECTS);
    for (const [index, hook] of (hooks?.[stage] ?? []).entries()) {
      if (!isText(hook.path)) {
        throw failure("config-field", { what, field: `hooks.${stage}[${index}].path`, wanted: TEXT.wanted });
      }
    }
  }
  return spec as Spec;
}
