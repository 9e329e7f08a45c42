/** What `container-hooks doctor` looks at where containers are to get lxcfs's files. */
import { type Config, readConfig } from "../../mod/config/config.ts";
import { type Check, type Finding, fine, warning, wrong } from "../../mod/command/finding.ts";
import type { Host } from "../../mod/host/host.ts";
import { mountOf } from "../../mod/host/mounts.ts";
import { containersWithViews } from "./commands/live.ts";
import { serverOf } from "./commands/server.ts";
import { mountsOf, textOf } from "./commands/system_files.ts";
import { FOLDER } from "./views.ts";

const SUBJECT = "lxcfs";

/** Nothing where config.toml does not ask for the plugin; a configuration that is wrong is another check's. */
export const doctor: Check = async (host) => {
  const config = await readConfig(host).catch(() => undefined);
  const policy = config && asked(config);
  if (!policy) return [];
  const { folder = FOLDER, share, unavailable } = policy.options as Record<string, string | undefined>;
  return [
    server(host, folder, unavailable !== "warn"),
    ...sharing(host, share),
    ...selinux(host),
    ...stale(host),
  ];
};

function asked({ plugins }: Config) {
  const policy = Object.hasOwn(plugins, "lxcfs") ? plugins.lxcfs : undefined;
  return policy?.mode === "off" ? undefined : policy;
}

function server(host: Host, folder: string, required: boolean): Finding {
  if (serverOf(host)(folder)?.point === folder) return fine(SUBJECT, `lxcfs answers at ${folder}`);
  const remedy = "install lxcfs and start it: systemctl enable --now lxcfs";
  return required
    ? wrong(
      SUBJECT,
      `no lxcfs answers at ${folder}, so containers that are to have its files do not start`,
      remedy,
    )
    : warning(SUBJECT, `no lxcfs answers at ${folder}, so containers see the host's /proc`, remedy);
}

/** What is mounted in a folder later appears elsewhere only where the mount that the folder is on is shared. */
function sharing(host: Host, share: string | undefined): Finding[] {
  if (share === undefined) return [];
  if (mountOf(mountsOf(host, "self"), share)?.shared) {
    return [fine(SUBJECT, `${share} lies on a shared mount`)];
  }
  return [warning(
    SUBJECT,
    `${share} lies on a mount that is not shared, so containers will not see an lxcfs that is restarted`,
    `mount --bind ${share} ${share} && mount --make-shared ${share}, before lxcfs starts`,
  )];
}

/** Files of every FUSE are labelled fusefs_t, and policies let containers read those only when told to. */
function selinux(host: Host): Finding[] {
  if (textOf(host, "/sys/fs/selinux/enforce")?.trim() !== "1") return [];
  const allowed = textOf(host, "/sys/fs/selinux/booleans/virt_sandbox_use_fusefs");
  if (allowed?.startsWith("1")) return [fine(SUBJECT, "SELinux lets containers read files of FUSE")];
  return [warning(
    SUBJECT,
    "SELinux is enforcing and labels the files of lxcfs fusefs_t, which it keeps containers from reading",
    allowed === undefined
      ? "let the containers' type read fusefs_t in the policy; `ausearch -m avc` shows what was refused"
      : "setsebool -P virt_sandbox_use_fusefs on",
  )];
}

function stale(host: Host): Finding[] {
  const count = containersWithViews(host).filter(({ mounts }) => mounts.some(({ stale }) => stale)).length;
  if (count === 0) return [];
  const hold = count === 1 ? "container holds" : "containers hold";
  return [wrong(
    SUBJECT,
    `${count} running ${hold} files of an lxcfs that is gone`,
    "container-hooks lxcfs remount --all",
  )];
}
