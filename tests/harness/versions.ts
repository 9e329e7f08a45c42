/** Further versions of a built file, to upgrade to: the same program under another checksum. */
import type { Form } from "./forms.ts";
import type { WorkFolder } from "./work_folder.ts";

/** How the portable form's header names the folder of its modules. */
const CHECKSUM = /(?<=^container_hooks_sha=)[0-9a-f]{64}$/m;

/** A byte of an ELF file that means nothing. */
const ELF_PADDING = 15;

/** Bytes that the header is looked for in. */
const HEADER = 1024 * 1024;

/** Writes another version of the file; gives back its path. @param number tells it from others */
export function anotherVersion(form: Form, work: WorkFolder, number: number): string {
  const bytes = Deno.readFileSync(form.path);
  const path = `${work.path}/version-${number}`;
  // Latin-1 has one character for each byte, so places in the text are places in the file.
  const header = new TextDecoder("latin1").decode(bytes.subarray(0, HEADER));
  const found = CHECKSUM.exec(header);
  if (found && form.name !== "compiled") {
    // Of this file: what an earlier build has unpacked under the same name would be taken for it.
    bytes.set(new TextEncoder().encode(String(number).repeat(8).slice(0, 8)), found.index);
    Deno.writeFileSync(path, bytes, { mode: 0o755 });
  } else {
    bytes[ELF_PADDING] = number;
    Deno.writeFileSync(path, bytes, { mode: 0o755 });
  }
  return path;
}
