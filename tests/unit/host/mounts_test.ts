import assert from "node:assert/strict";
import { mountOf, parseMounts, stackOf } from "../../../mod/host/mounts.ts";

/** Lines of mountinfo from [id, parent, device, root, point, type]. */
function table(...rows: [number, number, string, string, string, string][]) {
  return parseMounts(
    rows.map(([id, parent, device, root, point, type]) =>
      `${id} ${parent} ${device} ${root} ${point} rw,relatime - ${type} x rw\n`
    ).join(""),
  );
}

const ROOT = [1, 99, "8:1", "/", "/", "overlay"] as const;
const PROC = [2, 1, "0:5", "/", "/proc", "proc"] as const;

Deno.test("a line's fields are told apart whatever optional fields it has", () => {
  const line =
    "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime shared:7 master:1 propagate_from:2 - fuse.lxcfs lxcfs rw,allow_other\n";
  assert.deepEqual(parseMounts(line), [
    {
      id: 36,
      parent: 35,
      device: "98:0",
      root: "/mnt1",
      point: "/mnt 2",
      options: ["rw", "noatime", "rw", "allow_other"],
      shared: true,
      type: "fuse.lxcfs",
    },
  ]);
});

Deno.test("a mount that is only a slave is not shared", () => {
  assert.equal(parseMounts("36 35 98:0 / /a rw master:1 - proc proc rw\n")[0]!.shared, false);
});

Deno.test("a path leads to the deepest mount above it", () => {
  const mounts = table([...ROOT], [...PROC], [3, 2, "0:41", "/proc/stat", "/proc/stat", "fuse.lxcfs"]);
  assert.equal(mountOf(mounts, "/proc/stat")?.id, 3);
  assert.equal(mountOf(mounts, "/proc/status")?.id, 2);
  assert.equal(mountOf(mounts, "/procfs")?.id, 1);
});

Deno.test("of mounts at one place a path leads to the last", () => {
  const mounts = table([...ROOT], [...PROC], [3, 2, "0:41", "/", "/proc", "tmpfs"]);
  assert.equal(mountOf(mounts, "/proc")?.id, 3);
});

Deno.test("a mount below a folder that was mounted over later is not found", () => {
  const mounts = table(
    [...ROOT],
    [2, 1, "0:6", "/", "/sys", "sysfs"],
    [3, 2, "0:41", "/cpu", "/sys/devices/system/cpu", "fuse.lxcfs"],
    [4, 2, "0:7", "/", "/sys/devices", "tmpfs"],
  );
  assert.equal(mountOf(mounts, "/sys/devices/system/cpu")?.id, 4);
});

Deno.test("where the root is no mount, as after chroot, a path leads to what is mounted above it", () => {
  const mounts = table([...PROC], [3, 1, "0:6", "/", "/var", "ext4"], [4, 3, "0:7", "/", "/var/lib", "ext4"]);
  assert.equal(mountOf(mounts, "/var/lib/x")?.id, 4);
  assert.equal(mountOf(mounts, "/usr"), undefined);
});

Deno.test("without any mount a path leads nowhere", () => {
  assert.equal(mountOf([], "/proc"), undefined);
});

Deno.test("a stack is what lies right under a mount at its place and is of its type", () => {
  const mounts = table(
    [...ROOT],
    [...PROC],
    [3, 2, "0:41", "/proc/stat", "/proc/stat", "fuse.lxcfs"],
    [4, 3, "0:41", "/proc/stat", "/proc/stat", "fuse.lxcfs"],
    [5, 2, "0:41", "/proc/uptime", "/proc/uptime", "fuse.lxcfs"],
  );
  assert.deepEqual(stackOf(mounts, mountOf(mounts, "/proc/stat")!).map(({ id }) => id), [4, 3]);
  assert.deepEqual(stackOf(mounts, mountOf(mounts, "/proc/uptime")!).map(({ id }) => id), [5]);
  assert.deepEqual(stackOf(mounts, mountOf(mounts, "/proc")!).map(({ id }) => id), [2]);
});
