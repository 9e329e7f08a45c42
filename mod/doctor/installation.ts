/** The installation on record, as far as whoever looks may know it. */
import { type Finding, fine, thrownFinding } from "../cli/kit/finding.ts";
import { Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { systemReason } from "../host/system_reason.ts";
import { RECORD } from "../install/places.ts";
import { type InstallRecord, readRecord } from "../install/record.ts";

/** The subject of what is found about all of it. */
export const INSTALLATION = "installation";

/** What is known about the installation. */
export interface KnownInstallation {
  /** Undefined where there is none, or where it cannot be read. */
  record?: InstallRecord;
  /** Why it cannot be read. */
  trouble?: Finding;
}

/** Reads the record; what is wrong with it is `checkInstallation`'s to tell, once. */
export function knownInstallation(host: Host): KnownInstallation {
  try {
    return { record: readRecord(host) };
  } catch (thrown) {
    if (host.uid() !== 0 || host.inUserNamespace()) {
      const what = `${RECORD} is for root to read; sudo container-hooks doctor looks at what is installed`;
      return { trouble: fine(INSTALLATION, what) };
    }
    return { trouble: thrownFinding(INSTALLATION, thrown instanceof Failure ? thrown : unreadable(thrown)) };
  }
}

function unreadable(thrown: unknown): Failure {
  const why = systemReason(thrown);
  return failure("file-unreadable", { what: "record of the installation", path: RECORD, why });
}
