import assert from "node:assert/strict";
import { denoHost } from "../../mod/host/deno_host.ts";
import { systemReason } from "../../mod/host/system_reason.ts";
import type { Host } from "../../mod/host/host.ts";
import { MemoryHost } from "./memory_host.ts";

/** What a call answers, or why it fails; numbers that no two systems share are left out. */
function answer(action: () => unknown): unknown {
  try {
    const value = action();
    if (typeof value !== "object" || value === null || !("inode" in value)) return value;
    const { kind, links, mode, size } = value as unknown as ReturnType<Host["lstat"]> & object;
    return kind === "a folder" ? { kind, mode } : { kind, links, mode, size };
  } catch (error) {
    return `throws: ${systemReason(error)}`;
  }
}

function write(host: Host, path: string, text: string): void {
  using file = host.createNew(path, 0o600);
  file.write(new TextEncoder().encode(text));
}

function read(host: Host, path: string): string {
  using file = host.open(path);
  const buffer = new Uint8Array(100);
  const length = file.read(buffer) ?? 0;
  return new TextDecoder().decode(buffer.subarray(0, length)) + String(file.read(buffer));
}

/** Each step changes or looks at the folder that the step before it left. */
function steps(host: Host, top: string): Record<string, () => unknown> {
  return {
    "a folder is made with its parents": () => host.makeFolder(`${top}/a/b`, 0o755),
    "a folder that is there may be made": () => host.makeFolder(`${top}/a/b`, 0o700),
    "a file is made": () => write(host, `${top}/a/f`, "one"),
    "a file that is there is not made": () => write(host, `${top}/a/f`, "two"),
    "a folder is not made over a file": () => host.makeFolder(`${top}/a/f`, 0o755),
    "a file is looked at": () => host.lstat(`${top}/a/f`),
    "a folder is looked at": () => host.lstat(`${top}/a`),
    "nothing is looked at": () => host.lstat(`${top}/none`),
    "below a file is nothing": () => host.lstat(`${top}/a/f/x`),
    "a file is read": () => read(host, `${top}/a/f`),
    "nothing is read": () => read(host, `${top}/none`),
    "below a file is read": () => read(host, `${top}/a/f/x`),
    "a folder is listed": () => host.readFolder(`${top}/a`).map(({ name, kind }) => `${name} ${kind}`).sort(),
    "a file is listed": () => host.readFolder(`${top}/a/f`),
    "nothing is listed": () => host.readFolder(`${top}/none`),
    "a hard link is made": () => host.link(`${top}/a/f`, `${top}/g`),
    "a hard link is not made over a file": () => host.link(`${top}/a/f`, `${top}/g`),
    "a hard link is counted": () => host.lstat(`${top}/a/f`),
    "what is appended shows under both names": () => {
      using file = host.append(`${top}/g`, 0o600);
      file.write(new TextEncoder().encode("+"));
    },
    "what was appended is read": () => read(host, `${top}/a/f`),
    "a file is renamed over itself": () => host.rename(`${top}/g`, `${top}/a/f`),
    "both names stay": () => host.lstat(`${top}/g`),
    "a mode is changed": () => host.chmod(`${top}/g`, 0o640),
    "a changed mode shows": () => host.lstat(`${top}/a/f`),
    "a full folder is not removed": () => host.remove(`${top}/a`),
    "a file is not renamed over a folder": () => host.rename(`${top}/g`, `${top}/a/b`),
    "a folder is not renamed over a file": () => host.rename(`${top}/a/b`, `${top}/g`),
    "nothing is renamed": () => host.rename(`${top}/none`, `${top}/g`),
    "a file is removed": () => host.remove(`${top}/g`),
    "nothing is removed": () => host.remove(`${top}/g`),
    "a removed link is not counted": () => host.lstat(`${top}/a/f`),
    "a folder is renamed with what it holds": () => host.rename(`${top}/a`, `${top}/c`),
    "a renamed folder's file is read": () => read(host, `${top}/c/f`),
    "a link is no folder": () => host.lstat(`${top}/folder-link`),
    "a link with a slash is a folder": () => host.lstat(`${top}/folder-link/`),
    "a link in the middle is followed": () => read(host, `${top}/folder-link/f`),
    "a link at the end is followed": () => read(host, `${top}/file-link`),
    "a link is resolved": () => host.realPath(`${top}/file-link`)?.slice(top.length),
    "a dangling link is there": () => host.lstat(`${top}/dangling`),
    "a dangling link leads nowhere": () => host.realPath(`${top}/dangling`),
    "a dangling link is not read": () => read(host, `${top}/dangling`),
    "a link is read": () => host.readLink(`${top}/file-link`),
    "a file is no link": () => host.readLink(`${top}/c/f`),
    "a link to itself is not read": () => read(host, `${top}/loop`),
    "a link is removed, not its end": () => host.remove(`${top}/file-link`),
    "up and down again is found": () => host.lstat(`${top}/c/../c/./f`)?.kind,
  };
}

const LINKS = { "folder-link": "c", "file-link": "folder-link/f", "dangling": "none", "loop": "loop" };

Deno.test("the host in memory answers as the real one does", () => {
  const top = Deno.makeTempDirSync();
  try {
    const memory = new MemoryHost();
    memory.folder("/top");
    for (const [name, target] of Object.entries(LINKS)) {
      Deno.symlinkSync(target, `${top}/${name}`);
      memory.symlink(`/top/${name}`, target);
    }
    const real = Object.entries(steps(denoHost, Deno.realPathSync(top))).map((
      [name, step],
    ) => [name, answer(step)]);
    const ours = Object.entries(steps(memory, "/top")).map(([name, step]) => [name, answer(step)]);
    assert.deepEqual(ours, real);
  } finally {
    Deno.removeSync(top, { recursive: true });
  }
});

Deno.test("the host in memory keeps a user from what is not his", () => {
  const host = new MemoryHost();
  host.file("/root/secret", "x", { mode: 0o600 });
  host.folder("/closed", { mode: 0o700 });
  host.file("/closed/f", "x");
  host.user = 1000;
  const denied = { name: "PermissionDenied" };
  assert.throws(() => host.open("/root/secret"), denied);
  assert.throws(() => host.lstat("/closed/f"), denied);
  assert.throws(() => host.readFolder("/closed"), denied);
  assert.throws(() => host.createNew("/root/new", 0o600), denied);
  assert.throws(() => host.remove("/root/secret"), denied);
  assert.equal(host.lstat("/root/secret")?.size, 1);
});

Deno.test("the host in memory fails where a test says so", () => {
  const host = new MemoryHost();
  host.fault = (call) => {
    if (call === "write") throw new Error("No space left on device (os error 28)");
  };
  assert.throws(() => write(host, "/f", "x"), /No space left/);
  assert.equal(host.text("/f"), "");
});

Deno.test("the host in memory hands out one lock at a time", async () => {
  const host = new MemoryHost();
  const first = await host.lockOneOf(["/a", "/b"], 0o600);
  const second = await host.lockOneOf(["/a", "/b"], 0o600);
  const order: string[] = [];
  const third = host.lockOneOf(["/a", "/b"], 0o600).then((lock) => (order.push("third"), lock));
  order.push("asked");
  second[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  first[Symbol.dispose]();
  assert.deepEqual(order, ["asked", "third"]);
});
