/** How a container of podman's ended: what its database has until the container is removed. */
import { Failure } from "../../errors.ts";
import { openTrusted } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { parseJson } from "../../text/json/json_text.ts";
import type { StoragePath } from "../bundle_path.ts";
import { storageRoots } from "../containers_storage.ts";
import { type EngineEnding, timeOf } from "../ending.ts";
import { field, textField } from "../records.ts";

/** podman writes its JSON as bytes, into a column that is declared as text. */
export const STATE_QUERY = "SELECT CAST(JSON AS TEXT) AS JSON FROM ContainerState WHERE ID = ?";

/** podman's numbers of states (libpod/define/containerstate.go). */
const CONFIGURED = 1, CREATED = 2, RUNNING = 3, PAUSED = 5;

/** Reads it of podman 5's database; undefined where that has no such container. */
export async function podmanEnding(
  host: Host,
  bundle: StoragePath,
  id: string,
): Promise<EngineEnding | undefined> {
  for (const root of storageRoots(bundle, {})) {
    const state = await stateIn(host, `${root}/db.sql`, id);
    if (state !== undefined) return endingOf(state);
  }
  return undefined;
}

async function stateIn(host: Host, path: string, id: string): Promise<unknown> {
  try {
    openTrusted(host, path, "podman's database")[Symbol.dispose]();
    const row = await host.queryDatabase(path, STATE_QUERY, id);
    return typeof row?.JSON === "string" ? parseJson(row.JSON, "podman's record") : undefined;
  } catch (thrown) {
    if (!(thrown instanceof Failure) && !(thrown instanceof Error)) throw thrown;
    return undefined;
  }
}

function endingOf(record: unknown): EngineEnding {
  const state = field(record, "state");
  const started = timeOf(textField(record, "startedTime"));
  if (state === CONFIGURED || state === CREATED) return { state: "created" };
  if (state === RUNNING) return { state: "running", started };
  if (state === PAUSED) return { state: "paused", started };
  const exitCode = field(record, "exitCode");
  const error = textField(record, "error") ??
    (field(record, "oomKilled") === true ? "it was killed, because memory ran out" : undefined);
  return {
    state: "stopped",
    started,
    ended: timeOf(textField(record, "finishedTime")),
    ...(typeof exitCode === "number" ? { exitCode } : {}),
    ...(error === undefined ? {} : { error }),
  };
}
