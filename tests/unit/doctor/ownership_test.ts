import assert from "node:assert/strict";
import { checkOwnership } from "../../../mod/doctor/ownership.ts";
import type { Program } from "../../../mod/plugin/program.ts";
import { MemoryHost } from "../memory_host.ts";

const FOLDER = "/var/lib/container-hooks/portable/abc";
const PROGRAM = {
  form: "portable",
  unpacked: FOLDER,
} as unknown as Program;

function withFiles(): MemoryHost {
  const host = new MemoryHost();
  host.file(`${FOLDER}/deno`, "", { mode: 0o755 });
  host.folder(`${FOLDER}/cache`, { mode: 0o700 });
  host.file(`${FOLDER}/cache/gen/code`, "", { mode: 0o644 });
  // Deno makes one.
  host.symlink(`${FOLDER}/cache/node_compat_bin/node`, "../../deno");
  host.file("/var/lib/container-hooks/index.json", "{}", { mode: 0o600 });
  host.file("/run/container-hooks/journal/a.json", "{}", { mode: 0o600 });
  return host;
}

const WRONG: Record<string, { spoil: (host: MemoryHost) => void; says: RegExp }> = {
  "Deno's code cache was drwxrwxrwx, and another user exchanged it": {
    spoil: (host) => host.folder(`${FOLDER}/cache`, { mode: 0o777 }),
    says: /cache can be written by others \(mode 0777\).*rm -r .*abc\/cache; install -d -m 0700 /,
  },
  "a file of the cache belonged to a user": {
    spoil: (host) => host.file(`${FOLDER}/cache/gen/code`, "", { uid: 1000 }),
    says: /cache\/gen\/code belongs to user 1000.*others may have put code there/,
  },
  "a link in the cache was somebody else's": {
    spoil: (host) => host.symlink(`${FOLDER}/cache/gen/link`, "/tmp/x", { uid: 1000 }),
    says: /gen\/link belongs to user 1000/,
  },
  "the index could be written by a group": {
    spoil: (host) => host.file("/var/lib/container-hooks/index.json", "{}", { mode: 0o660 }),
    says: /index\.json can be written by others \(mode 0660\).*find out who wrote there/,
  },
  "the journal belonged to a user": {
    spoil: (host) => host.folder("/run/container-hooks/journal", { uid: 1000 }),
    says: /journal belongs to user 1000/,
  },
};

for (const [name, { spoil, says }] of Object.entries(WRONG)) {
  Deno.test(`${name}, and doctor did not see it`, () => {
    const host = withFiles();
    assert.deepEqual(checkOwnership(host, PROGRAM).map(({ state }) => state), ["ok"]);
    spoil(host);
    const found = checkOwnership(host, PROGRAM);
    assert.ok(found.every(({ state }) => state === "error"));
    assert.match(found.map(({ what, remedy }) => `${what} ${remedy}`).join("\n"), says);
  });
}

Deno.test("rootless, what is the user's own is as it should be", () => {
  const host = new MemoryHost();
  host.user = 1000;
  host.variables = { XDG_RUNTIME_DIR: "/run/user/1000", HOME: "/home/u" };
  host.folder("/run/user/1000/container-hooks", { uid: 1000, mode: 0o700 });
  host.file("/home/u/.local/state/container-hooks/index.json", "{}", { uid: 1000, mode: 0o600 });
  host.folder("/home/u/.local/state/container-hooks", { uid: 1000, mode: 0o700 });
  assert.deepEqual(checkOwnership(host, { ...PROGRAM, form: "compiled" }).map(({ state }) => state), ["ok"]);
});
