/**
 * What a package does on the host beside laying out its files, as texts for POSIX sh.
 *
 * The package carries the one file and has it install itself: which launchers there are depends on the runtimes of the
 * host, and an upgrade has to keep what running containers still need. Both are known by `container-hooks install`.
 */
import { CONFIG_FOLDER, LOGS, STATE } from "../../mod/install/places.ts";

/** Where the package puts the one file. It is no command: `install` makes those. */
export const CARRIED = "/usr/lib/container-hooks/container-hooks";

/** A package manager's scripts, by nfpm's names of them. */
export interface Scripts {
  postinstall: string;
  preremove: string;
  postremove: string;
}

/** What `install` lays out. A failure leaves the package unconfigured, with the program's sentence above it. */
const install = `${CARRIED} install`;
/** Ends with a failure, and so keeps the package, while an engine or a container still names the program. */
const uninstall = `${CARRIED} uninstall`;

/** dpkg calls them with a word for what it is about. */
export const DEB: Scripts = {
  postinstall: script(`case "$1" in configure | abort-remove) ${install} ;; esac`),
  preremove: script(`case "$1" in remove) ${uninstall} ;; esac`),
  postremove: script(`case "$1" in purge) rm -rf ${[CONFIG_FOLDER, STATE, ...LOGS].join(" ")} ;; esac`),
};

/** rpm calls them with the number of versions that are there afterwards, and ignores how %post ends. */
export const RPM: Scripts = {
  postinstall: script(install),
  preremove: script(`[ "$1" != 0 ] || ${uninstall}`),
  postremove: script(":"),
};

function script(line: string): string {
  return `#!/bin/sh\nset -e\n${line}\n`;
}
