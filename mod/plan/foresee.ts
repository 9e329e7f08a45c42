/**
 * What a create would do, told before it happens, by the functions of the create itself. Plugins are asked; no handler
 * is called, and nothing is written.
 */
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Policies } from "../index/policies.ts";
import type { Program } from "../plugin/program.ts";
import type { JournalEntry } from "../state/journal.ts";
import { editConfig } from "./config_file.ts";
import { beginCreate, type CreateCall } from "./create.ts";
import { decideEdits } from "./plan.ts";
import { asFound, entryOf, refusedAs } from "./record_entry.ts";

/** What would come of it. */
export interface Foreseen {
  /** The journal entry that would be written. */
  entry: JournalEntry;
  /** Texts of config.json; the same where nothing would be done, absent where it cannot be read. */
  before?: string;
  after?: string;
}

/** Foresees a create; a refusal is an outcome. */
export async function foresee(
  host: Host,
  program: Program,
  call: CreateCall,
  policies: Policies,
): Promise<Foreseen> {
  const create = beginCreate(host, program, call);
  try {
    const { config, edits } = await decideEdits(host, create, policies);
    const { text, hash, inverse } = await editConfig(config, edits);
    const outcome = edits.length > 0 ? "edited" : "unchanged";
    const written = { path: config.path, before: config.hash, after: hash, temporary: "", inverse };
    return {
      entry: entryOf(host, create, { outcome, config: written }),
      before: config.json.text,
      after: text,
    };
  } catch (thrown) {
    const text = create.config?.json.text;
    const entry = entryOf(host, create, { ...refusedAs(asFailure(thrown)), config: asFound(create) });
    return { entry, before: text, after: text };
  }
}
