/** The bypass on a host on which something is broken: what `bypass on` says is what happens. */
import assert from "node:assert/strict";
import { type Bundle, makeBundle } from "../harness/bundle.ts";
import { specTest } from "../harness/needs.ts";
import { type PrivateHost, privateHost } from "../harness/private_host.ts";

const COMMAND = "/usr/bin/container-hooks";
const LAUNCHER = "/usr/bin/container-hooks-runtime";
const STICK = "/mnt/stick/container-hooks";

/** A plugin without which no container starts, and which is broken. */
const BROKEN = "export const enum A { B }\n";
const GATE = `import { definePlugin } from "container-hooks/plugin";
export default definePlugin({
  api: 1, name: "never", version: "1.0.0", brief: "Lets nothing through",
  gate: true, plan: () => ({ deny: ["never on this host"] }),
});
`;

/** A host on which it is installed, nothing starts, and a copy of the program is at hand. */
function brokenTest(
  name: string,
  body: (host: PrivateHost, start: () => ReturnType<PrivateHost["run"]>) => Promise<void>,
): void {
  specTest(name, ["root", "runc"], async ({ form, work }) => {
    const bundle: Bundle = await makeBundle(work);
    await using host = await privateHost();
    await host.mustRun([form.path, "install"]);
    await host.mustRun(["mkdir", "/mnt/stick"]);
    await host.mustRun(["cp", form.path, STICK]);
    await host.write("/etc/container-hooks/plugins/broken.ts", BROKEN);
    let count = 0;
    const id = `hooks-test-${crypto.randomUUID().slice(0, 8)}`;
    const start = () => host.run([LAUNCHER, "run", "--bundle", bundle.path, `${id}-${count++}`]);
    assert.equal((await start()).status, 1);
    await body(host, start);
  }, "files");
}

/** What is broken beside the plugin. */
const BREAKS: Record<string, string> = {
  "nothing else": "true",
  "the program's folder is gone": "rm -r /usr/libexec/container-hooks",
  "/run/container-hooks is read-only":
    "mkdir -p /run/container-hooks && mount -t tmpfs -o ro tmpfs /run/container-hooks",
  "/run/container-hooks is full":
    "mkdir -p /run/container-hooks && mount -t tmpfs -o size=4k tmpfs /run/container-hooks && echo x >/run/container-hooks/x",
  "/run has no inode left":
    "mkdir -p /run/container-hooks && mount -t tmpfs -o nr_inodes=1 tmpfs /run/container-hooks",
  "the state folder is gone":
    "rm -r /var/lib/container-hooks/index.json /var/lib/container-hooks/plugins; true",
  "the configuration cannot be read": "echo '[[' >/etc/container-hooks/config.toml",
};

for (const [what, command] of Object.entries(BREAKS)) {
  brokenTest(`the way out opens where ${what}`, async (host, start) => {
    await host.mustRun(["sh", "-c", command]);
    const { stderr } = await start();
    assert.match(stderr, /bypass on/);
    await host.mustRun([STICK, "bypass", "on"]);
    const ran = await start();
    assert.deepEqual([ran.status, ran.stderr], [0, ""]);
    await host.mustRun([STICK, "bypass", "off"]);
    assert.equal((await start()).status, 1);
  });
}

brokenTest("the way out closes at its time, and says until when it is open", async (host, start) => {
  const on = await host.mustRun([COMMAND, "bypass", "on", "--for", "1h", "--json"]);
  const { since, until } = JSON.parse(on.stdout);
  assert.equal(until - since, 3_600_000);
  assert.equal((await start()).status, 0);
  await host.mustRun(["sed", "-i", "s/^on \\([^ ]*\\) [0-9]* /on \\1 1 /", "/run/container-hooks/bypass"]);
  assert.equal((await start()).status, 1);
  assert.match((await host.mustRun([COMMAND, "bypass", "status"])).stdout, /^bypass is off/);
});

brokenTest(
  "the switch names the gate that stands all the same, and so does a create",
  async (host, start) => {
    await host.mustRun(["rm", "/etc/container-hooks/plugins/broken.ts"]);
    await host.write("/etc/container-hooks/plugins/never.ts", GATE);
    await host.write("/etc/container-hooks/conf.d/gate.toml", "[plugins.never]\nbypassable = false\n");
    const line = "never (/etc/container-hooks/conf.d/gate.toml:2)";
    const on = await host.mustRun([COMMAND, "bypass", "on"]);
    assert.ok(on.stdout.includes(`gate ${line} stands all the same`), on.stdout);
    const denied = await start();
    assert.equal(denied.status, 1);
    assert.match(denied.stderr, /plugin never denies it: never on this host; .*take that line away/);
    assert.ok(denied.stderr.includes(line), denied.stderr);
    assert.doesNotMatch(denied.stderr, /bypass on/);

    await host.mustRun(["rm", "-r", "/usr/libexec/container-hooks"]);
    const gone = await start();
    assert.equal(gone.status, 1);
    assert.match(gone.stderr, /stands by \/etc\/container-hooks\/conf\.d\/gate\.toml: take its line/);
    await host.mustRun(["sed", "-i", "/bypassable/d", "/etc/container-hooks/conf.d/gate.toml"]);
    await host.mustRun(["rm", "-f", "/var/lib/container-hooks/standing-gates"]);
    assert.equal((await start()).status, 0);
  },
);

brokenTest("uninstalling takes the switch along", async (host) => {
  await host.write("/etc/container-hooks/bypass", "on\n");
  await host.mustRun([COMMAND, "uninstall"]);
  assert.equal(await host.read("/etc/container-hooks/bypass"), undefined);
});
