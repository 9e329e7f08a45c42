/** The lxcfs that runs on this host. */
import { SYSTEM_PATH } from "../../../mod/core/oci.ts";
import type { Host } from "../../../mod/host/host.ts";
import { mountOf } from "../../../mod/host/mounts.ts";
import { ALWAYS_THERE, LXCFS } from "../views.ts";
import { mountsOf } from "./system_files.ts";

/** Milliseconds that one is given to answer in; a healthy one takes less than one of them. */
const PATIENCE = 5000;

/** What is found where an lxcfs should be. */
export interface Server {
  /** "silent": it neither answers nor has it ended. "gone": it has ended, or none was mounted. */
  state: "running" | "silent" | "gone";
  /** Where it is mounted; "" where none is. */
  point: string;
  /** What tells its mounts from another's; undefined where it is gone. */
  device?: string;
}

/** What has a path; each is asked once. */
export type Servers = (path: string) => Promise<Server>;

/** Looks at this host's mounts once. */
export function serversOf(host: Host): Servers {
  const table = mountsOf(host, "self");
  const known = new Map<string, Promise<Server["state"]>>();
  return async (path) => {
    const mounted = mountOf(table, path);
    if (mounted?.type !== LXCFS) return { state: "gone", point: "" };
    const { point, device } = mounted;
    if (!known.has(point)) known.set(point, ask(host, point));
    const state = await known.get(point)!;
    return { state, point, ...(state === "gone" ? {} : { device }) };
  };
}

/**
 * Reads a file of it in a child: the kernel remembers for a second what a file of one that has died was, and who
 * reads from one that hangs may wait for ever.
 */
async function ask(host: Host, point: string): Promise<Server["state"]> {
  const args = ["-c", 'read -r _ <"$1"', "sh", `${point}${ALWAYS_THERE}`];
  const env = { PATH: SYSTEM_PATH };
  const { status, timedOut } = await host.run({ path: "/bin/sh", args, env, timeout: PATIENCE });
  if (timedOut) return "silent";
  return status === 0 ? "running" : "gone";
}
