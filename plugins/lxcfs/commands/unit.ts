/** The systemd unit of `container-hooks lxcfs watch`. */
import type { Host } from "../../../mod/host/host.ts";

/** Folders where there may be the link that an installation keeps to the version in use. */
const FOLDERS = ["/usr/bin", "/usr/local/bin", "/opt/container-hooks/bin", "/opt/bin"];

/** Finds a path of the program that holds after an upgrade, too: the folder of its version is not the next one's. */
export function lastingPath(host: Host, file: string): string {
  return FOLDERS.map((folder) => `${folder}/container-hooks`).find((link) => host.realPath(link) === file) ??
    file;
}

/** Writes the systemd unit of `lxcfs watch`. @param program Absolute path of container-hooks. */
export function unitText(program: string): string {
  return `# Written by: container-hooks lxcfs watch --unit
[Unit]
Description=Heals the /proc of containers when lxcfs was restarted
Documentation=man:lxcfs(1)
After=lxcfs.service

[Service]
ExecStart=${quoted(program)} lxcfs watch
Restart=always
RestartSec=5
# It enters other mount namespaces from the host's, so nothing here may give it one of its own (ProtectSystem=,
# PrivateTmp= and the like do).
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX

[Install]
WantedBy=multi-user.target
`;
}

/** Quotes a word for systemd.syntax(7) and systemd.unit(5): $ and % have a meaning there. */
function quoted(path: string): string {
  const text = path.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@+=:,./%$-]+$/.test(text) ? text : JSON.stringify(text);
}
