/**
 * docker's containers, running or stopped: DATA-ROOT/containers/ID/hostconfig.json keeps the name of the runtime that
 * a container was created with. With user namespaces remapped the data-root has a folder UID.GID for each mapping.
 */
import type { Host } from "../../host/host.ts";
import { isEngineId } from "../identity.ts";
import { readRecord, textField } from "../records.ts";
import type { RecordedContainer, RecordedContainers } from "../setup/containers.ts";

/** The folder where docker keeps what it has, unless told otherwise. */
export const DEFAULT_DATA_ROOT = "/var/lib/docker";

/** A folder of one mapping of user ids. */
const MAPPING = /^\d+\.\d+$/;

/**
 * Gets the containers that were created with one of the runtimes `names`.
 *
 * @param root The data-root.
 */
export function dockerContainers(host: Host, root: string, names: readonly string[]): RecordedContainers {
  const notes: string[] = [];
  const roots = [
    root,
    ...namesIn(host, root).filter((name) => MAPPING.test(name)).map((name) => `${root}/${name}`),
  ];
  const containers = roots.flatMap((one) =>
    namesIn(host, `${one}/containers`).filter(isEngineId).flatMap((id) =>
      readContainer(host, `${one}/containers/${id}`, id, names, notes)
    )
  );
  return { containers, ...(notes.length === 0 ? {} : { unknown: notes[0] }) };
}

function readContainer(
  host: Host,
  folder: string,
  id: string,
  names: readonly string[],
  notes: string[],
): RecordedContainer[] {
  const settings = readRecord(host, `${folder}/hostconfig.json`, "docker's record", notes);
  if (!names.includes(textField(settings, "Runtime") ?? "")) return [];
  const record = readRecord(host, `${folder}/config.v2.json`, "docker's record", notes);
  const name = textField(record, "Name")?.replace(/^\//, "");
  return [name === undefined ? { id } : { id, name }];
}

function namesIn(host: Host, folder: string): string[] {
  const real = host.realPath(folder);
  if (real === undefined || host.lstat(real)?.kind !== "a folder") return [];
  return host.readFolder(real).map(({ name }) => name);
}
