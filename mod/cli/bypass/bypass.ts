/** `container-hooks bypass`: the way out when something of ours keeps containers from starting. */
import { type Bypass, readBypass, switchBypassOff, switchBypassOn } from "../../state/bypass.ts";
import type { Context } from "../kit/context.ts";
import { formatTime, printJson } from "../kit/output.ts";

/** Switches it on. */
export function on(this: Context, flags: { json: boolean; for?: number }): void {
  tell(this, flags, switchBypassOn(this.host, flags.for));
}

/** Switches it off. */
export function off(this: Context, flags: { json: boolean }): void {
  switchBypassOff(this.host);
  tell(this, flags, undefined);
}

/** Says how it stands. */
export function status(this: Context, flags: { json: boolean }): void {
  tell(this, flags, readBypass(this.host));
}

function tell({ host }: Context, { json }: { json: boolean }, bypass: Bypass | undefined): void {
  if (json) return printJson(host, { on: bypass !== undefined, ...bypass });
  if (!bypass) return host.stdout("bypass is off: every container is looked at\n");
  const end = bypass.until === undefined
    ? "until `container-hooks bypass off` or a restart of the host"
    : `until ${formatTime(bypass.until)}`;
  host.stdout(`bypass is on since ${formatTime(bypass.since)}, ${end}: containers start without us\n`);
}
