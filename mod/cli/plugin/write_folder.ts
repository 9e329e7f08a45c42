/** Writing a folder of files: whole, or not at all. */
import { folderOf, nameOf, pathIn } from "../../core/path.ts";
import { failure } from "../../errors.ts";
import { discardTree } from "../../host/discard_tree.ts";
import type { Host } from "../../host/host.ts";
import { systemReason } from "../../host/system_reason.ts";

/** Permission bits, whatever the umask is: what others can write is no plugin. */
const FOLDER_MODE = 0o755, FILE_MODE = 0o644;

/**
 * Makes a folder of these files beside `path`, under a name that begins with a dot.
 *
 * @param making That name's whole path.
 * @returns its path, to be renamed
 * @throws {Failure} file-unwritable; then nothing is left
 */
export function writeBeside(
  host: Host,
  path: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  making = pathIn(folderOf(path), `.${nameOf(path)}.${host.randomToken()}`),
): string {
  try {
    host.makeFolder(making, FOLDER_MODE);
    for (const [name, content] of Object.entries(files)) {
      host.makeFolder(folderOf(`${making}/${name}`), FOLDER_MODE);
      using file = host.createNew(`${making}/${name}`, FILE_MODE);
      file.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
      file.sync();
    }
    return making;
  } catch (error) {
    discardTree(host, making);
    throw failure("file-unwritable", { what: "folder", path, why: systemReason(error) }, { cause: error });
  }
}

/** Makes a folder of these files at `path`. @throws {Failure} path-taken, file-unwritable */
export function writeFolder(host: Host, path: string, files: Readonly<Record<string, string>>): void {
  if (host.lstat(path)) throw failure("path-taken", { path });
  const parent = folderOf(path);
  if (host.realPath(parent) === undefined) throw failure("file-missing", { what: "folder", path: parent });
  const made = writeBeside(host, path, files);
  try {
    host.rename(made, path);
  } catch (error) {
    discardTree(host, made);
    throw failure("file-unwritable", { what: "folder", path, why: systemReason(error) }, { cause: error });
  }
}
