/** Where an installation lies; paths inside the root. */
import { folderOf, nameOf } from "../core/path.ts";
import { BUNDLES } from "../state/originals.ts";

/** The folder of commands and launchers, unless another one was named. */
export const BIN = "/usr/bin";
/** The name by which people call the program: a link to the version that is in force. */
export const COMMAND = "container-hooks";
/** The older toolkit's command, whose command lines the program understands by this name. */
export const CTK = "container-hooks-ctk";
/** What engines call: the launcher of the first runtime; the others' names go on with a dash. */
export const LAUNCHER = "container-hooks-runtime";

/** Gets the folder of versions, each named after its checksum, that goes with a folder of commands. */
export function prefixOf(bin: string): string {
  return `${besides(bin)}/libexec/container-hooks`;
}

/** The folder of documentation, types and examples, from that of documents; it has our name, so all in it is ours. */
export const DOCUMENTATION = "doc/container-hooks";

/** Gets the folder of manual pages, completions and documentation that goes with a folder of commands. */
export function documentsOf(bin: string): string {
  return `${besides(bin)}/share`;
}

function besides(bin: string): string {
  return nameOf(bin) === "bin" && folderOf(bin) !== "/" ? folderOf(bin) : bin;
}

/** The administrator's configuration. */
export const CONFIG_FOLDER = "/etc/container-hooks";
/** The configuration file, which is never overwritten. */
export const CONFIG = `${CONFIG_FOLDER}/config.toml`;
/** Files that add to it. */
export const CONFIG_ADDITIONS = `${CONFIG_FOLDER}/conf.d`;
/** The administrator's plugins. */
export const PLUGINS = `${CONFIG_FOLDER}/plugins`;

/** Index, plugin cache, and what is on record of the installation. */
export const STATE = "/var/lib/container-hooks";
/** The record of what was installed. */
export const RECORD = `${STATE}/install.json`;
/** Held by the process that installs or uninstalls. */
export const LOCK = `${STATE}/install.lock`;
/**
 * Entries of {@linkcode STATE} that go with the program: what it makes anew when they are gone, and what bundles
 * were, which get it back.
 */
export const CACHES = ["cache", "index.json", "plugins", "portable", "standing-gates", BUNDLES];

/** What the program writes down where the configuration names no other file, and the one before. */
export const LOGS = ["/var/log/container-hooks-runtime.log", "/var/log/container-hooks-runtime.log.1"];

/** What names of files begin with that are about to be renamed into place. */
export const TEMPORARY = ".container-hooks.new.";

/**
 * Names the file that is written before it is renamed into place. Always the same name, so that what a kill left behind
 * is found; only one process installs at a time.
 */
export function temporaryOf(path: string): string {
  return `${folderOf(path)}/${TEMPORARY}${nameOf(path)}`;
}
