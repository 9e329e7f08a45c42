/** `container-hooks lxcfs status`: whether lxcfs runs, and what containers have of it. */
import { policyOf, readConfig } from "../../../mod/config/config.ts";
import type { Context } from "../../../mod/cli/kit/context.ts";
import { printJson, printTable, shortId } from "../../../mod/cli/kit/output.ts";
import type { Host } from "../../../mod/host/host.ts";
import { FOLDER } from "../views.ts";
import { RESTART } from "./heal.ts";
import { containersWithViews, type HeldView, type LiveContainer, viewsThatAre } from "./live.ts";
import { type Server, type Servers, serversOf } from "./server.ts";

/** Prints it; what is not current by name. */
export async function status(this: Context, { json }: { json: boolean }): Promise<void> {
  const { host } = this;
  const server = serversOf(host);
  const containers = await containersWithViews(host, server);
  const lxcfs = await folders(host, containers, server);
  if (json) return printJson(host, { lxcfs, containers: containers.map(withState) });
  for (const { folder, state } of lxcfs) host.stdout(`lxcfs at ${folder}: ${SAID[state]}\n`);
  if (containers.length === 0) return host.stdout("no running container has files of lxcfs from us\n");
  host.stdout("\n");
  await printTable(
    host,
    ["CONTAINER", "NAME", "ENGINE", "PID", "FILES", "STALE", "MISSING"],
    containers.map((live) => [
      shortId(live.container.id),
      live.container.names[0] ?? "",
      live.container.engine,
      String(live.pid),
      String(live.views.length),
      paths(live, "stale") || "none",
      paths(live, "missing") || "none",
    ]),
  );
  const hints = HINTS.filter(([state]) => containers.some((live) => paths(live, state)));
  if (hints.length === 0) return;
  host.stdout(`\n${hints.map(([, text]) => `${text}\n`).join("")}`);
  host.stdout("`container-hooks lxcfs remount --all` heals them once lxcfs runs.\n");
}

const SAID: Record<Server["state"], string> = {
  running: "running",
  silent: `it does not answer, and what reads its files waits for it: ${RESTART}`,
  gone: "not running (systemctl start lxcfs)",
};

const HINTS: [HeldView["state"], string][] = [
  ["stale", "Reading a stale file fails: Transport endpoint is not connected."],
  ["missing", "Where one is missing, the container reads the host's."],
];

/** Where the containers have their files from, and where the next one would. */
async function folders(
  host: Host,
  containers: readonly LiveContainer[],
  server: Servers,
): Promise<{ folder: string; state: Server["state"] }[]> {
  const { options } = policyOf(await readConfig(host), "lxcfs");
  const configured = typeof options.folder === "string" ? options.folder : FOLDER;
  const used = containers.flatMap(({ views }) =>
    views.map(({ source, target }) => source.slice(0, -target.length))
  );
  return await Promise.all(Array.from(new Set([configured, ...used]), async (folder) => {
    const { state, point } = await server(folder);
    return { folder, state: point === folder ? state : "gone" };
  }));
}

function withState({ container, pid, views }: LiveContainer) {
  const { id, names, engine } = container;
  return { id, names, engine, pid, files: views.map(({ target, state }) => ({ path: target, state })) };
}

function paths(live: LiveContainer, state: HeldView["state"]): string {
  return viewsThatAre(state, live).map(({ target }) => target).join(" ");
}
