/** `container-hooks lxcfs remount`: heals containers whose lxcfs was restarted under them. */
import type { Context } from "../../../mod/cli/kit/context.ts";
import { printJson, printTable, shortId } from "../../../mod/cli/kit/output.ts";
import { type Failure, failure, quote } from "../../../mod/errors.ts";
import { heal, type Healed } from "./heal.ts";
import { containersWithViews, type LiveContainer } from "./live.ts";
import { serversOf } from "./server.ts";

/**
 * Heals one container, or all.
 *
 * @throws {Failure} usage, not-found, container-ambiguous, problem
 */
export async function remount(
  this: Context,
  { all, json }: { all: boolean; json: boolean },
  wanted?: string,
): Promise<void> {
  if (all === (wanted !== undefined)) {
    throw failure("usage", { why: "`container-hooks lxcfs remount` takes a container, or --all" });
  }
  const server = serversOf(this.host);
  const live = await containersWithViews(this.host, server);
  const results = await heal(wanted === undefined ? live : ofContainer(live, wanted), server);
  if (json) printJson(this.host, results);
  else await print(this, results);
  const failed = results.flatMap(({ id, failed }) => failed.map((each) => ({ id, ...each })));
  if (failed.length > 0) throw notReplaced(failed.length, failed[0]!);
}

function notReplaced(count: number, first: { id: string } & Healed["failed"][number]): Failure {
  const files = `${count} file${count === 1 ? "" : "s"} of lxcfs`;
  const where = `${quote(first.path)} in container ${quote(first.id)}`;
  return failure("problem", {
    what: `${files} could not be replaced, the first ${where}: ${first.why}`,
    remedy: first.remedy,
  });
}

/**
 * Gets the namespaces of the one container that has this id, this name, or an id that begins like this.
 *
 * @throws {Failure} not-found, container-ambiguous
 */
export function ofContainer(live: readonly LiveContainer[], wanted: string): LiveContainer[] {
  const ways: ((container: LiveContainer["container"]) => boolean)[] = [
    ({ id }) => id === wanted,
    ({ names }) => names.includes(wanted),
    ({ id }) => id.startsWith(wanted),
  ];
  for (const isWanted of ways) {
    const found = live.filter(({ container }) => isWanted(container));
    const ids = new Set(found.map(({ container }) => container.id));
    if (ids.size > 1) throw failure("container-ambiguous", { wanted, ids: [...ids] });
    if (ids.size === 1) return found;
  }
  throw failure("not-found", {
    what: `no running container ${JSON.stringify(wanted)} has files of lxcfs from us`,
    remedy: "`container-hooks lxcfs status` lists those that have",
  });
}

async function print({ host }: Context, results: readonly Healed[]): Promise<void> {
  if (results.length === 0) return host.stdout("nothing is stale or missing\n");
  await printTable(
    host,
    ["CONTAINER", "NAME", "PID", "HEALED", "FAILED"],
    results.map(({ id, name, pid, healed, failed }) => [
      shortId(id),
      name,
      String(pid),
      String(healed.length),
      failed.map(({ path }) => path).join(" ") || "none",
    ]),
  );
}
