/** `container-hooks config`, by the built file: what it writes on a real machine, and what it refuses. */
import assert from "node:assert/strict";
import { install } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { run } from "../harness/run.ts";

specTest("a configuration with which creates fail was set", ["root"], async ({ form, work }) => {
  const installed = await install(form, work);
  const before = await Deno.readTextFile(installed.configFile);
  for (
    const word of [
      "plugins.my-plug.mode=audit",
      "plugins.lxcfz.order=1",
      "plugins.lxcfs.options.foo=1",
      "container-hooks.path=/nonexistent/hooks.json",
    ]
  ) {
    const { status, stderr } = await installed.command(["config", "set", word]);
    assert.equal(status, 1, word);
    assert.match(stderr, /^container-hooks: nothing was written, since the configuration would be wrong: /);
    assert.equal(await Deno.readTextFile(installed.configFile), before);
  }
  const set = await installed.command(["config", "set", "plugins.lxcfs.mode=audit"]);
  assert.equal(set.status, 0, set.stderr);
  assert.equal((await installed.command(["config", "check"])).status, 0);
}, "files");

/** Never the machine's own: a program that fails this test replaces them. */
const OWN_DEVICES =
  `mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && ln -s /proc/self/fd/1 /dev/stdout &&
"$@" /dev/null && "$@" /dev/stdout && stat -c %F /dev/null /dev/stdout`;

specTest("--output put files in the places of devices and links", ["root"], async ({ form, work }) => {
  const installed = await install(form, work);
  const set = (output: string, ...more: string[]) =>
    installed.command(["config", "set", "--output", output, ...more, "container-hooks.deadline=20"]);
  const words = ["config", "set", "container-hooks.deadline=20", "--output"];
  const devices = await run(
    ["unshare", "-m", "sh", "-c", OWN_DEVICES, "sh", installed.program, ...words],
    { env: installed.env },
  );
  assert.equal(devices.status, 0, devices.stderr);
  assert.match(devices.stdout, /^deadline = 20$/m);
  assert.match(devices.stdout, /^character special file\nsymbolic link\n$/m);

  const real = work.file("real.toml", "");
  await Deno.chmod(real, 0o600);
  await Deno.symlink("real.toml", `${work.path}/link.toml`);
  const followed = await set(`${work.path}/link.toml`);
  assert.equal(followed.status, 0, followed.stderr);
  assert.ok(Deno.lstatSync(`${work.path}/link.toml`).isSymlink);
  assert.equal(Deno.statSync(real).mode! & 0o7777, 0o600);
  assert.match(await Deno.readTextFile(real), /^deadline = 20$/m);

  assert.match((await set(`${work.path}/new.toml`, "--dry-run")).stdout, /^\+deadline = 20$/m);
  const missing = await set(`${work.path}/none/new.toml`);
  assert.match(missing.stderr, /folder \S+\/none does not exist/);
  for (const name of ["new.toml", "none"]) {
    assert.throws(() => Deno.lstatSync(`${work.path}/${name}`), Deno.errors.NotFound);
  }
}, "files");

specTest(
  "config check said nothing of hooks that no container could start with",
  ["root"],
  async (subject) => {
    const { form, work } = subject;
    const installed = await install(form, work);
    for (
      const [hooks, says] of [
        ["{ broken", /hooks\.json is not JSON/],
        [{ prestart: [{ path: "/nonexistent/hook" }] }, /\/nonexistent\/hook does not exist/],
      ] as const
    ) {
      installed.setHooks(hooks);
      const { status, stderr } = await run([installed.program, "config", "check"], { env: installed.env });
      assert.equal(status, 1);
      assert.match(stderr, says);
    }
  },
  "files",
);
