/**
 * The folder of one version of the program: the file itself and, of the portable form, its Deno and modules.
 *
 * It is named after its checksum, appears by one rename and is never changed. Launchers and hooks name the file
 * in it, so what one version planned is dispatched by that version, whatever was installed since.
 */
import { SYSTEM_PATH } from "../core/oci.ts";
import { HOOK_SCRIPT } from "../entry_points.ts";
import { Failure, failure, oneLine } from "../errors.ts";
import { systemReason } from "../host/system_reason.ts";
import type { Host, Outcome } from "../host/host.ts";
import { MAKING, removeUnfinished, REPLACED } from "./left_overs.ts";
import { PROGRAM_NAME } from "./compare_item.ts";
import { folderOf, nameOf } from "../core/path.ts";
import { CACHE, type ProgramFile } from "./program_file.ts";
import { hookText } from "../wrapper/hook_text.ts";
import { openTree, removeTree } from "./tree.ts";

/** Milliseconds for the first start, in which the portable form unpacks some hundred megabytes. */
const START_LIMIT = 120_000;

/**
 * Makes the folder, in place of a damaged one of that name.
 *
 * @param host Of the root.
 * @param root Where the root is on this machine; "" for the machine itself.
 * @throws {Failure} install-version, file-unwritable; nothing is left behind
 */
export async function makeVersion(
  host: Host,
  root: string,
  place: string,
  program: ProgramFile,
): Promise<void> {
  const prefix = folderOf(place);
  const making = `${prefix}/${MAKING}`;
  try {
    removeUnfinished(host, prefix);
    await fill(host, root, making, program);
    addHook(host, `${making}/${nameOf(place)}`, place, program);
    openTree(host, `${making}/${nameOf(place)}`);
    // Deno would make it by the umask of whoever comes first, and what lies in it is loaded as code.
    if (program.form === "portable") host.makeFolder(`${making}/${nameOf(place)}/${CACHE}`, 0o700);
    if (host.lstat(place)) host.rename(place, `${prefix}/${REPLACED}`);
    host.rename(`${making}/${nameOf(place)}`, place);
    if (program.form === "portable" && root === "") await makeCache(host, place);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw failure("file-unwritable", { what: "program", path: place, why: systemReason(error) }, {
      cause: error,
    });
  } finally {
    removeUnfinished(host, prefix);
  }
}

/** Its first start has V8 compile what containers wait for; where that fails, the next one is only slower. */
async function makeCache(host: Host, place: string): Promise<void> {
  const args = [`${place}/${PROGRAM_NAME}`, "version"];
  await host.run({ path: "/bin/sh", args, env: { PATH: SYSTEM_PATH }, timeout: START_LIMIT }).catch(() => {});
}

/** The portable form unpacks itself into a folder of its checksum, and checks every file on the way. */
async function fill(host: Host, root: string, making: string, program: ProgramFile): Promise<void> {
  host.makeFolder(making, 0o700);
  const whole = `${making}/${program.folder}`;
  const file = `${making}/${PROGRAM_NAME}`;
  {
    using opened = host.createNew(file, 0o700);
    opened.write(program.bytes);
    opened.sync();
  }
  if (program.form === "compiled") host.makeFolder(whole, 0o700);
  await start(host, root, making, program);
  // It names modules by the folder that they were unpacked in.
  removeTree(host, `${whole}/${CACHE}`);
  host.rename(file, `${whole}/${PROGRAM_NAME}`);
}

/** The script that its hooks call lies with it, and stays as long as containers need this version. */
function addHook(host: Host, folder: string, place: string, { version }: ProgramFile): void {
  using file = host.createNew(`${folder}/${HOOK_SCRIPT}`, 0o755);
  file.write(new TextEncoder().encode(hookText({ program: `${place}/${PROGRAM_NAME}`, version })));
  file.sync();
}

/** A file that does not run here must not take the place of one that does. */
async function start(host: Host, root: string, making: string, program: ProgramFile): Promise<void> {
  const folder = root + host.realPath(making);
  const file = `${folder}/${PROGRAM_NAME}`;
  const args = ["version", "--json"];
  // By sh, so that the portable form tells for itself that it lies on a noexec mount.
  const [path, ...words] = program.form === "portable" ? ["/bin/sh", file, ...args] : [file, ...args];
  const env = { PATH: SYSTEM_PATH, CONTAINER_HOOKS_PORTABLE_DIR: folder };
  const fail = (why: string) => failure("install-version", { path: making, why });
  let outcome: Outcome;
  try {
    outcome = await host.run({ path: path!, args: words, env, timeout: START_LIMIT });
  } catch (error) {
    throw fail(`it does not start: ${systemReason(error)}`);
  }
  const { status, stdout, stderr } = outcome;
  if (status !== 0) {
    const said = oneLine(new TextDecoder().decode(stderr))
      .replace(/^container-hooks: /, "")
      // The folder is given to it: naming another by the variable would not help.
      .replace(/; [^;]*CONTAINER_HOOKS_PORTABLE_DIR.*$/, "");
    throw fail(said || `it ended with status ${status}`);
  }
  const told = JSON.parse(new TextDecoder().decode(stdout));
  if (told.sha256 !== program.sha256 || told.form !== program.form) throw fail("it is damaged");
}
