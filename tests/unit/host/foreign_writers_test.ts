import assert from "node:assert/strict";
import { foreignWriter } from "../../../mod/host/foreign_writers.ts";
import { MemoryHost } from "../memory_host.ts";

const PLACE = "/srv/outer/bundle/config.json";

function withBundle(attributes: Record<string, { uid?: number; mode?: number }> = {}): MemoryHost {
  const host = new MemoryHost();
  host.file(PLACE, "{}");
  for (const [path, { uid, mode }] of Object.entries(attributes)) {
    if (path === PLACE) host.file(PLACE, "{}", { uid, mode });
    else {host.folder(path, {
        ...(uid === undefined ? {} : { uid }),
        ...(mode === undefined ? {} : { mode }),
      });}
  }
  return host;
}

Deno.test("root's own file in root's own folders has no foreign writer, and neither has nothing", () => {
  assert.equal(foreignWriter(withBundle(), PLACE), undefined);
  assert.equal(foreignWriter(withBundle(), "/nowhere/config.json"), undefined);
});

Deno.test("each folder on the way is looked at, and the file, by owner and mode", () => {
  for (const part of ["/", "/srv", "/srv/outer", "/srv/outer/bundle"]) {
    assert.deepEqual(foreignWriter(withBundle({ [part]: { uid: 1000 } }), PLACE), {
      part,
      why: "belongs to user 1000",
    });
    for (const mode of [0o777, 0o775, 0o757]) {
      assert.equal(foreignWriter(withBundle({ [part]: { mode } }), PLACE)?.part, part);
    }
    assert.equal(foreignWriter(withBundle({ [part]: { mode: 0o1777 } }), PLACE), undefined);
  }
  assert.equal(foreignWriter(withBundle({ [PLACE]: { uid: 1000, mode: 0o644 } }), PLACE)?.part, PLACE);
  assert.equal(
    foreignWriter(withBundle({ [PLACE]: { mode: 0o1666 } }), PLACE)?.part,
    PLACE,
    "a file is not sticky",
  );
});

Deno.test("moby 2.0 writes config.json with mode 0666 into a folder of root's alone, and every container was refused", () => {
  const written = { [PLACE]: { uid: 0, mode: 0o666 } };
  const inFolder = (mode: number) =>
    foreignWriter(withBundle({ ...written, "/srv/outer/bundle": { mode } }), PLACE);
  assert.equal(inFolder(0o700), undefined);
  for (const mode of [0o701, 0o710, 0o711, 0o755, 0o750]) assert.equal(inFolder(mode)?.part, PLACE);
  const above = withBundle({ ...written, "/srv/outer": { mode: 0o700 } });
  assert.equal(foreignWriter(above, PLACE)?.part, PLACE, "the bundle may be mounted elsewhere");
  const folder = withBundle({ "/srv/outer": { mode: 0o700 }, "/srv/outer/bundle": { mode: 0o777 } });
  assert.equal(foreignWriter(folder, PLACE)?.part, "/srv/outer/bundle");
  const stranger = withBundle({ [PLACE]: { mode: 0o666, uid: 1000 }, "/srv/outer/bundle": { mode: 0o700 } });
  assert.equal(foreignWriter(stranger, PLACE)?.part, PLACE);
});

Deno.test("a link is followed where it is root's, and where nobody else could have put it", () => {
  const linked = (folder: { mode?: number }, uid = 0) => {
    const host = withBundle();
    host.folder("/links", folder);
    host.symlink("/links/one", "../srv/./outer", { uid });
    host.symlink("/links/two", "/links/one/../outer/bundle");
    return host;
  };
  assert.equal(foreignWriter(linked({}), "/links/two/config.json"), undefined);
  assert.equal(foreignWriter(linked({}, 1000), "/links/two/config.json")?.part, "/links/one");
  assert.match(
    foreignWriter(linked({ mode: 0o1777 }), "/links/two/config.json")!.why,
    /symbolic link in a folder/,
  );
  const loop = withBundle();
  loop.symlink("/a", "/b");
  loop.symlink("/b", "/a");
  assert.match(foreignWriter(loop, "/a/x")!.why, /too many/);
});

Deno.test("what a link leads to is looked at too", () => {
  const host = withBundle({ "/srv/outer": { uid: 1000 } });
  host.symlink("/link", "/srv/outer/bundle");
  assert.equal(foreignWriter(host, "/link/config.json")?.part, "/srv/outer");
});

Deno.test("rootless, a user's own bundle was taken for somebody else's", () => {
  const own = withBundle({ "/srv/outer": { uid: 1000, mode: 0o775 }, [PLACE]: { uid: 1000, mode: 0o664 } });
  own.user = 1000;
  assert.equal(foreignWriter(own, PLACE), undefined);
  own.user = 1001;
  assert.equal(foreignWriter(own, PLACE)?.why, "belongs to user 1000");
});

Deno.test("in a user namespace: one user's own map, a system container's, and who is outside of it", () => {
  const inside = (map: string, uid: number) => {
    const host = withBundle({ "/srv/outer/bundle": { uid } });
    host.namespaced = true;
    host.file("/proc/self/uid_map", map);
    return foreignWriter(host, PLACE)?.why;
  };
  const rootless = "         0       1000          1\n         1     100000      65536\n";
  const system = "         0     100000      65536\n";
  // podman chowns a bundle to the container's root, which is another number of the same user's.
  assert.equal(inside(rootless, 1), undefined);
  assert.equal(inside(system, 1000), "belongs to user 1000");
  for (const map of [rootless, system]) assert.equal(inside(map, 65534), undefined);
});
