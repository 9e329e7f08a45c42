/** `container-hooks lxcfs watch`: heals containers by itself, whenever lxcfs was restarted. */
import type { Context } from "../../../mod/cli/kit/context.ts";
import { asFailure, oneLine } from "../../../mod/errors.ts";
import { pause } from "../../../mod/host/timer.ts";
import { visibleJson } from "../../../mod/visible.ts";
import { heal, type Healed } from "./heal.ts";
import { containersWithViews } from "./live.ts";
import { serversOf } from "./server.ts";
import { lastingPath, unitText } from "./unit.ts";

interface Flags {
  /** Milliseconds between two looks. */
  every: number;
  /** Print a systemd unit instead. */
  unit: boolean;
  json: boolean;
}

/**
 * Looks at all containers, again and again, until it is ended.
 *
 * There is no event that a restart of lxcfs could be told by in time: a container that was being created
 * meanwhile has mounts of the old one too.
 */
export async function watch(this: Context, { every, unit, json }: Flags): Promise<void> {
  const { host, program } = this;
  if (unit) return host.stdout(unitText(lastingPath(host, program.file)));
  let last = "";
  for (;;) {
    const lines = await look(this, json);
    const text = lines.join("");
    // What cannot be healed is told once, not at every look.
    if (text !== last) host.stdout(text);
    last = text;
    await pause(every);
  }
}

/** Looks once, and heals what is to be healed. @returns lines for the log */
async function look({ host }: Context, json: boolean): Promise<string[]> {
  try {
    const server = serversOf(host);
    const results = await heal(await containersWithViews(host, server), server);
    return results.map((result) => json ? `${visibleJson(JSON.stringify(result))}\n` : line(result));
  } catch (thrown) {
    const { message } = asFailure(thrown);
    return [json ? `${visibleJson(JSON.stringify({ error: message }))}\n` : `${message}\n`];
  }
}

/** What is told of one container: each reason once, with the paths that it is true of. */
export function line({ id, name, healed, failed }: Healed): string {
  const reasons = Array.from(Map.groupBy(failed, ({ why }) => why), ([why, alike]) => {
    return `; not ${alike.map(({ path }) => path).join(" ")}: ${why}`;
  }).join("");
  const count = `${healed.length} file${healed.length === 1 ? "" : "s"} healed`;
  return oneLine(`container ${id}${name && ` (${name})`}: ${count}${reasons}`) + "\n";
}
