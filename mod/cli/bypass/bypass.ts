/** `container-hooks bypass`: the way out when something of ours keeps containers from starting. */
import { readConfig } from "../../config/config.ts";
import { gateStands } from "../../errors.ts";
import { sinceWhen, untilWhen } from "../../doctor/bypass.ts";
import { keeps, type LogSettings, openLog } from "../../host/own_log.ts";
import type { Host } from "../../host/host.ts";
import { lastIndex } from "../../index/open_index.ts";
import { type NamedGate, namedGates } from "../../index/open_standing.ts";
import { type Bypass, readBypass, switchBypassOff, switchBypassOn } from "../../state/bypass.ts";
import type { Context } from "../kit/context.ts";
import { printJson } from "../kit/output.ts";

/** Switches it on. */
export async function on(this: Context, flags: { json: boolean; for?: number }): Promise<void> {
  const { host } = this;
  const log = await settingsOfLog(host);
  const bypass = switchBypassOn(host, { duration: flags.for, log });
  // Which makes the file that the launcher adds to, and nothing else.
  if (log) openLog(host, log)("warn", `bypass is switched on, ${untilWhen(bypass)}`);
  await tell(this, flags, bypass);
}

/** Switches it off. */
export async function off(this: Context, flags: { json: boolean }): Promise<void> {
  switchBypassOff(this.host);
  await tell(this, flags, undefined);
}

/** Says how it stands. */
export async function status(this: Context, flags: { json: boolean }): Promise<void> {
  await tell(this, flags, readBypass(this.host));
}

/** Undefined where nothing is to be logged, or where that cannot be told any more. */
async function settingsOfLog(host: Host): Promise<LogSettings | undefined> {
  const log = await configuredLog(host);
  return log && log.file !== "" && keeps(log, "warn") ? log : undefined;
}

async function configuredLog(host: Host): Promise<LogSettings | undefined> {
  try {
    return (await readConfig(host)).log;
  } catch {
    // The way out must work with a configuration that cannot be read.
  }
  try {
    return lastIndex(host)?.config.log;
  } catch {
    return undefined;
  }
}

async function tell(
  { host }: Context,
  { json }: { json: boolean },
  bypass: Bypass | undefined,
): Promise<void> {
  const gates = bypass ? await namedGates(host) : [];
  if (json) return printJson(host, inJson(bypass, gates));
  if (!bypass) return host.stdout("bypass is off: every container is looked at\n");
  host.stdout(`bypass is on${sinceWhen(bypass)}, ${untilWhen(bypass)}: containers start without us\n`);
  if (gates.length > 0) host.stdout(`${gateStands(gates)}\n`);
}

function inJson(bypass: Bypass | undefined, gates: readonly NamedGate[]): unknown {
  if (!bypass) return { on: false };
  const { since, until, path } = bypass;
  return { on: true, since, until, path, gates: gates.map(({ name, place }) => ({ name, ...place })) };
}
