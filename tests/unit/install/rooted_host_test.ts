import assert from "node:assert/strict";
import { checkProgram } from "../../../mod/host/files.ts";
import { rootedHost } from "../../../mod/install/rooted_host.ts";
import { MemoryHost } from "../memory_host.ts";

const text = (content: string) => new TextEncoder().encode(content);

function write(host: ReturnType<typeof rootedHost>, path: string): void {
  using file = host.createNew(path, 0o644);
  file.write(text("x"));
}

Deno.test("an absolute link inside leads to the place inside, for reading and for writing", () => {
  const machine = new MemoryHost();
  machine.folder("/outside");
  machine.folder("/root/outside");
  machine.symlink("/root/etc", "/outside");
  const host = rootedHost(machine, "/root");
  write(host, "/etc/file");
  assert.equal(machine.lstat("/outside/file"), undefined);
  assert.equal(machine.lstat("/root/outside/file")?.kind, "a regular file");
  assert.equal(host.realPath("/etc/file"), "/outside/file");
});

Deno.test("a link that climbs ends at the root", () => {
  const machine = new MemoryHost();
  machine.folder("/root/etc");
  machine.symlink("/root/bin", "../../../../etc");
  const host = rootedHost(machine, "/root");
  write(host, "/bin/file");
  assert.equal(machine.lstat("/root/etc/file")?.kind, "a regular file");
});

Deno.test("folders are made behind links, and a link itself is what is renamed and removed", () => {
  const machine = new MemoryHost();
  machine.folder("/root/real");
  machine.symlink("/root/link", "/real");
  const host = rootedHost(machine, "/root");
  host.makeFolder("/link/a/b", 0o755);
  assert.equal(machine.lstat("/root/real/a/b")?.kind, "a folder");
  host.makeSymlink("/real/a", "/new");
  host.rename("/new", "/link2");
  assert.equal(machine.readLink("/root/link2"), "/real/a");
  host.remove("/link2");
  assert.equal(machine.lstat("/root/real/a")?.kind, "a folder");
});

Deno.test("links that go round in a circle are not there, and end", () => {
  const machine = new MemoryHost();
  machine.symlink("/root/a", "/b");
  machine.symlink("/root/b", "/a");
  assert.equal(rootedHost(machine, "/root").realPath("/a/file"), undefined);
});

Deno.test("a program inside is trusted by the folders inside, and variables stay outside", () => {
  const machine = new MemoryHost();
  machine.variables = { PATH: "/opt", CONTAINER_HOOKS_CONFIG: "/x" };
  machine.file("/home/u/root/opt/crun", "", { mode: 0o755 });
  machine.symlink("/home/u/root/usr/bin/crun", "/opt/crun");
  machine.folder("/home/u", { uid: 1000 });
  const host = rootedHost(machine, "/home/u/root");
  assert.equal(checkProgram(host, "/usr/bin/crun", "OCI runtime"), "/opt/crun");
  assert.equal(host.env("PATH"), undefined);
  assert.equal(host.env("CONTAINER_HOOKS_CONFIG"), undefined);
});

Deno.test("without a root it is the machine itself", () => {
  const machine = new MemoryHost();
  assert.equal(rootedHost(machine, ""), machine);
});
