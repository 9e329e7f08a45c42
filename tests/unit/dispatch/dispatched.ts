/** A container that was planned with handlers, and the call by which a runtime has them run. */
import type { Plugin } from "../../../mod/api/plugin.ts";
import type { HandlerStage } from "../../../mod/core/oci.ts";
import { runDispatch } from "../../../mod/dispatch/entry_point.ts";
import type { HandlersRecord, PluginRecord } from "../../../mod/state/journal.ts";
import { MemoryHost } from "../memory_host.ts";

export const ENTRY = `/run/container-hooks/journal/${"0".repeat(32)}.json`;
export const LOG = "/var/log/hooks.log";
/** What isolates start with. */
const MODULE = import.meta.resolve("../../../isolate.ts");

export const STATE = { ociVersion: "1.2.0", id: "web", status: "created", pid: 42, bundle: "/bundles/web" };

/** A plugin of the test, and what is on record of it beside that. */
export interface Planned extends Partial<HandlersRecord>, Pick<PluginRecord, "carry"> {
  name: string;
  on: Plugin["on"];
}

/** What a dispatch came to. */
export interface Dispatched {
  status: number;
  stderr: string;
  stdout: string;
  log: string;
}

/** A host with the entry of container web, whose plugins are those. */
export function planned(plugins: readonly Planned[]): MemoryHost {
  const host = new MemoryHost();
  host.folder("/run/container-hooks", { mode: 0o700 });
  host.folder("/var/log");
  host.folder(STATE.bundle);
  const entry = {
    format: 1,
    token: "0".repeat(32),
    container: { id: STATE.id, bundle: STATE.bundle },
    plugins: plugins.map(({ name, on = {}, carry, ...record }) => ({
      name,
      version: "1.0.0",
      carry,
      handlers: {
        stages: Object.keys(on),
        options: {},
        needs: {},
        timeout: 5000,
        onError: "fail",
        ...record,
      },
    })),
    dispatch: { hooks: [], log: { file: LOG, level: "debug", format: "text" } },
  };
  host.file(ENTRY, JSON.stringify(entry), { mode: 0o600 });
  return host;
}

/** Calls the handlers of a stage; `state` is data or the bytes of standard input, undefined one never closed. */
export async function dispatched(
  host: MemoryHost,
  stage: HandlerStage | string,
  plugins: readonly Planned[],
  { state = STATE, entry = ENTRY }: { state?: unknown; entry?: string } = {},
): Promise<Dispatched> {
  const builtin = Object.fromEntries(
    plugins.map((
      { name, on },
    ) => [name, { load: () => Promise.resolve({ default: { name, on } as Plugin }) }]),
  );
  const input = state === "never closed"
    ? undefined
    : typeof state === "string" || state instanceof Uint8Array
    ? state
    : JSON.stringify(state);
  host.input = typeof input === "string" ? new TextEncoder().encode(input) : input as Uint8Array | undefined;
  const status = await runDispatch(host, ["dispatch", stage, "--journal", entry], {
    builtin,
    module: MODULE,
  });
  return { status, stderr: host.err, stdout: host.out, log: host.text(LOG) ?? "" };
}
