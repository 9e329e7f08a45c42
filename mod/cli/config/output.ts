/** Where `config set --output` writes: a file, which is replaced as a whole, or a device or pipe. */
import { realPlace } from "../../engines/setup/file_changes.ts";
import { folderOf, nameOf } from "../../core/path.ts";
import { Failure, failure } from "../../errors.ts";
import { checkFolder, readFile, replaceFile } from "../../host/files.ts";
import type { FileStatus, Host } from "../../host/host.ts";
import { systemReason } from "../../host/system_reason.ts";

const WHAT = "output file";
/** Bytes; what a configuration file may have. */
const LIMIT = 1024 * 1024;

/** Names that stand for standard output. */
const STANDARD_OUTPUT = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/** A place that can be written. */
export interface OutputFile {
  /** The path of the file, without a symbolic link at its end. */
  file: string;
  /** Undefined where nothing is there yet. */
  status: FileStatus | undefined;
}

/**
 * Gets the place that `output` names, from the current folder on; undefined for standard output.
 *
 * @throws {Failure} file-missing where its folder is not there, or what a link leads to; output-link
 * where others could change the link; file-kind; file-unwritable
 */
export function findTarget(host: Host, output: string): OutputFile | undefined {
  if (STANDARD_OUTPUT.includes(output)) return undefined;
  const named = output.startsWith("/") ? output : `${host.cwd().replace(/\/$/, "")}/${output}`;
  return attempt(named, () => {
    const folder = folderOf(named);
    if (host.realPath(folder) === undefined) throw failure("file-missing", { what: "folder", path: folder });
    const file = realPlace(host, named);
    const status = host.lstat(file);
    if (host.lstat(named)?.kind === "a symbolic link") refuseForeignLink(host, named, file);
    if (status && !["a regular file", "a character device", "a named pipe"].includes(status.kind)) {
      throw failure("file-kind", { what: WHAT, path: named, kind: status.kind });
    }
    return { file, status };
  });
}

/** Whoever can write where a link lies, or where it leads, chooses what is overwritten. */
function refuseForeignLink(host: Host, link: string, file: string): void {
  try {
    for (const path of [link, file]) checkFolder(host, folderOf(path), "its folder");
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw failure("output-link", { path: link, why: thrown.what }, { cause: thrown });
  }
}

/** What is there now; undefined where that is no text. @throws {Failure} those of `readFile` */
export function textAt(host: Host, { file, status }: OutputFile): string | undefined {
  if (status?.kind !== "a regular file") return undefined;
  return new TextDecoder().decode(readFile(host, file, WHAT, LIMIT).bytes);
}

/** Writes there; a file keeps its owner and mode. @throws {Failure} file-unwritable */
export function writeTarget(host: Host, { file, status }: OutputFile, text: string): void {
  const bytes = new TextEncoder().encode(text);
  if (status && status.kind !== "a regular file") {
    return attempt(file, () => {
      using device = host.append(file, status.mode);
      device.write(bytes);
    });
  }
  replaceFile(host, file, WHAT, bytes, {
    temporary: `${folderOf(file)}/.${nameOf(file)}.${host.randomToken()}`,
    uid: status?.uid,
    gid: status?.gid,
    mode: status?.mode ?? 0o644,
    durable: true,
  });
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw failure("file-unwritable", { what: WHAT, path, why: systemReason(error) }, { cause: error });
  }
}
