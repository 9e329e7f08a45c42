/** What configuring would change, without changing it. */
import type { RuntimeEntry } from "./engine_configuration.ts";
import type { Host } from "../../host/host.ts";
import type { Site } from "./engine_control.ts";
import { readBackup, recordOf } from "./ledger.ts";
import {
  type ChangePlan,
  planConfigure,
  planKeepName,
  planUnconfigure,
  type ReplacedDefault,
} from "./plan_changes.ts";

/** What would be done to one engine. */
export interface Preview {
  files: PreviewedFile[];
  /** The default that ours would take the place of. */
  replaces?: ReplacedDefault;
}

/** A file before and after, as text; undefined: it is not there. */
export interface PreviewedFile {
  file: string;
  before: string | undefined;
  after: string | undefined;
}

/** What configuring would change. @throws {Failure} as configuring itself does */
export async function previewConfigure(host: Host, site: Site, entry: RuntimeEntry): Promise<Preview> {
  return previewOf(
    await planConfigure(host, site, entry, recordOf(host, site.control.configuration.engine, site.file)),
  );
}

/** What unconfiguring would change. @throws {Failure} as unconfiguring itself does */
export async function previewUnconfigure(
  host: Host,
  site: Site,
  entry: Pick<RuntimeEntry, "name" | "path">,
  keep?: string,
): Promise<Preview> {
  const recorded = recordOf(host, site.control.configuration.engine, site.file);
  if (keep !== undefined) return previewOf(await planKeepName(host, site, entry, keep, recorded));
  return previewOf(
    await planUnconfigure(
      host,
      site,
      entry,
      recorded,
      (hash) => readBackup(host, hash),
    ),
  );
}

function previewOf({ changes, replaces }: ChangePlan): Preview {
  const text = (bytes: Uint8Array | undefined) =>
    bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const files = changes.map(({ file, before, after }) => ({
    file,
    before: text(before),
    after: text(after),
  }));
  return { files, ...(replaces === undefined ? {} : { replaces }) };
}
