import assert from "node:assert/strict";
import { set } from "../../../mod/cli/config/set.ts";
import { DEFAULT_CONFIG } from "../../../mod/config/default_text.ts";
import { MemoryHost } from "../memory_host.ts";
import { inContext } from "./program_context.ts";

const MAIN = "/etc/container-hooks/config.toml";
const TEXT = "[container-hooks]\ndeadline = 90\n";
const CHANGED = "[container-hooks]\ndeadline = 20\n";

function hostWithConfig(): MemoryHost {
  const host = new MemoryHost();
  host.file(MAIN, TEXT);
  host.folder("/srv");
  return host;
}

/** What is printed by `config set --output`; the message where it is refused. */
async function setTo(host: MemoryHost, output: string, flags = {}): Promise<string> {
  host.out = "";
  const all = { json: false, dryRun: false, output, ...flags };
  const said = await set.call(inContext(host), all, "container-hooks.deadline=20")
    .then(() => host.out, (error) => error.message);
  assert.equal(host.text(MAIN), TEXT);
  return said;
}

Deno.test("--output - prints config.toml with the new values, and the defaults where there is none", async () => {
  const host = new MemoryHost();
  await set.call(inContext(host), { json: false, dryRun: false, output: "-" });
  assert.equal(host.out, DEFAULT_CONFIG);
  assert.equal(host.lstat(MAIN), undefined);
});

Deno.test("--output /dev/stdout put a file in the place of the link", async () => {
  const host = hostWithConfig();
  host.symlink("/dev/stdout", "/proc/self/fd/1");
  assert.equal(await setTo(host, "/dev/stdout"), CHANGED);
  assert.equal(host.lstat("/dev/stdout")?.kind, "a symbolic link");
});

Deno.test("--output /dev/null put a file in the place of the device", async () => {
  const host = hostWithConfig();
  host.special("/dev/null", "a character device", { mode: 0o666 });
  await setTo(host, "/dev/null");
  assert.equal(host.lstat("/dev/null")?.kind, "a character device");
  assert.deepEqual(host.readFolder("/dev").map(({ name }) => name), ["null"]);
});

Deno.test("--output put a file with the mode 0777 in the place of a symbolic link", async () => {
  const host = hostWithConfig();
  host.file("/srv/real.toml", "# old\n", { mode: 0o640, gid: 7 });
  host.symlink("/srv/link.toml", "real.toml");
  await setTo(host, "/srv/link.toml");
  assert.equal(host.lstat("/srv/link.toml")?.kind, "a symbolic link");
  assert.equal(host.text("/srv/real.toml"), CHANGED);
  const { mode, gid } = host.lstat("/srv/real.toml")!;
  assert.deepEqual({ mode, gid }, { mode: 0o640, gid: 7 });
});

Deno.test("a link that others could exchange is not followed", async () => {
  const host = hostWithConfig();
  host.folder("/tmp", { mode: 0o1777 });
  host.file("/srv/real.toml", "# old\n");
  host.symlink("/tmp/link.toml", "/srv/real.toml", { uid: 1000 });
  assert.match(
    await setTo(host, "/tmp/link.toml"),
    /is a symbolic link that is not followed: .*\/tmp can be written by others.*; name the file that it leads to$/,
  );
  assert.equal(host.text("/srv/real.toml"), "# old\n");
});

Deno.test("a link that leads nowhere, a folder and a socket are refused by what they are", async () => {
  const host = hostWithConfig();
  host.symlink("/srv/link.toml", "gone.toml");
  assert.match(
    await setTo(host, "/srv/link.toml"),
    /file that a symbolic link leads to .*link\.toml does not exist/,
  );
  assert.match(await setTo(host, "/srv"), /output file \/srv is a folder/);
  host.special("/srv/socket", "a socket");
  assert.match(await setTo(host, "/srv/socket"), /output file \/srv\/socket is a socket/);
});

Deno.test("--dry-run with --output wrote the file", async () => {
  const host = hostWithConfig();
  host.file("/srv/there.toml", TEXT);
  const before = host.readFolder("/srv");
  for (const [file, from] of [["/srv/new.toml", "/dev/null"], ["/srv/there.toml", "/srv/there.toml"]]) {
    const diff = await setTo(host, file!, { dryRun: true });
    assert.ok(diff.startsWith(`--- ${from}\n`), diff);
    assert.match(diff, /^\+deadline = 20$/m);
  }
  assert.equal(host.text("/srv/there.toml"), TEXT);
  assert.deepEqual(host.readFolder("/srv"), before);
  assert.match(await setTo(host, "-", { dryRun: true }), /^-deadline = 90$/m);
});

Deno.test("--json was passed over with --output", async () => {
  const host = hostWithConfig();
  const { set: done } = JSON.parse(await setTo(host, "/srv/new.toml", { json: true }));
  assert.deepEqual(done, [{ key: "container-hooks.deadline", value: 20, file: "/srv/new.toml", line: 2 }]);
  assert.equal(host.text("/srv/new.toml"), CHANGED);
  assert.match(await setTo(host, "-", { json: true }), /both want standard output/);
});

Deno.test("--output made the folders above the file in silence", async () => {
  const host = hostWithConfig();
  assert.match(await setTo(host, "/srv/new/config.toml"), /folder \/srv\/new does not exist; create it/);
  assert.equal(host.lstat("/srv/new"), undefined);
});

Deno.test("a relative name in the folder / was told with two slashes", async () => {
  const host = hostWithConfig();
  assert.equal(await setTo(host, "new.toml"), "container-hooks.deadline = 20 in /new.toml:2\n");
});

Deno.test("config.toml itself is judged, also where it is named as the output", async () => {
  const host = hostWithConfig();
  const written = set.call(
    inContext(host),
    { json: false, dryRun: false, output: MAIN },
    "plugins.gone.order=1",
  );
  await assert.rejects(written, { message: /^nothing was written.*plugin gone/ });
  assert.equal(host.text(MAIN), TEXT);
});
