/** What `container-hooks doctor` looks at where containers are to get lxcfs's files. */
import { type Config, readConfig } from "../../mod/config/config.ts";
import { type Check, type Finding, fine, warning, wrong } from "../../mod/cli/kit/finding.ts";
import type { Host } from "../../mod/host/host.ts";
import { mountOf } from "../../mod/host/mounts.ts";
import { RESTART } from "./commands/heal.ts";
import { containersWithViews, type HeldView, viewsThatAre } from "./commands/live.ts";
import { type Servers, serversOf } from "./commands/server.ts";
import { mountsOf, textOf } from "./commands/system_files.ts";
import { FOLDER } from "./views.ts";

const SUBJECT = "lxcfs";

/**
 * Checks lxcfs and its mounts. Finds nothing where config.toml does not ask for the plugin; a wrong configuration is
 * another check's.
 */
export const doctor: Check = async (host) => {
  const config = await readConfig(host).catch(() => undefined);
  const policy = config && asked(config);
  if (!policy) return [];
  const { folder = FOLDER, share, unavailable } = policy.options as Record<string, string | undefined>;
  const servers = serversOf(host);
  return [
    await server(servers, folder, unavailable !== "warn"),
    ...sharing(host, share),
    ...selinux(host),
    ...await ill(host, servers),
  ];
};

function asked({ plugins }: Config) {
  const policy = Object.hasOwn(plugins, "lxcfs") ? plugins.lxcfs : undefined;
  return policy?.mode === "off" ? undefined : policy;
}

async function server(servers: Servers, folder: string, required: boolean): Promise<Finding> {
  const { state, point } = await servers(folder);
  if (point === folder && state === "running") return fine(SUBJECT, `lxcfs answers at ${folder}`);
  if (point === folder && state === "silent") {
    return wrong(
      SUBJECT,
      `the lxcfs at ${folder} has not ended and does not answer, so that containers that are to have its files ` +
        "do not start, and programs that read them wait",
      RESTART,
    );
  }
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

const ILL: [HeldView["state"], string][] = [
  ["stale", "hold files of an lxcfs that is gone"],
  ["missing", "have lost files of lxcfs, and read the host's"],
];

async function ill(host: Host, servers: Servers): Promise<Finding[]> {
  const containers = await containersWithViews(host, servers);
  return ILL.flatMap(([state, what]) => {
    const ids = new Set(
      containers.filter((live) => viewsThatAre(state, live).length > 0)
        .map(({ container }) => container.id),
    );
    if (ids.size === 0) return [];
    return [
      wrong(SUBJECT, `running containers that ${what}: ${ids.size}`, "container-hooks lxcfs remount --all"),
    ];
  });
}
