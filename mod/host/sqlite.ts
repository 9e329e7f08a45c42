/**
 * Reading an SQLite database: podman 5 keeps its records in one.
 *
 * This is the one file of the program that imports a `node:` module (tools/import_rules.ts): SQLite's format, with its
 * write-ahead log and its locks, is not to be read by a hand-written parser. It is imported only
 * when it is needed, for a plugin that asks for what is only there, and costs 1 ms.
 */

/** Milliseconds to wait for an engine that is writing. */
const PATIENCE = 2000;

/** Gets the first row that `query` finds; undefined where it finds none. @throws what SQLite says */
export async function queryDatabase(
  path: string,
  query: string,
  ...parameters: string[]
): Promise<Record<string, unknown> | undefined> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${PATIENCE}`);
    return database.prepare(query).get(...parameters);
  } finally {
    database.close();
  }
}
