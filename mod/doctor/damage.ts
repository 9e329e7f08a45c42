/** Whether what was installed is still what it was. */
import { type Finding, warning, wrong } from "../cli/kit/finding.ts";
import { foreignFiles } from "../host/foreign_files.ts";
import type { Host } from "../host/host.ts";
import { look, PROGRAM_NAME } from "../install/compare_item.ts";
import { CONFIG } from "../install/places.ts";
import type { InstalledItem } from "../install/record.ts";
import { damagedFiles } from "../install/version_files.ts";
import { INSTALLATION, knownInstallation } from "./installation.ts";

const MEND = "container-hooks install";

/** Compares every file and link on record; launchers and programs that are gone are other checks' to tell. */
export async function checkDamage(host: Host): Promise<Finding[]> {
  const { record } = knownInstallation(host);
  if (record?.state !== "whole") return [];
  // The administrator's from the moment that it is there.
  const items = record.items.filter(({ kind, path }) => kind !== "folder" && path !== CONFIG);
  const findings = await Promise.all(items.map((item) => checkItem(host, item)));
  return findings.flat();
}

async function checkItem(host: Host, item: InstalledItem): Promise<Finding[]> {
  switch (await look(host, item)) {
    case "same":
      return [];
    case "absent":
      return isExecuted(item) ? [] : [warning(INSTALLATION, `${item.path} is gone`, MEND)];
    case "other":
      return item.kind === "version" ? await changedVersion(host, item.path) : [changed(item, item.path)];
  }
}

/** A launcher, or the program itself. */
function isExecuted(item: InstalledItem): boolean {
  return item.kind === "version" || (item.kind === "file" && item.runtime !== undefined);
}

function changed(item: InstalledItem, path: string): Finding {
  const what = `${path} was changed since it was installed`;
  // What root executes may be somebody's work.
  return isExecuted(item) ? wrong(INSTALLATION, what, MEND) : warning(INSTALLATION, what, MEND);
}

async function changedVersion(host: Host, folder: string): Promise<Finding[]> {
  const program = `${folder}/${PROGRAM_NAME}`;
  if (!host.lstat(program)) return [];
  const foreign = foreignFiles(host, folder);
  if (foreign.length > 0) {
    return foreign.slice(0, 3).map(({ path, why }) => wrong(INSTALLATION, `${path} ${why}`, MEND));
  }
  const damaged = await damagedFiles(host, program);
  const paths = damaged.length > 0 ? damaged : [program];
  return paths.map((path) =>
    wrong(INSTALLATION, `${path} was changed since it was installed, or is gone`, MEND)
  );
}
