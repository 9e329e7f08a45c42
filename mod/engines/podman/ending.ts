/** How a container of podman's ended: what its database has until the container is removed. */
import { openTrusted } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { decodeJson, parseJson } from "../../text/json/json_text.ts";
import { readBolt } from "../bolt/read_bolt.ts";
import type { StoragePath } from "../bundle_path.ts";
import { storageRoots } from "../containers_storage.ts";
import { type EngineEnding, timeOf } from "../ending.ts";
import { field, textField } from "../records.ts";

/** podman writes its JSON as bytes, into a column that is declared as text. */
export const STATE_QUERY = "SELECT CAST(JSON AS TEXT) AS JSON FROM ContainerState WHERE ID = ?";

const WHAT = "podman's database";

/** podman's numbers of states (libpod/define/containerstate.go). */
const CONFIGURED = 1, CREATED = 2, RUNNING = 3, PAUSED = 5;

/** Reads it of podman's database, of whichever version; undefined where that has no such container. */
export async function podmanEnding(
  host: Host,
  bundle: StoragePath,
  id: string,
): Promise<EngineEnding | undefined> {
  for (const root of storageRoots(bundle, {})) {
    const state = await fromSqlite(host, `${root}/db.sql`, id) ??
      fromBolt(host, `${root}/libpod/bolt_state.db`, id);
    if (state !== undefined) return endingOf(state);
  }
  return undefined;
}

/** A database that is not there, not trusted or locked says nothing. */
async function fromSqlite(host: Host, path: string, id: string): Promise<unknown> {
  try {
    openTrusted(host, path, WHAT)[Symbol.dispose]();
    const row = await host.queryDatabase(path, STATE_QUERY, id);
    return typeof row?.JSON === "string" ? parseJson(row.JSON, WHAT) : undefined;
  } catch {
    return undefined;
  }
}

function fromBolt(host: Host, path: string, id: string): unknown {
  const state = readBolt(host, path, WHAT, [], (root) => root.path("ctr", id)?.get("state"));
  try {
    return state && parseJson(decodeJson(state, WHAT), WHAT);
  } catch {
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
