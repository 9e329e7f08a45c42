/**
 * Looking at what a plugin returned: plain data of unknown shape, until every field has been looked at.
 *
 * The rules are the OCI runtime specification's, and three of our own: every hook has an explicit environment
 * without loader variables (CVE-2025-23266), paths are absolute, and a mount's destination is written plainly.
 */
import { failure } from "../errors.ts";
import { EditFields } from "./edit_fields.ts";
import type { Edit } from "./edits.ts";
import { FieldError } from "../core/fields.ts";
import { STAGES } from "../core/oci.ts";

/** Edits that one plugin may return for one container. */
const EDITS_LIMIT = 1000;
/** Characters that all texts of a plugin's edits may have. */
const SIZE_LIMIT = 1024 * 1024;

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
    const fields = new EditFields(SIZE_LIMIT);
    return fields.array(value, "edits").map((edit, index) => checkEdit(fields, edit, `edits[${index}]`));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw failure("plugin-edit", { plugin, field: error.field, why: error.why });
  }
}

/** Looks at all fields of one kind of edit. */
type Check = (fields: EditFields, edit: Record<string, unknown>, at: string) => void;

const CHECKS: Record<Edit["edit"], Check> = {
  hook(fields, edit, at) {
    fields.object(edit, at, ["edit", "stage", "hook"]);
    fields.oneOf(edit.stage, `${at}.stage`, STAGES);
    const hook = fields.object(edit.hook, `${at}.hook`, ["path", "args", "env", "timeout"]);
    fields.absolutePath(hook.path, `${at}.hook.path`);
    const args = fields.strings(hook.args, `${at}.hook.args`);
    if (args.length === 0) throw new FieldError(`${at}.hook.args`, "must hold args[0] at least");
    hookEnvironment(fields.strings(hook.env, `${at}.hook.env`), `${at}.hook.env`);
    if (hook.timeout !== undefined) fields.seconds(hook.timeout, `${at}.hook.timeout`);
  },
  mount(fields, edit, at) {
    fields.object(edit, at, ["edit", "mount"]);
    const known = ["destination", "source", "type", "options", "uidMappings", "gidMappings"];
    const mount = fields.object(edit.mount, `${at}.mount`, known);
    plainPath(fields.absolutePath(mount.destination, `${at}.mount.destination`), `${at}.mount.destination`);
    if (mount.source !== undefined) fields.text(mount.source, `${at}.mount.source`);
    if (mount.type !== undefined) fields.text(mount.type, `${at}.mount.type`);
    if (mount.options !== undefined) fields.strings(mount.options, `${at}.mount.options`);
    for (const key of ["uidMappings", "gidMappings"]) {
      if (mount[key] !== undefined) fields.idMappings(mount[key], `${at}.mount.${key}`);
    }
  },
  env(fields, edit, at) {
    fields.object(edit, at, ["edit", "name", "value"]);
    const name = fields.text(edit.name, `${at}.name`);
    if (name === "" || name.includes("=")) throw new FieldError(`${at}.name`, "must be a variable's name");
    fields.text(edit.value, `${at}.value`);
  },
  annotation(fields, edit, at) {
    fields.object(edit, at, ["edit", "key", "value"]);
    if (fields.text(edit.key, `${at}.key`) === "") throw new FieldError(`${at}.key`, "must not be empty");
    fields.text(edit.value, `${at}.value`);
  },
  netDevice(fields, edit, at) {
    fields.object(edit, at, ["edit", "host", "name"]);
    fields.deviceName(edit.host, `${at}.host`);
    fields.deviceName(edit.name, `${at}.name`);
  },
};

function checkEdit(fields: EditFields, value: unknown, at: string): Edit {
  const edit = fields.object(value, at);
  const check = typeof edit.edit === "string" && Object.hasOwn(CHECKS, edit.edit)
    ? CHECKS[edit.edit as Edit["edit"]]
    : undefined;
  if (!check) throw new FieldError(`${at}.edit`, `must be one of ${Object.keys(CHECKS).join(", ")}`);
  check(fields, edit, at);
  // A copy of the data alone: the plugin may change its own afterwards, and a toJSON would be asked later.
  return structuredClone(edit) as unknown as Edit;
}

/** Two plugins that want the same place must be seen to, and none must be written so that it looks like another. */
function plainPath(path: string, at: string): void {
  if (path.split("/").some((part) => part === "." || part === "..")) {
    throw new FieldError(at, "must not have . or .. in it");
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
