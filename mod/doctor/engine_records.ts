/** Whether what was changed in the engines' configurations can be read back, without which nothing is taken back. */
import { type Finding, thrownFinding } from "../cli/kit/finding.ts";
import { readLedger } from "../engines/setup/ledger.ts";
import type { Host } from "../host/host.ts";

/** Checks that the record of engines' files can be read; finds nothing where it can. */
export function checkEngineRecords(host: Host): Finding[] {
  try {
    readLedger(host);
    return [];
  } catch (thrown) {
    return [thrownFinding("engine records", thrown)];
  }
}
