/** `container-hooks config unset`: keys taken out of every file that sets them, so that their defaults hold. */
import { parseKey } from "../../config/assignment.ts";
import { readConfig } from "../../config/config.ts";
import { listSettings, type Setting } from "../../config/settings.ts";
import { type KeyPath, lineOf } from "../../config/where_set.ts";
import { PLUGIN_NAME } from "../../core/manifest.ts";
import { failure } from "../../errors.ts";
import { writeKey } from "../../text/toml/write.ts";
import { printJson } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { planRemoval, writeAll } from "./change.ts";
import { unknown } from "./config.ts";
import { withoutMark } from "./draft.ts";
import { printDiffs } from "./set.ts";

interface Flags {
  json: boolean;
  dryRun: boolean;
}

/** A place that a key, or a whole table, is taken out of. */
interface Gone {
  key: string;
  file: string;
  line?: number;
}

/** Takes all of them out, or none. */
export async function unset(this: ProgramContext, flags: Flags, ...words: string[]): Promise<void> {
  const { host } = this;
  if (words.length === 0) throw failure("usage", { why: "`config unset` takes at least one KEY" });
  const keys = words.map(parseKey);
  const plugins = keys.flatMap(([section, name]) => section === "plugins" && name ? [name] : []);
  const settings = await listSettings(
    host,
    await readConfig(host),
    plugins.filter((name) => PLUGIN_NAME.test(name)),
  );
  const changed = await planRemoval(host, this, keys);
  const gone: Gone[] = [];
  for (const key of keys) {
    const before = gone.length;
    for (const { file, before: text } of changed) {
      const line = await lineOf(withoutMark(text ?? ""), key);
      if (line !== undefined) gone.push({ key: writeKey(key), file, line });
    }
    if (gone.length === before && !isKnown(key, settings)) throw unknown(key, settings);
  }
  if (!flags.dryRun) writeAll(host, changed);
  if (flags.json) return printJson(host, { dryRun: flags.dryRun, unset: gone });
  if (flags.dryRun) return await printDiffs(host, changed);
  for (const key of keys.map((key) => writeKey(key))) {
    const places = gone.filter((one) => one.key === key).map(({ file, line }) => `${file}:${line}`);
    const where = places.length > 0 ? `is gone from ${places.join(" and ")}` : "was not set in any file";
    host.stdout(`${key} ${where}\n`);
  }
}

/** A key that has its default, or a table of such keys. */
function isKnown(key: KeyPath, settings: readonly Setting[]): boolean {
  return settings.some((setting) => key.every((word, at) => setting.key[at] === word));
}
