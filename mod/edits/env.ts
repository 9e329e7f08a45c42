/** The edit `env`: a variable of the container's process. */
import { objectOf } from "../core/fields.ts";
import type { Spec } from "../core/oci.ts";
import type { JsonEdit } from "../text/json/json_edit.ts";
import { plainText, variableName } from "./fields.ts";
import { type EditKind, HIDDEN } from "./kind.ts";

/** Sets a variable of the container's process, replacing one of that name. */
export interface EnvEdit {
  edit: "env";
  name: string;
  value: string;
}

export const env: EditKind<EnvEdit> = {
  tag: "env",
  check(edit, field) {
    objectOf(edit, field, ["edit", "name", "value"]);
    variableName(edit.name, `${field}.name`);
    plainText(edit.value, `${field}.value`);
  },
  claims: ({ name, value }) => [{ what: `the variable ${name}`, value }],
  apply: ({ name, value }, spec) => variableEdit(spec, `${name}=`, value),
  describe: ({ name, value }) => `${name}=${value}`,
  withoutSecrets: (edit) => ({ ...edit, value: HIDDEN }),
};

/** A runtime takes the last of two variables of one name, so that is the one to replace. */
function variableEdit(spec: Spec, prefix: string, value: string): JsonEdit {
  const index = spec.process?.env?.findLastIndex((entry) => entry.startsWith(prefix)) ?? -1;
  return index >= 0
    ? { op: "set", path: ["process", "env", index], value: prefix + value }
    : { op: "append", path: ["process", "env"], items: [prefix + value] };
}
