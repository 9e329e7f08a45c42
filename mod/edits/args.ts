/** The edit `args`: what the container's process is started as. */
import { FieldError, objectOf } from "../core/fields.ts";
import { plainTexts } from "./fields.ts";
import { type EditKind, HIDDEN } from "./kind.ts";

/** Starts the container's process with these arguments in place of its own. */
export interface ArgsEdit {
  edit: "args";
  /** execv's arguments: args[0], the program, is looked up in the container. */
  args: string[];
}

export const args: EditKind<ArgsEdit> = {
  tag: "args",
  check(edit, field) {
    objectOf(edit, field, ["edit", "args"]);
    const [program] = plainTexts(edit.args, `${field}.args`);
    if (!program) throw new FieldError(`${field}.args`, "must begin with a program");
  },
  claims: ({ args }) => [{ what: "the arguments of the process", value: args }],
  apply: ({ args }) => ({ op: "set", path: ["process", "args"], value: args }),
  describe: ({ args }) => JSON.stringify(args),
  withoutSecrets: (edit) => ({ ...edit, args: [edit.args[0]!, ...edit.args.slice(1).map(() => HIDDEN)] }),
};
