/** The service that plans: what a create gets through it is what it gets without, and it never goes on with what is old. */
import assert from "node:assert/strict";
import { type Bundle, makeBundle } from "../harness/bundle.ts";
import { specTest } from "../harness/needs.ts";
import { servedHost } from "../harness/served_host.ts";
import { until } from "../harness/until.ts";

const EDITS = `return {
  edits: [setEnv("ASKED", container.id), hook.poststop("/bin/true", [container.bundle], { timeout: 5 })],
  note: container.env.PATH,
};`;

specTest("a create through the service is the same as without", ["root", "runc"], async ({ form, work }) => {
  await using here = await servedHost(form);
  for (const name of ["one", "two", "three"]) {
    await here.plugin(name, EDITS.replace("ASKED", name.toUpperCase()));
  }
  const bundle = await makeBundle(work, { args: ["env"] });
  const original = bundle.text();
  const outcome = async (id: string) => {
    await here.host.write(bundle.config, original);
    const ran = await here.create(id, bundle.path);
    assert.equal(ran.status, 0, ran.stderr);
    const { stdout } = await here.host.mustRun(["/usr/bin/container-hooks", "explain", id, "--json"]);
    const { plugins, engine } = JSON.parse(stdout);
    const generic = (text: string) => text.replaceAll(id, "ID");
    const edited = await here.host.read(bundle.config) ?? "";
    assert.notEqual(edited, original);
    return [generic(edited), generic(ran.stdout), generic(JSON.stringify({ plugins, engine }))];
  };
  const cold = await outcome("cold");
  await here.serve();
  const warm = await outcome("warm");
  assert.deepEqual(warm, cold);
  assert.match(warm[1]!, /^ONE=ID$/m);
  assert.deepEqual(await here.counted(), { warm: 1, refused: 0, cold: 0 });
}, "files");

specTest("a denial through the service is told as without", ["root", "runc"], async ({ form, work }) => {
  await using here = await servedHost(form);
  await here.plugin(
    "guard",
    `return container.id.startsWith("bad") ? { deny: ["no \\"bad\\" ones\\u202e"] } : undefined;`,
  );
  const bundle = await makeBundle(work);
  const denied = async (id: string) => {
    const log = `${work.path}/${id}.log`;
    const ran = await here.create(id, bundle.path, ["--log", log, "--log-format", "json"]);
    const [line, ...more] = (await here.host.read(log) ?? "").trimEnd().split("\n");
    assert.deepEqual(more, []);
    const { level, msg } = JSON.parse(line!);
    return [ran.status, ran.stderr, level, msg].map((text) => String(text).replaceAll(id, "ID"));
  };
  const cold = await denied("bad1");
  await here.serve();
  assert.deepEqual(await denied("bad2"), cold);
  assert.match(
    cold[1]!,
    /^container-hooks: cannot start container ID: plugin guard denies it: no "bad" ones/,
  );
  assert.equal((await here.create("good", bundle.path)).status, 0);
  assert.deepEqual(await here.counted(), { warm: 1, refused: 1, cold: 0 });
}, "files");

specTest(
  "an endless loop ends at the plugin's limit, and neither the service nor another container with it",
  ["root", "runc"],
  async ({ form, work }) => {
    await using here = await servedHost(form);
    await here.plugin(
      "loop",
      `while (container.id === "endless"); return { edits: [setEnv("LOOP", "no")] };`,
    );
    await here.host.write("/etc/container-hooks/conf.d/loop.toml", "[plugins.loop]\ntimeout = 2\n");
    const bundles = [await makeBundle(work), await makeBundle(work, { name: "other", args: ["env"] })];
    const cold = await here.create("endless", bundles[0]!.path);
    await here.serve();
    const { pid } = await here.status();
    const endless = here.create("endless", bundles[0]!.path);
    const other = await here.create("other", bundles[1]!.path);
    assert.equal(other.status, 0, other.stderr);
    assert.match(other.stdout, /^LOOP=no$/m);
    const { status, stderr } = await endless;
    assert.equal(status, 1);
    assert.match(stderr, /cannot start container endless: .*plugin loop.* 2 s/);
    assert.deepEqual({ status, stderr }, { status: cold.status, stderr: cold.stderr });
    assert.equal((await here.create("next", bundles[1]!.path)).status, 0);
    const after = await here.status();
    assert.equal(after.pid, pid);
    assert.deepEqual(await here.counted(), { warm: 2, refused: 1, cold: 0 });
  },
  "files",
);

specTest(
  "what has changed is noticed by the next create, and then it is warm again",
  ["root", "runc"],
  async ({ form, work }) => {
    await using here = await servedHost(form);
    await here.plugin("first", `return { edits: [setEnv("VALUE", "old")] };`);
    const bundle = await makeBundle(work, { args: ["env"] });
    await here.serve();
    const { pid } = await here.status();
    const value = async (id: string) => {
      const ran = await here.create(id, bundle.path);
      assert.equal(ran.status, 0, ran.stderr);
      return /^VALUE=(.*)$/m.exec(ran.stdout)?.[1];
    };
    assert.equal(await value("a"), "old");
    await here.plugin("first", `return { edits: [setEnv("VALUE", "new")] };`);
    assert.equal(await value("b"), "new");
    await here.host.write("/etc/container-hooks/conf.d/off.toml", '[plugins.first]\nmode = "off"\n');
    assert.equal(await value("c"), undefined);
    await until("it is warm again", async () => {
      assert.equal(await value("d"), undefined);
      return (await here.counted()).warm > 0;
    });
    assert.equal((await here.status()).pid, pid);

    await here.host.mustRun(["/usr/bin/container-hooks", "bypass", "on"]);
    await here.host.mustRun(["rm", "/etc/container-hooks/conf.d/off.toml"]);
    assert.equal(await value("e"), undefined);
    await here.host.mustRun(["/usr/bin/container-hooks", "bypass", "off"]);
    assert.equal(await value("f"), "new");
  },
  "files",
);

specTest(
  "nothing that one container's plan left behind reaches the next",
  ["root", "runc"],
  async ({ form, work }) => {
    await using here = await servedHost(form);
    await here.plugin(
      "left",
      `
    setTimeout(() => log.warn("late words of " + container.id), 300);
    container.names.length;
    return { edits: [setEnv("SEEN", String(globalThis.seen ?? "nothing"))] };`,
    );
    const bundle = await makeBundle(work, { args: ["env"] });
    await here.serve();
    for (const id of ["a", "b", "c"]) {
      const { stdout } = await here.create(id, bundle.path);
      assert.match(stdout, /^SEEN=nothing$/m);
    }
    const { stdout } = await here.host.run(["cat", "/var/log/container-hooks-runtime.log"]);
    assert.doesNotMatch(stdout, /late words/);
    assert.equal((await here.counted()).warm, 3);
  },
  "files",
);

specTest("a service that is killed while containers start leaves each planned or refused with a sentence", [
  "root",
  "runc",
], async ({ form, work }) => {
  await using here = await servedHost(form);
  await here.plugin("marks", `return { edits: [setEnv("MARK", container.id)] };`);
  const bundles: Bundle[] = [];
  for (const name of ["b0", "b1", "b2", "b3"]) bundles.push(await makeBundle(work, { name, args: ["env"] }));
  let service = await here.start();
  let going = true;
  const kills = (async () => {
    for (let turn = 0; going; turn++) {
      await new Promise((done) => setTimeout(done, 20 + (turn * 37) % 300));
      service.kill(turn % 4 === 3 ? "SIGTERM" : "SIGKILL");
      await service.status;
      service = await here.start();
    }
  })();
  await Promise.all(bundles.map(async (bundle, n) => {
    for (let turn = 0; turn < 12; turn++) {
      const id = `k${n}-${turn}`;
      const { status, stdout, stderr } = await here.create(id, bundle.path);
      assert.equal(status, 0, stderr);
      assert.match(stdout, new RegExp(`^MARK=${id}$`, "m"));
    }
  }));
  going = false;
  await kills;
  assert.equal((await here.create("last", bundles[0]!.path)).status, 0);
  assert.deepEqual(await here.counted(), { warm: 1, refused: 0, cold: 0 });
}, "files");

specTest(
  "a plugin that ended the service twice is asked cold until it changes, and only that one",
  ["root", "runc"],
  async ({ form, work }) => {
    await using here = await servedHost(form);
    const when = 'when: { commands: ["env$"] },';
    await here.plugin("fatal", `while (container.id.startsWith("fatal")); return {};`, when);
    await here.plugin("harmless", `return { edits: [setEnv("PLANNED", "yes")] };`);
    await here.host.write("/etc/container-hooks/conf.d/fatal.toml", "[plugins.fatal]\ntimeout = 3\n");
    const bundle = await makeBundle(work, { args: ["env"] });
    const other = await makeBundle(work, { name: "other", args: ["sh", "-c", "echo $PLANNED"] });
    const isAsked = async () =>
      (await here.host.read("/run/container-hooks/service/asking"))?.includes("plugins");
    for (const turn of [1, 2]) {
      // In place of what an isolate without memory does to its process.
      const service = await here.serve();
      const create = here.create(`fatal${turn}`, bundle.path);
      await until("the plugin is asked", isAsked);
      service.kill("SIGKILL");
      await service.status;
      const { status, stderr } = await create;
      assert.equal(status, 1);
      assert.match(stderr, /plugin fatal took longer than 3 s/);
    }
    await here.start();
    assert.deepEqual((await here.status()).tooOften, ["fatal"]);
    assert.match(
      (await here.host.run(["/usr/bin/container-hooks", "serve", "--status"])).stdout,
      /^ended by +plugin fatal, twice/m,
    );
    assert.match((await here.create("modest", bundle.path)).stdout, /^PLANNED=yes$/m);
    assert.deepEqual(await here.counted(), { warm: 0, refused: 0, cold: 1 });
    // One that does not ask it.
    assert.equal((await here.create("other", other.path)).stdout, "yes\n");
    assert.deepEqual(await here.counted(), { warm: 1, refused: 0, cold: 1 });
    await here.plugin("fatal", "return {};", when);
    await until("it is asked warm again", async () => {
      assert.equal((await here.create("modest2", bundle.path)).status, 0);
      const { planned } = JSON.parse(
        (await here.host.mustRun(["/usr/bin/container-hooks", "explain", "modest2", "--json"])).stdout,
      );
      return planned.warm;
    });
  },
  "files",
);

specTest("one service at a time, and what `serve` says", ["root", "runc"], async ({ form }) => {
  await using here = await servedHost(form);
  const command = (...args: string[]) => here.host.run(["/usr/bin/container-hooks", "serve", ...args]);
  assert.match((await command("--status")).stdout, /^no service runs: each create starts the program$/m);
  await here.serve();
  const { status, stderr } = await command();
  assert.equal(status, 1);
  assert.match(
    stderr,
    /another service of container-hooks holds .*; `container-hooks serve --status` tells which/,
  );
  assert.match((await command("--status")).stdout, /^ +plans\npid +\d+\nversion +\d/m);
}, "files");

specTest(
  "explain tells of each create whether the service planned it, and why not",
  ["root", "runc"],
  async ({
    form,
    work,
  }) => {
    await using here = await servedHost(form);
    await here.plugin(
      "guard",
      `return container.id.startsWith("bad") ? { deny: ["bad"] } : {};`,
      "gate: true,",
    );
    await here.host.write(
      "/etc/container-hooks/conf.d/guard.toml",
      "[plugins.guard]\nbypassable = false\n",
    );
    const bundle = await makeBundle(work);
    const command = (...args: string[]) => here.host.mustRun(["/usr/bin/container-hooks", ...args]);
    const planned = async (id: string, env: Record<string, string> = {}, status = 0) => {
      const launcher = ["/usr/bin/container-hooks-runtime", "run", "--bundle", bundle.path, id];
      const ran = await here.host.run(launcher, { env });
      assert.equal(ran.status, status, ran.stderr);
      const { planned } = JSON.parse((await command("explain", id, "--json")).stdout);
      return planned.warm ? "warm" : planned.why;
    };
    assert.equal(await planned("a"), "no service runs");
    assert.match((await command("explain", "a")).stdout, /^planned +cold, .*: no service runs$/m);
    await here.serve();
    assert.equal(await planned("b"), "warm");
    assert.match((await command("explain", "b")).stdout, /^planned +warm, by the service$/m);
    assert.equal(await planned("bad", {}, 1), "warm");
    const folder = { CONTAINER_HOOKS_STATE: "/var/lib/container-hooks" };
    assert.equal(await planned("c", folder), "a variable of ours is in its environment");
    await command("bypass", "on");
    assert.equal(await planned("d"), "the bypass is on, and a gate stands");
    assert.equal(await planned("bad2", {}, 1), "the bypass is on, and a gate stands");
    await command("bypass", "off");
    assert.equal(await planned("e"), "warm");
    await here.host.write("/etc/container-hooks/conf.d/more.toml", "[container-hooks]\ndeadline = 50\n");
    assert.equal(await planned("f"), "something has changed");
  },
  "files",
);

specTest("service = false keeps a host cold at once, and taken back the service plans again", [
  "root",
  "runc",
], async ({
  form,
  work,
}) => {
  await using here = await servedHost(form);
  const bundle = await makeBundle(work);
  const command = (...args: string[]) => here.host.mustRun(["/usr/bin/container-hooks", ...args]);
  let count = 0;
  const planned = async () => {
    const id = `kept-${++count}`;
    const ran = await here.create(id, bundle.path);
    assert.equal(ran.status, 0, ran.stderr);
    const { planned } = JSON.parse((await command("explain", id, "--json")).stdout);
    return planned.warm ? "warm" : planned.why;
  };
  await here.serve();
  const { pid } = await here.status();
  assert.equal(await planned(), "warm");
  await command("config", "set", "container-hooks.service=false");
  assert.notEqual(await planned(), "warm");
  const why = "the configuration has service = false";
  await until("launchers know why", async () => await planned() === why);
  assert.deepEqual([(await here.status()).pid, (await here.status()).keptCold], [pid, why]);
  await command("config", "set", "container-hooks.service=true");
  await until("it is warm again", async () => await planned() === "warm");
  assert.equal((await here.status()).pid, pid);
}, "files");
