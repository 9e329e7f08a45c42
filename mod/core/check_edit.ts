/**
 * Looking at what a plugin returned: plain data of unknown shape, until every field has been looked at.
 *
 * The rules are the OCI runtime specification's, and two of our own: every hook has an explicit environment
 * without loader variables (CVE-2025-23266), and paths are absolute.
 */
import { failure } from "../errors.ts";
import type { Edit } from "./edits.ts";
import { STAGES } from "./oci.ts";

/** Edits that one plugin may return for one container. */
const EDITS_LIMIT = 1000;
/** Characters that all of a plugin's edits may have as JSON. */
const SIZE_LIMIT = 1024 * 1024;
/** Seconds; a hook that may take longer than a day is a mistake in its unit. */
const TIMEOUT_LIMIT = 86_400;

/** Complains about one field; the caller adds whose edit it is. */
class FieldError extends Error {
  constructor(readonly field: string, readonly why: string) {
    super(`${field} ${why}`);
  }
}

/**
 * The edits, checked.
 *
 * @throws {Failure} plugin-edit, naming the field
 */
export function checkEdits(plugin: string, value: unknown): Edit[] {
  try {
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw new FieldError("edits", "must be an array");
    if (value.length > EDITS_LIMIT) throw new FieldError("edits", `has more than ${EDITS_LIMIT} entries`);
    const edits = value.map((edit, index) => checkEdit(edit, `edits[${index}]`));
    if (JSON.stringify(edits).length > SIZE_LIMIT) throw new FieldError("edits", "is larger than 1 MiB");
    return edits;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw failure("plugin-edit", { plugin, field: error.field, why: error.why });
  }
}

const CHECKS: Record<Edit["edit"], (edit: Record<string, unknown>, at: string) => void> = {
  hook(edit, at) {
    fields(edit, at, ["edit", "stage", "hook"]);
    oneOf(edit.stage, `${at}.stage`, STAGES);
    const hook = object(edit.hook, `${at}.hook`);
    fields(hook, `${at}.hook`, ["path", "args", "env", "timeout"]);
    absolutePath(hook.path, `${at}.hook.path`);
    const args = strings(hook.args, `${at}.hook.args`);
    if (args.length === 0) throw new FieldError(`${at}.hook.args`, "must hold args[0] at least");
    hookEnvironment(strings(hook.env, `${at}.hook.env`), `${at}.hook.env`);
    if (hook.timeout !== undefined) seconds(hook.timeout, `${at}.hook.timeout`);
  },
  mount(edit, at) {
    fields(edit, at, ["edit", "mount"]);
    const mount = object(edit.mount, `${at}.mount`);
    fields(mount, `${at}.mount`, ["destination", "source", "type", "options", "uidMappings", "gidMappings"]);
    absolutePath(mount.destination, `${at}.mount.destination`);
    if (mount.source !== undefined) text(mount.source, `${at}.mount.source`);
    if (mount.type !== undefined) text(mount.type, `${at}.mount.type`);
    if (mount.options !== undefined) strings(mount.options, `${at}.mount.options`);
    for (const key of ["uidMappings", "gidMappings"]) {
      if (mount[key] !== undefined) idMappings(mount[key], `${at}.mount.${key}`);
    }
  },
  env(edit, at) {
    fields(edit, at, ["edit", "name", "value"]);
    const name = text(edit.name, `${at}.name`);
    if (name === "" || name.includes("=")) throw new FieldError(`${at}.name`, "must be a variable's name");
    text(edit.value, `${at}.value`);
  },
  annotation(edit, at) {
    fields(edit, at, ["edit", "key", "value"]);
    if (text(edit.key, `${at}.key`) === "") throw new FieldError(`${at}.key`, "must not be empty");
    text(edit.value, `${at}.value`);
  },
  netDevice(edit, at) {
    fields(edit, at, ["edit", "host", "name"]);
    deviceName(edit.host, `${at}.host`);
    deviceName(edit.name, `${at}.name`);
  },
};

function checkEdit(value: unknown, at: string): Edit {
  const edit = object(value, at);
  const check = typeof edit.edit === "string" && Object.hasOwn(CHECKS, edit.edit)
    ? CHECKS[edit.edit as Edit["edit"]]
    : undefined;
  if (!check) throw new FieldError(`${at}.edit`, `must be one of ${Object.keys(CHECKS).join(", ")}`);
  check(edit, at);
  // A copy of the data alone: a getter or a toJSON of the plugin's could answer differently the second time.
  return structuredClone(edit) as unknown as Edit;
}

function object(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FieldError(at, "must be an object");
  }
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (!("value" in property)) throw new FieldError(`${at}.${key}`, "must be data, not a getter");
  }
  return value as Record<string, unknown>;
}

function fields(value: Record<string, unknown>, at: string, known: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw new FieldError(`${at}.${key}`, `is unknown; known are ${known.join(", ")}`);
    }
  }
}

function text(value: unknown, at: string): string {
  if (typeof value !== "string") throw new FieldError(at, "must be a string");
  // The kernel ends texts there: what follows would be checked and not used.
  if (value.includes("\0")) throw new FieldError(at, "must not contain a NUL character");
  return value;
}

function strings(value: unknown, at: string): string[] {
  if (!Array.isArray(value)) throw new FieldError(at, "must be an array of strings");
  return value.map((item, index) => text(item, `${at}[${index}]`));
}

function idMappings(value: unknown, at: string): void {
  if (!Array.isArray(value)) throw new FieldError(at, "must be an array");
  for (const [index, item] of value.entries()) {
    const mapping = object(item, `${at}[${index}]`);
    fields(mapping, `${at}[${index}]`, ["containerID", "hostID", "size"]);
    for (const key of ["containerID", "hostID", "size"]) {
      const id = mapping[key];
      if (!Number.isInteger(id) || (id as number) < 0 || (id as number) > 0xffffffff) {
        throw new FieldError(`${at}[${index}].${key}`, "must be a whole number of 32 bits");
      }
    }
  }
}

function oneOf(value: unknown, at: string, known: readonly string[]): void {
  if (typeof value !== "string" || !known.includes(value)) {
    throw new FieldError(at, `must be one of ${known.join(", ")}`);
  }
}

function absolutePath(value: unknown, at: string): void {
  if (!text(value, at).startsWith("/")) throw new FieldError(at, "must be an absolute path");
}

/** What the kernel takes for the name of a network device (dev_valid_name). */
function deviceName(value: unknown, at: string): void {
  const name = text(value, at);
  if (!/^[^/:\s]{1,15}$/.test(name) || name === "." || name === "..") {
    throw new FieldError(
      at,
      "must be the name of a network device: 1 to 15 characters without / : and blanks",
    );
  }
}

function seconds(value: unknown, at: string): void {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > TIMEOUT_LIMIT) {
    throw new FieldError(at, `must be a whole number of seconds from 1 to ${TIMEOUT_LIMIT}`);
  }
}

/** Without any entry, runc gives a hook its own environment, and at createContainer the container's. */
function hookEnvironment(env: string[], at: string): void {
  if (env.length === 0) throw new FieldError(at, "must name at least one variable, such as PATH");
  for (const [index, entry] of env.entries()) {
    if (!/^[^=]+=/.test(entry)) throw new FieldError(`${at}[${index}]`, "must be NAME=value");
    if (/^(LD_|GCONV_PATH=|GLIBC_TUNABLES=)/.test(entry)) {
      throw new FieldError(`${at}[${index}]`, "sets a variable of the program loader, which hooks never get");
    }
  }
}
