/** The edit `rlimit`: a limit of the container's process. */
import { FieldError, objectOf, oneOf } from "../core/fields.ts";
import { RLIMITS, type RlimitType } from "../core/oci_process.ts";
import { wholeNumber } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** Sets a limit of the container's process, replacing one of that type. */
export interface RlimitEdit {
  edit: "rlimit";
  type: RlimitType;
  /** What holds; a process may raise it up to `hard`. */
  soft: number | bigint;
  hard: number | bigint;
}

const LARGEST = 0xffff_ffff_ffff_ffffn;
const LIMIT = { smallest: 0, largest: LARGEST, what: "a whole number of 64 bits, not below 0" };

export const rlimit: EditKind<RlimitEdit> = {
  tag: "rlimit",
  check(edit, field) {
    objectOf(edit, field, ["edit", "type", "soft", "hard"]);
    oneOf(edit.type, `${field}.type`, RLIMITS);
    const soft = wholeNumber(edit.soft, `${field}.soft`, LIMIT);
    // The kernel refuses it, and a runtime does not say which limit it was.
    if (soft > wholeNumber(edit.hard, `${field}.hard`, LIMIT)) {
      throw new FieldError(`${field}.soft`, "must not be above hard");
    }
  },
  claims: ({ type, soft, hard }) => [{ what: `the limit ${type}`, value: { soft, hard } }],
  apply({ type, soft, hard }, spec) {
    const value = { type, hard, soft };
    const at = spec.process?.rlimits?.findLastIndex((limit) => limit.type === type) ?? -1;
    return at < 0
      ? { op: "append", path: ["process", "rlimits"], items: [value] }
      : { op: "set", path: ["process", "rlimits", at], value };
  },
  describe: ({ type, soft, hard }) => `${type} ${shown(soft)}:${shown(hard)}`,
};

function shown(limit: number | bigint): string {
  return BigInt(limit) === LARGEST ? "unlimited" : `${limit}`;
}
