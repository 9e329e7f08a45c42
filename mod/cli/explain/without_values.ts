/** Hiding what may be secret: variables hold passwords, and nobody should find one in a bug report. */
import { HIDDEN } from "../../edits/kind.ts";
import { type Edit, kindOf } from "../../edits/kinds.ts";
import type { JournalEntry } from "../../state/journal.ts";

/** Hides values of variables, what turns config.json back, and what plugins handed on. */
export function withoutValues(entry: JournalEntry): JournalEntry {
  return {
    ...entry,
    plugins: entry.plugins.map((plugin) => ({ ...plugin, edits: plugin.edits.map(withoutValue) })),
    config: { ...entry.config, inverse: [] },
  };
}

/** An edit of a kind that is not known may have secrets anywhere. */
export function withoutValue(edit: Edit): Edit {
  const kind = kindOf(edit.edit);
  if (!kind) return { edit: edit.edit, hidden: HIDDEN } as unknown as Edit;
  return kind.withoutSecrets?.(edit) ?? edit;
}
