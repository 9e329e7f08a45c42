/**
 * Scripts that the kernel does not start, or starts by a program that others can exchange: what one sees of it at a
 * create is "exec format error" or "no such file or directory", of a file that is there.
 *
 * @see https://man7.org/linux/man-pages/man2/execve.2.html "Interpreter scripts"
 */
import { failure } from "../errors.ts";
import { checkProgram } from "./files.ts";
import type { Host } from "./host.ts";

/** Bytes of the first line that the kernel looks at. */
const LOOKED_AT = 256;

/**
 * Checks a program as {@linkcode checkProgram} does and, of a script, its first line and its interpreter.
 *
 * @throws {Failure} script, and those of {@linkcode checkProgram}, of the interpreter too
 */
export function checkScript(host: Host, path: string, what: string): void {
  const start = startOf(host, checkProgram(host, path, what));
  // Other formats than ELF may be registered with the kernel (binfmt_misc); a text is none of them.
  if (start === undefined || (!start.startsWith("#!") && start.includes("\0"))) return;
  if (!start.startsWith("#!")) {
    const why = start === "" ? "is empty" : "is a text without #! at its beginning";
    throw failure("script", { what, path, why, remedy: "begin it with a line such as #!/bin/sh" });
  }
  const line = start.slice(2).split("\n", 1)[0]!;
  if (line.endsWith("\r")) {
    throw failure("script", {
      what,
      path,
      why: "has Windows' line ends, so that its interpreter's name ends with a carriage return",
      remedy: "end its lines as Unix does: sed -i 's/\\r$//' and its path",
    });
  }
  const interpreter = line.trim().split(/[ \t]/, 1)[0]!;
  if (!interpreter.startsWith("/")) {
    const why = "names no interpreter by an absolute path behind #!";
    throw failure("script", { what, path, why, remedy: "begin it with a line such as #!/bin/sh" });
  }
  checkProgram(host, interpreter, `${what} ${path}: interpreter`);
}

/** Reads the beginning of a file; undefined where one may execute and not read it. */
function startOf(host: Host, path: string): string | undefined {
  const buffer = new Uint8Array(LOOKED_AT);
  try {
    using file = host.open(path);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(buffer.subarray(0, file.read(buffer) ?? 0));
  } catch {
    return undefined;
  }
}
