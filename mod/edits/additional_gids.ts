/** The edit `additionalGids`: groups that the container's process is in as well. */
import { arrayOf, at, FieldError, objectOf } from "../core/fields.ts";
import { ID, wholeNumber } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** Puts the container's process into more groups, by their ids in the container. */
export interface AdditionalGidsEdit {
  edit: "additionalGids";
  gids: (number | bigint)[];
}

export const additionalGids: EditKind<AdditionalGidsEdit> = {
  tag: "additionalGids",
  check(edit, field) {
    objectOf(edit, field, ["edit", "gids"]);
    const gids = arrayOf(edit.gids, `${field}.gids`);
    if (gids.length === 0) throw new FieldError(`${field}.gids`, "must name a group at least");
    for (const [index, gid] of gids.entries()) wholeNumber(gid, at(`${field}.gids`, index), ID);
  },
  claims: ({ gids }) => gids.map((gid) => ({ what: `the group ${gid}`, value: true })),
  apply({ gids }, spec) {
    const there = new Set(spec.process?.user?.additionalGids?.map(Number));
    const items = [...new Set(gids.map(Number))].filter((gid) => !there.has(gid));
    return items.length > 0 ? { op: "append", path: ["process", "user", "additionalGids"], items } : [];
  },
  describe: ({ gids }) => gids.join(", "),
};
