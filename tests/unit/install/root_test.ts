import assert from "node:assert/strict";
import { install, planInstall } from "../../../mod/install/install.ts";
import { bareHost, requestFor } from "./memory_installation.ts";
import type { MemoryHost } from "../memory_host.ts";

const ROOT = "/srv/image";

/** What is wrong in the root, and what names it: the same words would be about the builder's own folders. */
const WRONG: Record<string, [spoil: (host: MemoryHost) => void, says: RegExp]> = {
  "its own folder is everybody's": [
    (host) => host.folder(ROOT, { mode: 0o777 }),
    /\(chown root \/srv\/image; chmod go-w \/srv\/image\)$/,
  ],
  "its /usr is everybody's": [
    (host) => host.folder(`${ROOT}/usr`, { mode: 0o777 }),
    /\/srv\/image\/usr can be written by others.*\(chown root \/srv\/image\/usr; chmod go-w \/srv\/image\/usr\)$/,
  ],
  "a file is in the way": [
    (host) => host.file(`${ROOT}/usr/bin/container-hooks`, "theirs"),
    /^\/srv\/image\/usr\/bin\/container-hooks is there/,
  ],
  "the configuration is wrong": [
    (host) => host.file(`${ROOT}/etc/container-hooks/config.toml`, "nonsense"),
    /^\/srv\/image\/etc\/container-hooks\/config\.toml:1/,
  ],
  "the record is broken": [
    (host) => {
      host.folder(`${ROOT}/var/lib/container-hooks`, { mode: 0o700 });
      host.file(`${ROOT}/var/lib/container-hooks/install.json`, "{");
    },
    /record of the installation, \/srv\/image\/var\/lib\/container-hooks\/install\.json, cannot be understood/,
  ],
};

for (const [what, [spoil, says]] of Object.entries(WRONG)) {
  Deno.test(`under --root, where ${what}, the message named the host's own path`, async () => {
    const host = bareHost(ROOT);
    spoil(host);
    await assert.rejects(planInstall(host, await requestFor(host, { root: ROOT })), (thrown: Error) => {
      assert.match(thrown.message, says);
      return true;
    });
  });
}

Deno.test("a write that fails below a root names the place on this machine", async () => {
  const host = bareHost(ROOT);
  host.fault = (call, path) => {
    if (call === "rename" && path.endsWith("/.container-hooks.new.config.toml")) {
      throw new Error("No space left on device (os error 28)");
    }
  };
  const request = await requestFor(host, { root: ROOT });
  await assert.rejects(
    install(host, request),
    /file \/srv\/image\/etc\/container-hooks\/config\.toml cannot be written: no space/,
  );
});

Deno.test("a root that is not there was called the folder of the program", async () => {
  const host = bareHost();
  await assert.rejects(
    planInstall(host, await requestFor(host, { root: "/nowhere" })),
    /^Failure: root \/nowhere does not exist;/,
  );
  host.file("/a-file", "");
  await assert.rejects(
    planInstall(host, await requestFor(host, { root: "/a-file" })),
    /^Failure: root \/a-file is a regular file, not a folder;/,
  );
});
