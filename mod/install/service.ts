/** What becomes of the service at an installing and at an uninstalling: systemd starts and stops it. */
import { ask, findProgram } from "../engines/setup/programs.ts";
import { asFailure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { InstallRecord } from "./record.ts";
import { UNIT, UNIT_FILE, UNITS } from "./service_unit.ts";
import type { Step } from "./transaction.ts";

/**
 * What is done about the service once everything lies in its place.
 *
 * - start: systemd starts it, now and with the host
 * - restart: where systemd runs it, it goes on with what is installed now
 * - stop: it is stopped, and no more started with the host
 * - lay out: its unit is there, and no systemd runs in that system
 * - tell: this system has no systemd, and its init has to be told
 * - leave out: nobody wants it
 */
export type ServiceAction = "start" | "restart" | "stop" | "lay out" | "tell" | "leave out";

/** Whether systemd runs this machine; never that of another root. */
function runsSystemd(host: Host, root: string): boolean {
  return root === "" && host.lstat("/run/systemd/system")?.kind === "a folder";
}

/** Whether the unit is to be laid out. */
export function wantsUnit(host: Host, root: string, wanted: boolean): boolean {
  return wanted && (runsSystemd(host, root) || host.lstat(UNITS)?.kind === "a folder");
}

/**
 * Whether the service is wanted, as far as somebody has said so now or at an earlier installing.
 *
 * @param asked By a flag; undefined where none was given.
 */
export function isWanted(asked: boolean | undefined, earlier: InstallRecord | undefined): boolean {
  return asked ?? earlier?.service !== false;
}

/** Finds what is to be done. */
export function serviceAction(
  host: Host,
  { root, wanted, steps, earlier }: {
    root: string;
    wanted: boolean;
    steps: readonly Step[];
    earlier: InstallRecord | undefined;
  },
): ServiceAction {
  const step = steps.find(({ item }) => item.path === UNIT_FILE);
  const runs = runsSystemd(host, root);
  if (!wanted) return runs && step?.action === "remove" ? "stop" : "leave out";
  if (!step) return "tell";
  if (!runs) return "lay out";
  const wasThere = step.action !== "make" && earlier?.state === "whole";
  // Who has disabled it since wants it so.
  return wasThere ? "restart" : "start";
}

/** What systemd is asked for, in order. */
const REQUESTS: Record<"start" | "restart" | "stop", string[][]> = {
  start: [["daemon-reload"], ["enable", "--now", UNIT]],
  restart: [["daemon-reload"], ["try-restart", UNIT]],
  stop: [["disable", "--now", UNIT]],
};

/**
 * Does it. Containers start without the service, so that nothing is taken back where systemd does not do it.
 *
 * @returns what systemd complained about; undefined where all went well
 */
export async function tellSystemd(
  host: Host,
  action: "start" | "restart" | "stop",
): Promise<string | undefined> {
  try {
    const systemctl = findProgram(host, "systemctl");
    if (systemctl === undefined) return "systemctl is not there";
    for (const args of REQUESTS[action]) {
      const { ok, complaint } = await ask(host, systemctl, args);
      if (!ok) return `systemctl ${args.join(" ")}: ${complaint}`;
    }
    return undefined;
  } catch (thrown) {
    return asFailure(thrown).what;
  }
}

/** Has systemd forget a unit that is gone. */
export async function forgetUnit(host: Host): Promise<void> {
  const systemctl = findProgram(host, "systemctl");
  if (systemctl !== undefined) await ask(host, systemctl, ["daemon-reload"]);
}

/** Whether an uninstalling has a service to stop. */
export function stopsService(host: Host, root: string): boolean {
  return runsSystemd(host, root) && host.lstat(UNIT_FILE) !== undefined;
}
