/** What a plugin reads of the host, and has of its own there, without the service and through it. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { specTest } from "../harness/needs.ts";
import { servedHost } from "../harness/served_host.ts";

/** Says what it has read, found in its cache and stored before; its poststop stores the container's id. */
const PLAN = `
  const bytes = host.readFile("/opt/data/bytes");
  const names = host.readFolder("/opt/data").map(({ name, kind }) => name + "=" + kind);
  const sums = host.sha256("/opt/data/bytes");
  const seen = host.cached("seen") ?? 0;
  host.cache("seen", seen + 1);
  const last = host.stored("last");
  return sums.then((sum) => ({
    note: JSON.stringify({ bytes: [...bytes], names, sum, seen, last: last?.id, large: String(last?.large) }),
  }));`;
const REST = `needs: { read: ["/opt/data"] },
  on: { poststop: (state, { store }) => store("last", { id: state.id, large: 2n ** 63n }) },`;

specTest(
  "a plugin reads bytes, folders and checksums, and finds what it stored and cached, cold and warm",
  ["root", "runc"],
  async ({ form, work }) => {
    await using here = await servedHost(form);
    await here.host.mustRun(["sh", "-c", "mkdir -p /opt/data/inner && printf 'a\\377' > /opt/data/bytes"]);
    await here.plugin("values", PLAN, REST);
    const bundle = await makeBundle(work);
    const said = async (id: string) => {
      const ran = await here.create(id, bundle.path);
      assert.equal(ran.status, 0, ran.stderr);
      const { stdout } = await here.host.mustRun(["/usr/bin/container-hooks", "explain", id, "--json"]);
      const { plugins } = JSON.parse(stdout) as { plugins: { name: string; reasons: string[] }[] };
      return JSON.parse(plugins.find(({ name }) => name === "values")!.reasons.at(-1)!);
    };
    const host = {
      bytes: [97, 255],
      names: ["bytes=a regular file", "inner=a folder"],
      sum: "8dd06b5ab6b594257e41b7d8dd440a4062eddc67fdab5c13b4dc300176896f6e",
    };
    const first = await said("first");
    assert.deepEqual(first, { ...host, seen: 0, large: "undefined" });
    assert.deepEqual(await said("second"), { ...host, seen: 1, last: "first", large: `${2n ** 63n}` });
    await here.serve();
    assert.deepEqual(await said("third"), { ...host, seen: 2, last: "second", large: `${2n ** 63n}` });
    assert.equal((await here.counted()).warm, 1);

    await here.host.mustRun(["rm", "-r", "/var/lib/container-hooks/cache"]);
    assert.deepEqual(await said("fourth"), { ...host, seen: 0, last: "third", large: `${2n ** 63n}` });
    const { stdout } = await here.host.mustRun([
      "stat",
      "-c",
      "%a",
      "/var/lib/container-hooks/store/values/last.json",
    ]);
    assert.equal(stdout, "600\n");
  },
  "files",
);
