/** The outside world by libc, beside the one by Deno: what one tells, the other tells. */
import assert from "node:assert/strict";
import { denoHost } from "../../../mod/host/deno_host.ts";
import { systemReason } from "../../../mod/host/system_reason.ts";
import { libcHost } from "../../../mod/host/libc_host.ts";

const host = libcHost(denoHost, denoHost.parentPid());

function inFolder(name: string, body: (folder: string) => void | Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await body(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

inFolder("a file's status is the same", (folder) => {
  Deno.writeTextFileSync(`${folder}/file`, "content", { mode: 0o640 });
  Deno.symlinkSync("file", `${folder}/link`);
  for (const path of ["file", "link", ".", "none", "file/none"].map((name) => `${folder}/${name}`)) {
    assert.deepEqual(host.lstat(path), denoHost.lstat(path), path);
  }
  for (const path of ["/dev/null", "/proc/self/status", "/"]) {
    const { size: _, modified: __, changed: ___, ...status } = host.lstat(path)!;
    assert.deepEqual({ ...denoHost.lstat(path), ...status }, denoHost.lstat(path), path);
  }
});

inFolder("links and folders are read the same", (folder) => {
  Deno.mkdirSync(`${folder}/a/b`, { recursive: true });
  Deno.symlinkSync("a/b", `${folder}/link`);
  Deno.writeTextFileSync(`${folder}/wörd`, "");
  assert.equal(host.readLink(`${folder}/link`), "a/b");
  assert.equal(host.realPath(`${folder}/link`), denoHost.realPath(`${folder}/link`));
  assert.equal(host.realPath(`${folder}/none`), undefined);
  host.makeSymlink("a", `${folder}/made`);
  assert.equal(denoHost.readLink(`${folder}/made`), "a");
  assert.throws(() => host.makeSymlink("b", `${folder}/made`), /os error 17/);
  const sorted = (entries: { name: string }[]) => entries.sort((a, b) => a.name < b.name ? -1 : 1);
  assert.deepEqual(sorted(host.readFolder(folder)), sorted(denoHost.readFolder(folder)));
});

inFolder("a file is made once, written, appended to and read", (folder) => {
  const path = `${folder}/file`;
  {
    using file = host.createNew(path, 0o600);
    file.write(new TextEncoder().encode("one "));
    file.sync();
  }
  assert.throws(() => host.createNew(path, 0o600), /os error 17/);
  {
    using file = host.append(path, 0o600);
    file.write(new TextEncoder().encode("two"));
    assert.equal(file.status().size, 7);
  }
  using file = host.open(path);
  const buffer = new Uint8Array(100);
  assert.equal(new TextDecoder().decode(buffer.subarray(0, file.read(buffer))), "one two");
  assert.equal(file.read(buffer), undefined);
  assert.equal(host.lstat(path)?.mode, 0o600);
});

inFolder("folders are made with their parents, files renamed, linked, given away and removed", (folder) => {
  host.makeFolder(`${folder}/x/y/z`, 0o700);
  host.makeFolder(`${folder}/x/y/z`, 0o700);
  assert.equal(host.lstat(`${folder}/x/y`)?.mode, 0o700);
  host.createNew(`${folder}/x/file`, 0o600)[Symbol.dispose]();
  host.rename(`${folder}/x/file`, `${folder}/moved`);
  host.link(`${folder}/moved`, `${folder}/second`);
  assert.equal(host.lstat(`${folder}/second`)?.links, 2);
  host.chmod(`${folder}/second`, 0o644);
  assert.equal(host.lstat(`${folder}/moved`)?.mode, 0o644);
  assert.equal(host.remove(`${folder}/second`), true);
  assert.equal(host.remove(`${folder}/second`), false);
  assert.equal(host.remove(`${folder}/x/y/z`), true);
  assert.throws(() => host.remove(`${folder}/x`), /os error 39/);
});

inFolder("a folder cannot be made where a file is", (folder) => {
  Deno.writeTextFileSync(`${folder}/file`, "");
  assert.throws(() => host.makeFolder(`${folder}/file`, 0o700), /os error 17/);
  assert.throws(() => host.makeFolder(`${folder}/file/below`, 0o700), /os error 20/);
});

inFolder("an error has the words that it has by Deno", (folder) => {
  const reason = (action: () => void) => {
    try {
      action();
    } catch (error) {
      return systemReason(error);
    }
  };
  const open = (by: Pick<typeof host, "open">) => reason(() => by.open(`${folder}/none`));
  assert.equal(open(host), "no such file or directory");
  assert.equal(open(host), open(denoHost));
});

inFolder("a name with a NUL is refused, and not cut short", (folder) => {
  Deno.writeTextFileSync(`${folder}/file`, "");
  assert.throws(() => host.open(`${folder}/file\0.txt`), /NUL/);
});

inFolder("a lock that another has is waited for, by either way of taking it", async (folder) => {
  const first = await denoHost.lockOneOf([`${folder}/lock`], 0o600);
  let taken = false;
  const second = host.lockOneOf([`${folder}/lock`], 0o600).then((lock) => (taken = true, lock));
  const beside = await host.lockOneOf([`${folder}/lock`, `${folder}/other`], 0o600);
  assert.equal(taken, false);
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  beside[Symbol.dispose]();
});

Deno.test("a program gets its input, arguments, variables, folder and descriptors as by Deno", async () => {
  const script = 'cat; pwd; echo "$0 $1" >&2; env | sort >&2; ls /proc/self/fd; exit 3';
  const command = {
    path: "/bin/sh",
    args: ["-c", script, "zero", "one two"],
    env: { ONLY: "this" },
    stdin: new TextEncoder().encode("x".repeat(300_000)),
    timeout: 20_000,
  };
  const outcome = await host.run(command);
  assert.equal(outcome.status, 3);
  assert.deepEqual(outcome, await denoHost.run(command));
  assert.match(new TextDecoder().decode(outcome.stderr), /^zero one two\nONLY=this\n/);
});

Deno.test("a program that runs too long is killed", async () => {
  const outcome = await host.run({ path: "/bin/sleep", args: ["60"], env: {}, timeout: 50 });
  assert.deepEqual([outcome.status, outcome.timedOut], [137, true]);
});

Deno.test("a program does not ignore SIGPIPE, as this process does", async () => {
  const outcome = await host.run({ path: "/bin/grep", args: ["SigIgn", "/proc/self/status"], env: {} });
  const mask = /SigIgn:\s+([0-9a-f]+)/.exec(new TextDecoder().decode(outcome.stdout))![1];
  assert.equal(BigInt(`0x${mask}`) & (1n << 12n), 0n);
});

Deno.test("a program that is not there is an error in the system's words", async () => {
  await assert.rejects(host.run({ path: "/nowhere/program", args: [], env: {} }), /No such file.*os error 2/);
});

Deno.test("a program that writes without an end is ended", async () => {
  const endless = host.run({
    path: "/bin/sh",
    args: ["-c", "while :; do echo yyyyyyyyyyyyyyyy; done"],
    env: {},
  });
  await assert.rejects(endless, /more than/);
});

Deno.test("our own folder is the same after a program ran in another", async () => {
  const before = Deno.cwd();
  await host.run({ path: "/bin/true", args: [], env: {}, cwd: "/tmp" });
  assert.equal(Deno.cwd(), before);
});
