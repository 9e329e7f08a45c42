/** Finding a CDI device by its name, among the specifications of the host. */
import { FieldError } from "../core/fields.ts";
import type { CdiEdit } from "../edits/cdi.ts";
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { editsOf } from "./container_edits.ts";
import { type CdiSpec, readCdiSpec } from "./spec_file.ts";

/** Where specifications lie; what stands in a later folder takes the place of what stands in one before. */
export const CDI_FOLDERS = ["/etc/cdi", "/var/run/cdi"];

/** Files of one folder that are looked at. */
const FILES_LIMIT = 1000;

/** All specifications of the host, and why the others cannot be used. */
export interface CdiSpecs {
  /** By folder, in the order of {@linkcode CDI_FOLDERS}. */
  folders: CdiSpec[][];
  /** A sentence for each file that is none, or not root's. */
  unusable: string[];
}

/** Reads all specifications. One that cannot be used is in the way of nobody who asks for another's device. */
export async function readCdiSpecs(host: Host): Promise<CdiSpecs> {
  const unusable: string[] = [];
  const folders: CdiSpec[][] = [];
  for (const folder of CDI_FOLDERS) {
    const specs: CdiSpec[] = [];
    for (const file of filesIn(host, folder)) {
      try {
        specs.push(await readCdiSpec(host, file));
      } catch (thrown) {
        unusable.push(asFailure(thrown).what);
      }
    }
    folders.push(specs);
  }
  return { folders, unusable };
}

function filesIn(host: Host, folder: string): string[] {
  if (host.realPath(folder) === undefined) return [];
  return host.readFolder(folder).map(({ name }) => name).filter((name) => /\.(json|yaml)$/.test(name)).sort()
    .slice(0, FILES_LIMIT).map((name) => `${folder}/${name}`);
}

/**
 * Finds out what a device takes: what all of its kind need, and then its own.
 *
 * @param name "vendor.com/class=name".
 * @throws {FieldError} naming what is wrong with it
 */
export function resolveCdi(host: Host, { folders, unusable }: CdiSpecs, name: string): CdiEdit[] {
  const [kind, device] = splitAt(name, "=");
  for (const specs of folders.toReversed()) {
    const found = specs.filter((spec) =>
      spec.kind === kind && spec.devices.some((each) => each.name === device)
    );
    if (found.length > 1) {
      throw new FieldError("name", `is ${name}, which both ${found[0]!.file} and ${found[1]!.file} have`);
    }
    if (found[0]) return editsBySpec(host, found[0], name, device);
  }
  const others = unusable.length > 0 ? `; not looked at: ${unusable.join("; ")}` : "";
  throw new FieldError(
    "name",
    `is ${name}, which no CDI specification in ${CDI_FOLDERS.join(" or ")} has${others}`,
  );
}

function editsBySpec(
  host: Host,
  { file, kind, devices, containerEdits }: CdiSpec,
  name: string,
  device: string,
): CdiEdit[] {
  try {
    const index = devices.findIndex((each) => each.name === device);
    const ofAll = editsOf(host, containerEdits ?? {}, "containerEdits");
    const own = editsOf(host, devices[index]!.containerEdits ?? {}, `devices[${index}].containerEdits`);
    return [
      ...(ofAll.length > 0 ? [{ edit: "cdi" as const, name: kind, file, edits: ofAll }] : []),
      { edit: "cdi", name, file, edits: own },
    ];
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new FieldError("name", `is ${name}, of ${file}, whose ${error.message}`);
  }
}

function splitAt(text: string, sign: string): [string, string] {
  const index = text.indexOf(sign);
  return [text.slice(0, index), text.slice(index + sign.length)];
}
