/**
 * podman's own records: of version 5 in GRAPHROOT/db.sql, an SQLite database, of older ones in
 * GRAPHROOT/libpod/bolt_state.db. podman itself cannot be asked: while it creates a container, it holds its lock.
 */
import { byAuthor, type Fact, unknown } from "../../core/facts.ts";
import { Failure, oneLine, quote } from "../../errors.ts";
import { openTrusted } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { decodeJson, parseJson } from "../../text/json/json_text.ts";
import { readBolt } from "../bolt/read_bolt.ts";
import type { Labels } from "../identity.ts";
import { field, textField, textPairs, whyOf } from "../records.ts";

/** podman writes its JSON as bytes, into a column that is declared as text. */
export const QUERY = "SELECT CAST(JSON AS TEXT) AS JSON FROM ContainerConfig WHERE ID = ?";

/**
 * Gets the labels of a container, its image's merged in.
 *
 * @param roots folders in which podman may keep its records
 */
export async function readLabels(host: Host, roots: Iterable<string>, id: string): Promise<Fact<Labels>> {
  const notes: string[] = [];
  for (const root of roots) {
    const config = await fromSqlite(host, `${root}/db.sql`, id, notes) ??
      fromBolt(host, `${root}/libpod/bolt_state.db`, id, notes);
    if (config === undefined) continue;
    const record = parse(config, notes);
    if (textField(record, "id") === id) return byAuthor(textPairs(field(record, "labels")));
  }
  return unknown(whyOf(notes, "podman's database with this container was not found"));
}

async function fromSqlite(
  host: Host,
  path: string,
  id: string,
  notes: string[],
): Promise<string | undefined> {
  const what = "podman's database";
  try {
    // SQLite opens it once more by its name, which root alone can give to another file.
    openTrusted(host, path, what)[Symbol.dispose]();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code !== "file-missing") notes.push(error.what);
    return undefined;
  }
  try {
    const row = await host.queryDatabase(path, QUERY, id);
    return typeof row?.JSON === "string" ? row.JSON : undefined;
  } catch (error) {
    notes.push(`${what} ${quote(path)} could not be read: ${oneLine((error as Error).message)}`);
    return undefined;
  }
}

function fromBolt(host: Host, path: string, id: string, notes: string[]): Uint8Array | undefined {
  return readBolt(host, path, "podman's database", notes, (root) => root.path("ctr", id)?.get("config"));
}

function parse(config: string | Uint8Array, notes: string[]): unknown {
  const what = "podman's record of this container";
  try {
    return parseJson(typeof config === "string" ? config : decodeJson(config, what), what);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    notes.push(`${what} is not JSON`);
    return undefined;
  }
}
