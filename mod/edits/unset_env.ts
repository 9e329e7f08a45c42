/** The edit `unsetEnv`: a variable that the container's process does not get. */
import { objectOf } from "../core/fields.ts";
import { variableName } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** Takes a variable from the container's process; where there is none of that name, nothing changes. */
export interface UnsetEnvEdit {
  edit: "unsetEnv";
  name: string;
}

export const unsetEnv: EditKind<UnsetEnvEdit> = {
  tag: "unsetEnv",
  check(edit, field) {
    objectOf(edit, field, ["edit", "name"]);
    variableName(edit.name, `${field}.name`);
  },
  // As setEnv names it, whose values are texts.
  claims: ({ name }) => [{ what: `the variable ${name}`, value: null }],
  // All of that name: a runtime would take the last that is left.
  apply: ({ name }, spec) =>
    (spec.process?.env ?? []).flatMap((entry, index) =>
      entry === name || entry.startsWith(`${name}=`)
        ? [{ op: "remove" as const, path: ["process", "env", index] }]
        : []
    ),
  describe: ({ name }) => name,
};
