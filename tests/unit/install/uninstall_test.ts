import assert from "node:assert/strict";
import { install } from "../../../mod/install/install.ts";
import { uninstall } from "../../../mod/install/uninstall.ts";
import { planUninstall, type UninstallRequest } from "../../../mod/install/uninstall_plan.ts";
import type { MemoryHost } from "../memory_host.ts";
import { bareHost, COPY, requestFor } from "./memory_installation.ts";

const STATE = "/var/lib/container-hooks";
const REQUEST: UninstallRequest = { root: "", force: false, purge: false, self: COPY };

async function installedHost(root = ""): Promise<MemoryHost> {
  const host = bareHost(root);
  host.folder(`${root}/var/lib`);
  await install(host, await requestFor(host, { root }));
  return host;
}

const actions = (host: MemoryHost, more: Partial<UninstallRequest> = {}) =>
  planUninstall(host, { ...REQUEST, ...more }).then(({ removals }) =>
    Object.fromEntries(removals.map(({ action, path }) => [path, action]))
  );

Deno.test("with a lost record it said uninstalled while the program stayed", async () => {
  const host = await installedHost();
  host.remove(`${STATE}/install.json`);
  const refused = await uninstall(host, REQUEST).catch((thrown: Error) => thrown) as Error;
  assert.match(
    refused.message,
    /^no installation is on record, and yet \/usr\/bin\/container-hooks, \S+-ctk, \S+-runtime, \/usr\/libexec\/\S+ are there; `container-hooks install` puts what is there on record, then uninstall$/,
  );
  await install(host, await requestFor(host));
  await uninstall(host, REQUEST);
  assert.equal(host.lstat("/usr/bin/container-hooks"), undefined);
});

Deno.test("with a lost record below a root, what is there is named as the builder has it", async () => {
  const host = await installedHost("/srv/image");
  host.remove(`/srv/image${STATE}/install.json`);
  await assert.rejects(
    uninstall(host, { ...REQUEST, root: "/srv/image" }),
    /yet \/srv\/image\/usr\/bin\/container-hooks, .* are there; `container-hooks install --root \/srv\/image` puts/,
  );
});

Deno.test("where nothing was installed it made folders for its lock", async () => {
  const host = bareHost();
  host.folder("/srv/image");
  for (const root of ["", "/srv/image"]) {
    const { record, removals } = await uninstall(host, { ...REQUEST, root });
    assert.deepEqual([record, removals], [undefined, []]);
    assert.equal(host.lstat(`${root}/var`), undefined);
  }
});

Deno.test("what a kill has left of an uninstalling goes, though nothing is on record", async () => {
  const host = bareHost();
  host.file(`${STATE}/install.lock`, "");
  await uninstall(host, REQUEST);
  assert.equal(host.lstat(STATE), undefined);
});

Deno.test("the log and what stays of the configuration were not in the table", async () => {
  const host = bareHost();
  host.file("/etc/container-hooks/hooks.json", "{}");
  host.file("/var/log/container-hooks-runtime.log", "");
  const kept = { "/etc/container-hooks": "keep", "/var/log/container-hooks-runtime.log": "keep" };
  assert.deepEqual(await actions(host), kept);
  const removed = { "/etc/container-hooks": "remove", "/var/log/container-hooks-runtime.log": "remove" };
  assert.deepEqual(await actions(host, { purge: true }), removed);
});

Deno.test("the state folder was not in the table", async () => {
  const host = await installedHost();
  assert.equal((await actions(host))[STATE], "remove");
  host.file(`${STATE}/backups/daemon.json`, "{}");
  assert.equal((await actions(host))[STATE], "keep");
});

Deno.test("what plugins have stored stays but for --purge, and what they have cached goes", async () => {
  const host = await installedHost();
  host.file(`${STATE}/store/p/one.json`, "1");
  host.file(`${STATE}/cache/p/one.json`, "1");
  await uninstall(host, REQUEST);
  assert.equal(host.text(`${STATE}/store/p/one.json`), "1");
  assert.equal(host.lstat(`${STATE}/cache`), undefined);
  await uninstall(host, { ...REQUEST, purge: true });
  assert.equal(host.lstat(STATE), undefined);
});

Deno.test("a state folder that something is mounted on made it fail after all was gone", async () => {
  const host = await installedHost();
  host.fault = (call, path) => {
    if (call === "remove" && path === STATE) {
      throw Object.assign(new Error("Device or resource busy (os error 16)"), { code: "EBUSY" });
    }
  };
  await uninstall(host, REQUEST);
  assert.deepEqual(host.readFolder(STATE), []);
  assert.equal(host.lstat("/usr/bin/container-hooks"), undefined);
});

Deno.test("a broken record was to be corrected by hand", async () => {
  const host = await installedHost();
  host.file(`${STATE}/install.json`, "[]");
  await assert.rejects(
    uninstall(host, { ...REQUEST, force: true }),
    /install\.json, cannot be understood: .*; move it away, then `container-hooks install`/,
  );
});

Deno.test("after a downgrade, uninstall took the program from containers that the newer version had planned", async () => {
  const host = await installedHost();
  host.file("/b/config.json", "{}");
  const entry = "/run/container-hooks/journal/t.json";
  host.file(entry, '{"format":2,"config":{"path":"/b/config.json"}}', { mode: 0o600 });
  await assert.rejects(
    uninstall(host, REQUEST),
    /a container that a newer container-hooks has planned, on record in/,
  );
  host.remove("/b/config.json");
  await uninstall(host, REQUEST);
  assert.equal(host.lstat("/usr/bin/container-hooks"), undefined);
});
