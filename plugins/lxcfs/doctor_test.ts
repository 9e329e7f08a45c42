import assert from "node:assert/strict";
import { MemoryHost } from "../../tests/unit/memory_host.ts";
import { doctor } from "./doctor.ts";

const CONFIG = "/etc/container-hooks/config.toml";
const FOLDER = "/var/lib/lxcfs";
const ROOT = "27 1 254:0 / / rw - ext4 /dev/vda rw\n";
const LXCFS = `44 27 0:41 / ${FOLDER} rw shared:9 - fuse.lxcfs lxcfs rw\n`;

/** A host with this policy and these mounts. */
function hostWith(config: string, mounts = ROOT + LXCFS): MemoryHost {
  const host = new MemoryHost();
  host.file(CONFIG, config);
  host.file("/proc/self/mountinfo", mounts);
  host.programs["/bin/sh"] = () => ({});
  return host;
}

/** What is found, as "state: what". */
async function found(host: MemoryHost): Promise<string[]> {
  return (await doctor(host)).map(({ state, what }) => `${state}: ${what}`);
}

Deno.test("nothing is said where containers are not to have lxcfs", async () => {
  assert.deepEqual(await found(hostWith("")), []);
  assert.deepEqual(await found(hostWith('[plugins.lxcfs]\nmode = "off"\n', ROOT)), []);
});

Deno.test("a configuration that is wrong is left to the check of that", async () => {
  assert.deepEqual(await found(hostWith("[plugins.lxcfs\n")), []);
});

Deno.test("an lxcfs that answers is well", async () => {
  assert.deepEqual(await found(hostWith("[plugins.lxcfs]\n")), [`ok: lxcfs answers at ${FOLDER}`]);
});

Deno.test("an lxcfs that does not is an error where containers wait for it, else a warning", async () => {
  const [failing] = await doctor(hostWith("[plugins.lxcfs]\n", ROOT));
  assert.equal(failing!.state, "error");
  assert.match(failing!.remedy!, /systemctl enable --now lxcfs/);
  const lenient = '[plugins.lxcfs.options]\nunavailable = "warn"\n';
  assert.equal((await doctor(hostWith(lenient, ROOT)))[0]!.state, "warning");
});

Deno.test("a mount that has died is no lxcfs that answers", async () => {
  const host = hostWith("[plugins.lxcfs]\n");
  host.programs["/bin/sh"] = () => ({ status: 2 });
  assert.equal((await doctor(host))[0]!.state, "error");
});

Deno.test("an lxcfs that hangs is an error, and what mends it is said", async () => {
  const host = hostWith('[plugins.lxcfs.options]\nunavailable = "warn"\n');
  host.programs["/bin/sh"] = () => ({ timedOut: true });
  const [hung] = await doctor(host);
  assert.deepEqual([hung!.state, /does not answer/.test(hung!.what)], ["error", true]);
  assert.match(hung!.remedy!, /systemctl restart lxcfs/);
});

Deno.test("bind sources that SELinux would refuse are said, with the command that allows them", async () => {
  const host = hostWith("[plugins.lxcfs]\n");
  host.file("/sys/fs/selinux/enforce", "1");
  const unknown = (await doctor(host))[1]!;
  assert.deepEqual([unknown.state, /fusefs_t/.test(unknown.what)], ["warning", true]);
  assert.match(unknown.remedy!, /ausearch/);
  host.file("/sys/fs/selinux/booleans/virt_sandbox_use_fusefs", "0 0");
  assert.equal((await doctor(host))[1]!.remedy, "setsebool -P virt_sandbox_use_fusefs on");
  host.file("/sys/fs/selinux/booleans/virt_sandbox_use_fusefs", "1 1");
  assert.equal((await doctor(host))[1]!.state, "ok");
});

Deno.test("an SELinux that only warns is not spoken of", async () => {
  const host = hostWith("[plugins.lxcfs]\n");
  host.file("/sys/fs/selinux/enforce", "0");
  assert.equal((await doctor(host)).length, 1);
});

Deno.test("a shared folder on a mount that hands nothing on is a warning", async () => {
  const config = '[plugins.lxcfs.options]\nfolder = "/srv/l/fs"\nshare = "/srv/l"\nunavailable = "warn"\n';
  const [, warned] = await doctor(hostWith(config, ROOT));
  assert.match(warned!.what, /\/srv\/l lies on a mount that is not shared/);
  const [, fine] = await doctor(hostWith(config, "27 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n"));
  assert.equal(fine!.state, "ok");
});
