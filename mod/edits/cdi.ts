/** The edit `cdi`: what a CDI specification of the host says that a device takes. */
import { FieldError, objectOf } from "../core/fields.ts";
import { plainText } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** Gives the container a device by its CDI name, with all that its specification says it takes. */
export interface CdiEdit {
  edit: "cdi";
  /** Fully qualified: "vendor.com/class=name". Of what all devices of a kind need: "vendor.com/class". */
  name: string;
  /** The specification that it is of; not a plugin's to say. */
  file?: string;
  /** What it takes, as edits; not a plugin's to say. */
  edits?: { edit: string }[];
}

/** The parts of a fully qualified name. */
const NAME =
  /^[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]\/[A-Za-z][A-Za-z0-9_-]*=[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?$/;

type KindOf = (tag: string) => EditKind<{ edit: string }>;

/** Makes the kind. @param kindOf Finds the kind of what a specification asks for. */
export function cdiKind(kindOf: KindOf): EditKind<CdiEdit> {
  const each = <T>(edits: CdiEdit["edits"], take: (kind: ReturnType<KindOf>, edit: { edit: string }) => T) =>
    (edits ?? []).map((edit) => take(kindOf(edit.edit), edit));
  return {
    tag: "cdi",
    check(edit, field) {
      objectOf(edit, field, ["edit", "name"]);
      if (!NAME.test(plainText(edit.name, `${field}.name`))) {
        throw new FieldError(
          `${field}.name`,
          'must be the name of a CDI device, such as "vendor.com/class=name"',
        );
      }
    },
    claims: ({ name, file = "", edits }) => [
      { what: `the CDI device ${name}`, value: file },
      ...each(edits, (kind, edit) => kind.claims(edit)).flat(),
    ],
    apply({ name, edits }, spec) {
      if (!edits) throw new FieldError("name", `is ${name}, which has not been looked up on the host`);
      return each(edits, (kind, edit) => kind.apply(edit, spec)).flat();
    },
    features: ({ edits }) => each(edits, (kind, edit) => kind.features?.(edit) ?? []).flat(),
    programs: ({ edits }) => each(edits, (kind, edit) => kind.programs?.(edit) ?? []).flat(),
    sources: ({ edits }) => each(edits, (kind, edit) => kind.sources?.(edit) ?? []).flat(),
    describe: ({ name, file, edits }) =>
      `${name}${file === undefined ? "" : ` by ${file}`}${
        each(edits, (kind, edit) => `; ${edit.edit} ${kind.describe(edit)}`).join("")
      }`,
    withoutSecrets: (edit) => ({
      ...edit,
      ...edit.edits && { edits: each(edit.edits, (kind, inner) => kind.withoutSecrets?.(inner) ?? inner) },
    }),
  };
}
