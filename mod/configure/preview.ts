/** What configuring would change, without changing it. */
import type { RuntimeEntry } from "../engines/config/engine_configuration.ts";
import type { Host } from "../host/host.ts";
import type { Site } from "./engine_control.ts";
import { readBackup, readLedger } from "./ledger.ts";
import { type ChangePlan, planConfigure, planUnconfigure } from "./plan_changes.ts";

/** A file before and after, as text; undefined: it is not there. */
export interface Preview {
  file: string;
  before: string | undefined;
  after: string | undefined;
}

/** What configuring would change. @throws {Failure} as configuring itself does */
export async function previewConfigure(host: Host, site: Site, entry: RuntimeEntry): Promise<Preview[]> {
  return textsOf(await planConfigure(host, site, entry, recordOf(host, site)));
}

/** What unconfiguring would change. @throws {Failure} as unconfiguring itself does */
export async function previewUnconfigure(
  host: Host,
  site: Site,
  entry: Pick<RuntimeEntry, "name" | "path">,
): Promise<Preview[]> {
  return textsOf(
    await planUnconfigure(host, site, entry, recordOf(host, site), (hash) => readBackup(host, hash)),
  );
}

function recordOf(host: Host, { control, file }: Site) {
  return readLedger(host).find((one) => one.engine === control.configuration.engine && one.file === file);
}

function textsOf({ changes }: ChangePlan): Preview[] {
  const text = (bytes: Uint8Array | undefined) =>
    bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return changes.map(({ file, before, after }) => ({ file, before: text(before), after: text(after) }));
}
