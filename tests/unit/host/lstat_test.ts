/** Looking at a path by the C library, which tells the same as Deno does. */
import assert from "node:assert/strict";
import { denoHost } from "../../../mod/host/deno_host.ts";

/** What the one way notes is compared with what the other tells: a difference would be a change. */
const PATHS = [
  "/",
  "/dev/null",
  "/dev/pts/ptmx",
  "/proc/self",
  "/proc/self/exe",
  "/etc/passwd",
  "/tmp",
  "/dev/shm",
];

Deno.test("a path is told the same by the C library as by Deno", () => {
  const byDeno = PATHS.map((path) => denoHost.lstat(path));
  using _opens = denoHost.openFolder("/");
  const byLibc = PATHS.map((path) => denoHost.lstat(path));
  assert.deepEqual(byLibc, byDeno);
  assert.ok(byLibc.filter((status) => status !== undefined).length > 4);
});

Deno.test("nothing is no error by the C library either, and what may not be looked at is one", () => {
  using _opens = denoHost.openFolder("/");
  for (const path of ["/nowhere", "/nowhere/below", "/etc/passwd/below"]) {
    assert.equal(denoHost.lstat(path), undefined);
  }
  assert.throws(
    () => denoHost.lstat(`/${"x".repeat(300)}`),
    /File name too long \(os error 36\)/,
  );
  assert.throws(() => denoHost.lstat("/a\0b"), /NUL/);
});
