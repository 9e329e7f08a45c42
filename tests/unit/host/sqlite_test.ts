import assert from "node:assert/strict";
import { QUERY } from "../../../mod/engines/podman/database.ts";
import { queryDatabase } from "../../../mod/host/sqlite.ts";
import { zipped } from "../engines/record_host.ts";

/** As podman 5.4.2 made it: podman create --name web --label b=user --label c=user, of an image with labels a and b. */
async function withDatabase(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/db.sql`, await zipped("podman/db.sql.gz"));
    await body(`${folder}/db.sql`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the first row of podman 5's database is found, by its id alone", () =>
  withDatabase(async (path) => {
    const id = "60cf2a89d81ca09a513ad938e6c35df10f1880ca7d5933b03257a8b75f4ecf6c";
    const row = await queryDatabase(path, QUERY, id);
    assert.deepEqual(JSON.parse(row!.JSON as string).labels, { a: "image", b: "user", c: "user" });
    assert.equal(await queryDatabase(path, QUERY, id.slice(1)), undefined);
    assert.equal(await queryDatabase(path, QUERY, "' OR '1' = '1"), undefined);
  }));

Deno.test("a database is only read, and one that is none is an error", () =>
  withDatabase(async (path) => {
    await assert.rejects(queryDatabase(path, "DELETE FROM ContainerConfig"), /readonly/);
    await Deno.writeTextFile(path, "no database".repeat(100));
    await assert.rejects(queryDatabase(path, QUERY, "a"), /not a database/);
    await assert.rejects(queryDatabase(`${path}.gone`, QUERY, "a"), /unable to open/);
  }));
