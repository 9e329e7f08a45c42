/** The edit `hook`: a program that the runtime calls at a stage. */
import { at, FieldError, objectOf, oneOf } from "../core/fields.ts";
import { isLoaderVariable } from "../core/loader_variables.ts";
import { type Hook, type Stage, STAGES } from "../core/oci.ts";
import { absolutePath, plainTexts, variableName, wholeNumber } from "./fields.ts";
import { type EditKind, HIDDEN } from "./kind.ts";

/** Adds a hook at the end of its stage. `env` is always explicit: without it runc hands on its own. */
export interface HookEdit {
  edit: "hook";
  stage: Stage;
  hook: Hook & { args: string[]; env: string[] };
}

/** Seconds; a hook that may take longer than a day is a mistake in its unit. */
const TIMEOUT_LIMIT = 86_400;

export const hook: EditKind<HookEdit> = {
  tag: "hook",
  check(edit, field) {
    objectOf(edit, field, ["edit", "stage", "hook"]);
    oneOf(edit.stage, `${field}.stage`, STAGES);
    const { path, args, env, timeout } = objectOf(edit.hook, `${field}.hook`, [
      "path",
      "args",
      "env",
      "timeout",
    ]);
    absolutePath(path, `${field}.hook.path`);
    if (plainTexts(args, `${field}.hook.args`).length === 0) {
      throw new FieldError(`${field}.hook.args`, "must hold args[0] at least");
    }
    checkEnvironment(plainTexts(env, `${field}.hook.env`), `${field}.hook.env`);
    if (timeout !== undefined) {
      const what = `a whole number of seconds from 1 to ${TIMEOUT_LIMIT}`;
      wholeNumber(timeout, `${field}.hook.timeout`, { smallest: 1, largest: TIMEOUT_LIMIT, what });
    }
  },
  claims: () => [],
  apply: ({ stage, hook }) => ({ op: "append", path: ["hooks", stage], items: [{ ...hook }] }),
  describe({ stage, hook: { path, args, timeout } }) {
    return `${stage} ${path} ${JSON.stringify(args)}, ${
      timeout === undefined ? "no limit" : `limit ${timeout} s`
    }`;
  },
  programs: ({ stage, hook: { path } }) =>
    // That stage's lies in the container's root.
    stage === "startContainer" ? [] : [{ path, what: `${stage} hook` }],
  withoutSecrets(edit) {
    const env = edit.hook.env.map((entry) => `${entry.slice(0, entry.indexOf("="))}=${HIDDEN}`);
    return { ...edit, hook: { ...edit.hook, env } };
  },
};

/**
 * Refuses an empty environment: without an entry, runc gives a hook its own, and at createContainer the container's
 * (CVE-2025-23266).
 */
function checkEnvironment(env: string[], field: string): void {
  if (env.length === 0) throw new FieldError(field, "must name at least one variable, such as PATH");
  for (const [index, entry] of env.entries()) {
    const sign = entry.indexOf("=");
    if (sign < 1) throw new FieldError(at(field, index), "must be NAME=value");
    const name = variableName(entry.slice(0, sign), at(field, index));
    if (isLoaderVariable(name)) {
      throw new FieldError(at(field, index), "sets a variable of the program loader, which hooks never get");
    }
  }
}
