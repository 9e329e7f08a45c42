import assert from "node:assert/strict";
import { ask } from "container-hooks/testing";
import lxcfs from "./plugin.ts";

const FOLDER = "/var/lib/lxcfs";
const MOUNTINFO = `27 1 254:0 / / rw - ext4 /dev/vda rw
44 27 0:41 / ${FOLDER} rw,nosuid,nodev - fuse.lxcfs lxcfs rw,allow_other
`;
const CPU = "/sys/devices/system/cpu";
const FILES = ["/proc/meminfo", "/proc/uptime", `${CPU}/online`, `${CPU}/uevent`];
const CONTAINER = {
  mounts: [{ destination: "/proc", type: "proc" }, { destination: "/sys", type: "sysfs" }],
  linux: { maskedPaths: ["/proc/kcore"] },
};

/** A host on which lxcfs has `files`, and the kernel all that it could have. */
function hostWith(files: readonly string[], mountinfo = MOUNTINFO): Record<string, string> {
  return Object.fromEntries([
    ["/proc/self/mountinfo", mountinfo],
    ...FILES.map((path) => [path, "the host's"]),
    ...files.map((path) => [`${FOLDER}${path}`, "the container's"]),
  ]);
}

/** Destinations of the mounts of a plan. */
function destinations(plan: Awaited<ReturnType<typeof ask>>): string[] {
  return plan.edits?.map((edit) => edit.edit === "mount" ? edit.mount.destination : edit.edit) ?? [];
}

Deno.test("every file of the running lxcfs is mounted read-only, without devices, programs and set-id bits", async () => {
  const { edits } = await ask(lxcfs, CONTAINER, { files: hostWith(["/proc/meminfo", "/proc/uptime"]) });
  assert.deepEqual(
    edits,
    ["/proc/meminfo", "/proc/uptime"].map((path) => ({
      edit: "mount",
      mount: {
        type: "bind",
        source: `${FOLDER}${path}`,
        destination: path,
        options: ["bind", "ro", "nosuid", "nodev", "noexec"],
      },
    })),
  );
});

Deno.test("an lxcfs that has the processors' folder whole gives the folder, an older one the file", async () => {
  const whole = await ask(lxcfs, CONTAINER, { files: hostWith(FILES) });
  assert.deepEqual(destinations(whole), ["/proc/meminfo", "/proc/uptime", CPU]);
  const older = await ask(lxcfs, CONTAINER, { files: hostWith(FILES.slice(0, 3)) });
  assert.deepEqual(destinations(older), ["/proc/meminfo", "/proc/uptime", `${CPU}/online`]);
});

Deno.test("what the kernel has no file for is not mounted", async () => {
  const files = hostWith(["/proc/uptime", "/proc/slabinfo"]);
  assert.deepEqual(destinations(await ask(lxcfs, CONTAINER, { files })), ["/proc/uptime"]);
});

/** Ways in which no lxcfs answers. */
const DEAD: Record<string, Record<string, string>> = {
  "nothing is mounted": hostWith([], "27 1 254:0 / / rw - ext4 /dev/vda rw\n"),
  // `docker run -v` makes folders where sources are missing; somebody may have copied files, too.
  "files lie on the disk in its place": hostWith(FILES, "27 1 254:0 / / rw - ext4 /dev/vda rw\n"),
  "the mount is one that has died": hostWith([]),
  "something else is mounted": hostWith(FILES, MOUNTINFO.replace("fuse.lxcfs", "fuse.sshfs")),
  "something else was mounted on it later": hostWith(
    FILES,
    `${MOUNTINFO}45 44 0:42 / ${FOLDER} rw - tmpfs tmpfs rw\n`,
  ),
};

for (const [how, files] of Object.entries(DEAD)) {
  Deno.test(`where ${how}, containers do not start`, async () => {
    await assert.rejects(ask(lxcfs, CONTAINER, { files }), /no lxcfs answers at \/var\/lib\/lxcfs/);
  });

  Deno.test(`where ${how}, unavailable = warn starts them with the host's /proc`, async () => {
    const plan = await ask(lxcfs, CONTAINER, { files, options: { unavailable: "warn" } });
    assert.deepEqual(plan, {
      note: "no lxcfs answers at /var/lib/lxcfs: the container sees the host's /proc",
    });
  });
}

Deno.test("a folder whose name the kernel escapes is found among the mounts", async () => {
  const folder = "/srv/a b\\c";
  const files = {
    "/proc/self/mountinfo": MOUNTINFO.replace(FOLDER, "/srv/a\\040b\\134c"),
    "/proc/uptime": "the host's",
    [`${folder}/proc/uptime`]: "the container's",
  };
  assert.deepEqual(destinations(await ask(lxcfs, CONTAINER, { files, options: { folder } })), [
    "/proc/uptime",
  ]);
});

Deno.test("an lxcfs that comes while it is waited for is used", async () => {
  const files = hostWith([]);
  const planned = ask(lxcfs, CONTAINER, { files, options: { wait: 60 } });
  Object.assign(files, hostWith(["/proc/uptime"]));
  assert.deepEqual(destinations(await planned), ["/proc/uptime"]);
});

Deno.test("waiting ends with what is configured for an lxcfs that does not run", async () => {
  const options = { wait: 1 };
  await assert.rejects(ask(lxcfs, CONTAINER, { files: hostWith([]), options }), /no lxcfs answers/);
});

Deno.test("a container in which nothing is masked is left alone where privileged = skip", async () => {
  const settings = { files: hostWith(FILES), options: { privileged: "skip" } };
  const bare = await ask(lxcfs, { ...CONTAINER, linux: { maskedPaths: [] } }, settings);
  assert.deepEqual(bare, { note: "nothing of its /proc is masked, and privileged = skip" });
  assert.equal(destinations(await ask(lxcfs, CONTAINER, settings)).length, 3);
});

Deno.test("a folder above lxcfs's is shared read-only as a slave", async () => {
  const { edits } = await ask(lxcfs, CONTAINER, {
    files: hostWith(["/proc/uptime"]),
    options: { share: "/var/lib" },
  });
  assert.deepEqual(edits!.at(-1), {
    edit: "mount",
    mount: {
      type: "bind",
      source: "/var/lib",
      destination: "/var/lib",
      options: ["rbind", "rslave", "ro", "nosuid", "nodev", "noexec"],
    },
  });
});

Deno.test("sharing lxcfs's own folder is refused: that mount dies with it", async () => {
  const settings = { files: hostWith(["/proc/uptime"]), options: { share: FOLDER } };
  await assert.rejects(ask(lxcfs, CONTAINER, settings), /is no folder above \/var\/lib\/lxcfs/);
});

Deno.test("what is left out is told, with the reason", async () => {
  const mounts = [...CONTAINER.mounts, { destination: "/proc/meminfo", type: "bind", source: "/x" }];
  const { note } = await ask(lxcfs, { ...CONTAINER, mounts }, { files: hostWith(FILES) });
  assert.equal(note, "2 of 4 files; /proc/meminfo: the container mounts over it");
});
