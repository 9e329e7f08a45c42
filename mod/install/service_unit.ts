/**
 * The service as systemd is told of it.
 *
 * It says little, since the service answers only launchers that are in its own namespaces and have its own
 * capabilities: PrivateTmp, Protect... or CapabilityBoundingSet would keep every create cold. A RuntimeDirectory would
 * be removed when the service stops, and with it the journal of living containers.
 */
import { COMMAND } from "./places.ts";

/** Name of the unit. */
export const UNIT = "container-hooks.service";

/** The folder of units that are not of the distribution's packages. */
export const UNITS = "/etc/systemd/system";

/** Path of the unit. */
export const UNIT_FILE = `${UNITS}/${UNIT}`;

/** The link by which `systemctl enable` has the unit started with the host. */
export const UNIT_ENABLED = `${UNITS}/multi-user.target.wants/${UNIT}`;

/**
 * Writes the unit.
 *
 * @param bin The folder of commands.
 */
export function unitText(bin: string): string {
  return `# Written by "container-hooks install"; what is to be otherwise belongs into a file of its own: systemctl edit ${UNIT}
[Unit]
Description=container-hooks: plans containers for the launchers
Documentation=man:container-hooks(8)
# However often it ends, it is started again.
StartLimitIntervalSec=0

[Service]
ExecStart=${quoted(`${bin}/${COMMAND}`)} serve
Restart=always
RestartSec=1
# It finishes what is in work, and so does what it has started: nothing is left half done.
KillMode=process
# The kernel's choice of a plugin's program is no reason to end all.
OOMPolicy=continue

[Install]
WantedBy=multi-user.target
`;
}

/** As systemd reads a word of a command line: quotes, backslashes, specifiers and variables. */
function quoted(path: string): string {
  if (/^[\w/.+@:,-]+$/.test(path)) return path;
  return `"${path.replace(/[\\"]/g, "\\$&").replaceAll("%", "%%")}"`;
}
