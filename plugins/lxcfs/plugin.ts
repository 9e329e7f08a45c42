/**
 * Containers see their own processors, memory and uptime in /proc and /sys, as lxcfs shows them.
 *
 * @see https://linuxcontainers.org/lxcfs/introduction/
 */
import { definePlugin, type Edit, mount, type PlanContext, problem } from "container-hooks/plugin";
import { chooseViews } from "./choose.ts";
import { FOLDER, offeredBy } from "./views.ts";

/** Options of every mount: lxcfs hands what root writes on to the host's /sys, so nothing of it may be writable. */
const READ_ONLY = ["ro", "nosuid", "nodev", "noexec"];

/** Milliseconds between two looks for an lxcfs that is waited for. */
const PAUSE = 100;

export default definePlugin({
  api: 1,
  name: "lxcfs",
  version: "1.0.0",
  brief: "Containers see their own processors, memory and uptime in /proc, by lxcfs",
  options: {
    folder: { type: "string", default: FOLDER, pattern: "^/.*[^/]$", brief: "where lxcfs is mounted" },
    unavailable: {
      type: "string",
      default: "fail",
      choices: ["fail", "warn"],
      brief: "without a running lxcfs, containers do not start, or see the host's /proc",
    },
    wait: {
      type: "integer",
      default: 0,
      minimum: 0,
      maximum: 90,
      brief: "seconds to wait for lxcfs before that; keep the plugin's timeout above it",
    },
    privileged: {
      type: "string",
      default: "mount",
      choices: ["mount", "skip"],
      brief:
        "what containers get in which nothing of /proc is masked; see README.md about engines inside them",
    },
    share: {
      type: "string",
      pattern: "^/.*[^/]$",
      brief: "a folder above lxcfs's, shared into containers, so that they see an lxcfs that was restarted",
    },
  },
  needs: { read: [{ option: "folder" }, "/proc", "/sys/devices/system/cpu"] },
  async plan(container, { options, host, log, signal }) {
    if (options.privileged === "skip" && !hasMasks(container.linux)) {
      return { note: "nothing of its /proc is masked, and privileged = skip" };
    }
    const offered = await available(host, options, signal);
    if (!offered) {
      if (options.unavailable === "fail") {
        throw problem(
          `no lxcfs answers at ${options.folder}`,
          'start it (systemctl start lxcfs), or set unavailable = "warn" in [plugins.lxcfs.options]',
        );
      }
      const note = `no lxcfs answers at ${options.folder}: the container sees the host's /proc`;
      log.warn(`${note} (container ${container.id})`);
      return { note };
    }
    const { views, leftOut } = chooseViews(container, offered);
    const edits = views.map((path): Edit => bind(`${options.folder}${path}`, path));
    if (options.share !== undefined && views.length > 0) edits.push(shared(options.share, options.folder));
    return { edits, note: [`${views.length} of ${offered.length} files`, ...leftOut].join("; ") };
  },
});

async function available(
  host: PlanContext["host"],
  { folder, wait }: { folder: string; wait: number },
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const tries = Math.ceil(wait * 1000 / PAUSE);
  for (let left = tries; !signal.aborted; left--) {
    const offered = offeredBy(host, folder);
    if (offered || left <= 0) return offered;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return undefined;
}

function hasMasks(linux: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(linux.maskedPaths) && linux.maskedPaths.length > 0;
}

function bind(source: string, destination: string): Edit {
  return mount({ source, destination, options: ["bind", ...READ_ONLY] });
}

/**
 * Shares the folder as a slave, so that mounts and unmounts of the host arrive and none go back. Sharing lxcfs's own
 * folder would share the mount that dies with it: what is mounted there next appears in the folder above.
 */
function shared(share: string, folder: string): Edit {
  if (!folder.startsWith(`${share}/`)) {
    throw problem(
      `share = "${share}" is no folder above ${folder}, so an lxcfs that is restarted would not appear in it`,
      "name the folder that holds lxcfs's mount point, and nothing else of value",
    );
  }
  return mount({ source: share, destination: share, options: ["rbind", "rslave", ...READ_ONLY] });
}
