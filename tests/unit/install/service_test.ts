import assert from "node:assert/strict";
import { install, planInstall } from "../../../mod/install/install.ts";
import { readRecord } from "../../../mod/install/record.ts";
import { UNIT_FILE, unitText } from "../../../mod/install/service_unit.ts";
import { uninstall } from "../../../mod/install/uninstall.ts";
import type { MemoryHost } from "../memory_host.ts";
import { bareHost, requestFor } from "./memory_installation.ts";

const SYSTEMCTL = "/usr/bin/systemctl";

/** A host whose systemd runs. @param complaint What systemctl fails with */
function systemdHost(complaint?: string): { host: MemoryHost; asked: string[] } {
  const host = bareHost();
  host.folder("/etc/systemd/system");
  host.folder("/run/systemd/system");
  host.file(SYSTEMCTL, "", { mode: 0o755 });
  const asked: string[] = [];
  host.programs[SYSTEMCTL] = ({ args }) => {
    asked.push(args.join(" "));
    const stderr = new TextEncoder().encode(complaint ?? "");
    return complaint === undefined ? {} : { status: 1, stderr };
  };
  return { host, asked };
}

const REMOVING = { root: "", force: false, purge: false, self: "/media/usb/container-hooks" };

Deno.test("where systemd runs, the unit is laid out and started, and restarted by an upgrade", async () => {
  const { host, asked } = systemdHost();
  const request = await requestFor(host);
  assert.equal((await planInstall(host, request)).service, "start");
  assert.deepEqual(asked, [], "a plan changes nothing");
  assert.equal((await install(host, request)).service, "start");
  assert.equal(host.text(UNIT_FILE), unitText("/usr/bin"));
  assert.deepEqual(asked.splice(0), ["daemon-reload", "enable --now container-hooks.service"]);
  assert.equal((await install(host, request)).service, "restart");
  assert.deepEqual(asked.splice(0), ["daemon-reload", "try-restart container-hooks.service"]);
  await uninstall(host, REMOVING);
  assert.deepEqual(asked, ["disable --now container-hooks.service", "daemon-reload"]);
  assert.equal(host.lstat(UNIT_FILE), undefined);
});

Deno.test("--no-service leaves it out, also of later upgrades, until --service", async () => {
  const { host, asked } = systemdHost();
  const without = await requestFor(host, { service: false });
  assert.equal((await install(host, without)).service, "leave out");
  assert.equal(host.lstat(UNIT_FILE), undefined);
  assert.equal((await install(host, await requestFor(host))).service, "leave out");
  assert.equal(readRecord(host)?.service, false);
  assert.deepEqual(asked, []);
  assert.equal((await install(host, await requestFor(host, { service: true }))).service, "start");
  assert.equal(readRecord(host)?.service, undefined);
  asked.splice(0);
  assert.equal((await install(host, without)).service, "stop");
  assert.deepEqual(asked, ["disable --now container-hooks.service", "daemon-reload"]);
  assert.equal(host.lstat(UNIT_FILE), undefined);
});

Deno.test("an installing that was interrupted before systemd was told is completed by the next", async () => {
  const { host } = systemdHost();
  await install(host, await requestFor(host));
  host.file(
    "/var/lib/container-hooks/install.json",
    JSON.stringify({ ...readRecord(host), state: "changing" }),
    {
      mode: 0o600,
    },
  );
  assert.equal((await install(host, await requestFor(host))).service, "start");
});

Deno.test("what systemd complains about is told, and takes nothing back", async () => {
  const { host } = systemdHost("Unit container-hooks.service is masked.");
  const { serviceTrouble } = await install(host, await requestFor(host));
  assert.match(
    serviceTrouble ?? "",
    /^systemctl daemon-reload: Unit container-hooks[.]service is masked[.]$/,
  );
  assert.equal(readRecord(host)?.state, "whole");
  assert.match((await uninstall(host, REMOVING)).serviceTrouble ?? "", /is masked/);
  assert.equal(readRecord(host), undefined);
});

Deno.test("in another root the unit is laid out and this machine's systemd is told nothing", async () => {
  const { host, asked } = systemdHost();
  host.file("/srv/image/usr/sbin/runc", "the runtime", { mode: 0o755 });
  host.folder("/srv/image/etc/systemd/system");
  const request = await requestFor(host, { root: "/srv/image" });
  assert.equal((await install(host, request)).service, "lay out");
  assert.equal(host.text(`/srv/image${UNIT_FILE}`), unitText("/usr/bin"));
  host.folder("/srv/image/etc/systemd/system/multi-user.target.wants");
  const link = "/etc/systemd/system/multi-user.target.wants/container-hooks.service";
  host.symlink(`/srv/image${link}`, UNIT_FILE);
  await uninstall(host, { ...REMOVING, root: "/srv/image" });
  assert.equal(host.lstat(`/srv/image${link}`), undefined, "a link that leads nowhere was left");
  assert.deepEqual(asked, []);
});

Deno.test("without systemd nothing of it is made", async () => {
  const host = bareHost();
  assert.equal((await install(host, await requestFor(host))).service, "tell");
  assert.equal(host.lstat("/etc/systemd"), undefined);
});

Deno.test("a folder of commands with signs that systemd reads is quoted for it", () => {
  assert.match(unitText('/opt/a "b"/50%'), /^ExecStart="\/opt\/a \\"b\\"\/50%%\/container-hooks" serve$/m);
});
