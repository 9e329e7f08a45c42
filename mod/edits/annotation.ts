/** The edit `annotation`: a text in config.json that hooks see in their state. */
import { FieldError, objectOf } from "../core/fields.ts";
import { plainText } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** Sets an annotation, replacing one of that key. */
export interface AnnotationEdit {
  edit: "annotation";
  key: string;
  value: string;
}

export const annotation: EditKind<AnnotationEdit> = {
  tag: "annotation",
  check(edit, field) {
    objectOf(edit, field, ["edit", "key", "value"]);
    if (plainText(edit.key, `${field}.key`) === "") throw new FieldError(`${field}.key`, "must not be empty");
    plainText(edit.value, `${field}.value`);
  },
  claims: ({ key, value }) => [{ what: `the annotation ${key}`, value }],
  apply: ({ key, value }) => ({ op: "set", path: ["annotations", key], value }),
  describe: ({ key, value }) => `${key}=${value}`,
};
