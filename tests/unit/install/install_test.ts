import assert from "node:assert/strict";
import { install, planInstall } from "../../../mod/install/install.ts";
import { readRecord } from "../../../mod/install/record.ts";
import { bareHost, requestFor } from "./memory_installation.ts";

const READ_ONLY_USR = `1 1 8:1 / / rw - ext4 /dev/sda rw
2 1 8:2 / /usr ro - ext4 /dev/sdb rw
`;

Deno.test("a dry run on a read-only /usr said that all was well", async () => {
  const host = bareHost();
  host.file("/proc/self/mountinfo", READ_ONLY_USR);
  await assert.rejects(
    planInstall(host, await requestFor(host)),
    /\/usr is on a read-only file system/,
  );
});

Deno.test("another user's dry run said that he could write where he cannot", async () => {
  const host = bareHost("/srv/image");
  host.user = 1000;
  await assert.rejects(
    planInstall(host, await requestFor(host, { root: "/srv/image" })),
    /folder \/srv\/image cannot be written: permission denied/,
  );
});

Deno.test("the state folder, which is made too, was not in the table", async () => {
  const host = bareHost();
  const request = await requestFor(host);
  const planned = (await planInstall(host, request)).steps;
  assert.deepEqual(
    planned.filter(({ item }) => item.path.startsWith("/var")).map(({ action, item }) => [action, item.path]),
    [["make", "/var"], ["make", "/var/lib"], ["make", "/var/lib/container-hooks"]],
  );
  assert.deepEqual((await install(host, request)).steps, planned);
  assert.equal(host.lstat("/var/lib")?.mode, 0o755, "was made with the mode of the state folder");
  assert.equal(host.lstat("/var/lib/container-hooks")?.mode, 0o700);
  assert.equal(readRecord(host)?.state, "whole");
});

const PREFIXES = [
  "/var/lib/container-hooks/portable",
  "/var/lib/container-hooks",
  "/run/container-hooks/x",
  "/link/x",
];

for (const prefix of PREFIXES) {
  Deno.test(`${prefix} is emptied by ourselves, and was taken for the program`, async () => {
    const host = bareHost();
    host.folder("/var/lib/container-hooks/portable");
    host.symlink("/link", "/var/lib/container-hooks/portable");
    await assert.rejects(planInstall(host, await requestFor(host, { prefix })), { code: "install-prefix" });
  });
}

Deno.test("a folder that begins with the same letters is no such place", async () => {
  const host = bareHost();
  host.folder("/var/lib");
  const prefix = "/var/lib/container-hooks-program";
  assert.equal(
    (await planInstall(host, await requestFor(host, { prefix }))).folder.split("/")[3],
    prefix.slice(9),
  );
});

Deno.test("somebody else's link of our name is not replaced without a word", async () => {
  const host = bareHost();
  host.file("/mnt/container-hooks", "theirs");
  host.symlink("/usr/bin/container-hooks", "/mnt/container-hooks");
  await assert.rejects(planInstall(host, await requestFor(host)), { code: "install-foreign" });
});

Deno.test("a broken record was to be corrected by hand; moved away, installing writes it anew", async () => {
  const host = bareHost();
  const request = await requestFor(host);
  await install(host, request);
  host.file("/var/lib/container-hooks/install.json", '{"format":1,');
  await assert.rejects(install(host, request), /move it away, then `container-hooks install`/);
  host.remove("/var/lib/container-hooks/install.json");
  await install(host, request);
  assert.equal(readRecord(host)?.state, "whole");
});

Deno.test("what a kill left of an installing stayed for ever, once all else was in its place", async () => {
  const host = bareHost();
  const request = await requestFor(host);
  await install(host, request);
  const prefix = "/usr/libexec/container-hooks";
  const names = () => [prefix, "/usr/bin"].map((path) => host.readFolder(path).map(({ name }) => name));
  const before = names();
  host.file(`${prefix}/.new/container-hooks`, "half of it");
  host.file(`${prefix}/.old/container-hooks`, "damaged");
  host.file("/usr/bin/.container-hooks.new.container-hooks-runtime", "#!/bin/sh\n");
  host.symlink("/usr/bin/.container-hooks.new.container-hooks", "/nowhere");
  await install(host, request);
  assert.deepEqual(names(), before);
});
