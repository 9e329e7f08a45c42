/** `container-hooks lxcfs status`: whether lxcfs runs, and who holds mounts of one that is gone. */
import { policyOf, readConfig } from "../../../mod/config/config.ts";
import type { Context } from "../../../mod/command/context.ts";
import { printJson, printTable } from "../../../mod/command/output.ts";
import { oneLine } from "../../../mod/errors.ts";
import type { Host } from "../../../mod/host/host.ts";
import { FOLDER } from "../views.ts";
import { containersWithViews, type LiveContainer } from "./live.ts";
import { serverOf } from "./server.ts";

/** Prints it; stale mounts by name. */
export async function status(this: Context, { json }: { json: boolean }): Promise<void> {
  const { host } = this;
  const containers = containersWithViews(host);
  const lxcfs = await folders(host, containers);
  if (json) return printJson(host, { lxcfs, containers: containers.map(withState) });
  for (const { folder, running } of lxcfs) {
    host.stdout(`lxcfs at ${folder}: ${running ? "running" : "not running (systemctl start lxcfs)"}\n`);
  }
  if (containers.length === 0) return host.stdout("no running container has files of lxcfs from us\n");
  host.stdout("\n");
  await printTable(
    host,
    ["CONTAINER", "NAME", "ENGINE", "PID", "FILES", "STALE"],
    containers.map(({ container, pid, mounts }) => [
      oneLine(container.id).slice(0, 12),
      oneLine(container.names[0] ?? ""),
      container.engine,
      String(pid),
      String(mounts.length),
      stale(mounts) || "none",
    ]),
  );
  if (!containers.some(({ mounts }) => stale(mounts))) return;
  host.stdout(
    "\nReading a stale file fails: Transport endpoint is not connected. " +
      "`container-hooks lxcfs remount --all` heals them once lxcfs runs.\n",
  );
}

/** Where the containers have their files from, and where the next one would. */
async function folders(
  host: Host,
  containers: readonly LiveContainer[],
): Promise<{ folder: string; running: boolean }[]> {
  const { options } = policyOf(await readConfig(host), "lxcfs");
  const configured = typeof options.folder === "string" ? options.folder : FOLDER;
  const used = containers.flatMap(({ mounts }) =>
    mounts.map(({ source, target }) => source.slice(0, -target.length))
  );
  const server = serverOf(host);
  return Array.from(new Set([configured, ...used]), (folder) => ({
    folder,
    running: server(folder)?.point === folder,
  }));
}

function withState({ container, pid, mounts }: LiveContainer) {
  const { id, names, engine } = container;
  return { id, names, engine, pid, mounts: mounts.map(({ target, stale }) => ({ path: target, stale })) };
}

function stale(mounts: LiveContainer["mounts"]): string {
  return mounts.filter(({ stale }) => stale).map(({ target }) => target).join(" ");
}
