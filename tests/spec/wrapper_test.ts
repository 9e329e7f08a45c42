/** The built file in front of the real runc. */
import assert from "node:assert/strict";
import type { Spec } from "../../mod/core/oci.ts";
import { makeBundle } from "../harness/bundle.ts";
import { recorder } from "../harness/hooks.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { PROBE_STATUS, probeRuntime } from "../harness/probe.ts";
import { mustRun, SYSTEM_PATH } from "../harness/run.ts";

/** An id that no other run uses: runc's cgroups are the machine's. */
function newId(): string {
  return `hooks-test-${crypto.randomUUID().slice(0, 8)}`;
}

specTest(
  "what the container writes, and its exit status, reach the caller",
  ["root", "runc"],
  async ({ form, work }) => {
    const installed = await install(form, work);
    const bundle = await makeBundle(work, { args: ["sh", "-c", "echo out; echo err >&2; exit 7"] });
    const ran = await installed.asRuntime(["run", "--bundle", bundle.path, newId()]);
    assert.deepEqual([ran.status, ran.stdout, ran.stderr], [7, "out\n", "err\n"]);
  },
);

specTest("standard input reaches the container", ["root", "runc"], async ({ form, work }) => {
  const installed = await install(form, work);
  const bundle = await makeBundle(work, { args: ["wc", "-c"] });
  const stdin = "x".repeat(200_000);
  const ran = await installed.asRuntime(["run", "--bundle", bundle.path, newId()], { stdin });
  assert.equal(ran.stdout.trim(), "200000", ran.stderr);
});

specTest(
  "a signal to the wrapper's process is one to the runtime",
  ["root", "runc"],
  async ({ form, work }) => {
    const installed = await install(form, work);
    const bundle = await makeBundle(work, {
      args: ["sh", "-c", "trap 'exit 5' TERM; echo ready; while :; do sleep 0.1; done"],
    });
    const child = new Deno.Command(installed.runtime, {
      args: ["run", "--bundle", bundle.path, newId()],
      clearEnv: true,
      env: { PATH: SYSTEM_PATH, ...installed.env },
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), "ready\n");
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 5);
    await reader.cancel();
  },
);

specTest(
  "hooks run once each, in the order of the stages and of the file",
  ["root", "runc"],
  async ({ form, work }) => {
    const { path, hook, calls } = recorder(work);
    const installed = await install(form, work, {
      hooks: {
        poststop: [hook("poststop")],
        prestart: [hook("prestart", "first"), hook("prestart", "second")],
        createRuntime: [hook("createRuntime")],
        createContainer: [hook("createContainer")],
        poststart: [hook("poststart")],
      },
    });
    const bundle = await makeBundle(work);
    const id = newId();
    const ran = await installed.asRuntime(["run", "--bundle", bundle.path, id]);
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(calls().map((call) => call.args.join(" ")), [
      "prestart first",
      "prestart second",
      "createRuntime",
      "createContainer",
      "poststart",
      "poststop",
    ]);
    assert.ok(calls().every((call) => call.state.id === id && call.state.bundle === bundle.path));
    assert.equal(bundle.spec().hooks?.prestart?.[0]?.path, path);
  },
);

specTest("a hook gets the variables of hooks.json and none of the engine's or the container's", [
  "root",
  "runc",
], async ({ form, work }) => {
  const { hook, calls } = recorder(work);
  const installed = await install(form, work, {
    hooks: {
      prestart: [{ ...hook("said"), env: ["ONLY=this"] }, hook("unsaid")],
      createContainer: [{ ...hook("empty"), env: [] }],
    },
  });
  const bundle = await makeBundle(work, { env: ["OF_THE_CONTAINER=1", "LD_PRELOAD=/evil.so"] });
  const env = { OF_THE_ENGINE: "1" };
  assert.equal((await installed.asRuntime(["run", "--bundle", bundle.path, newId()], { env })).status, 0);
  const [said, ...others] = calls();
  assert.deepEqual(said?.env, ["ONLY=this"]);
  assert.equal(others.length, 2);
  for (const { env } of others) assert.deepEqual(env.map((variable) => variable.split("=")[0]), ["PATH"]);
});

specTest(
  "create, start, state, kill and delete work as they do without us",
  ["root", "runc"],
  async ({ form, work }) => {
    const { hook, calls } = recorder(work);
    const installed = await install(form, work, {
      hooks: { prestart: [hook("prestart")], poststop: [hook("poststop")] },
    });
    const bundle = await makeBundle(work, { args: ["sleep", "1000"] });
    const id = newId();
    await succeeds(installed, ["create", "--bundle", bundle.path, "--pid-file", `${work.path}/pid`, id]);
    assert.deepEqual(calls().map((call) => call.args), [["prestart"]]);
    await succeeds(installed, ["start", id]);
    const state = JSON.parse(await succeeds(installed, ["state", id]));
    assert.deepEqual([state.status, String(state.pid)], [
      "running",
      Deno.readTextFileSync(`${work.path}/pid`),
    ]);
    assert.deepEqual(state, JSON.parse((await mustRun(["runc", "state", id])).stdout));
    await succeeds(installed, ["kill", id, "KILL"]);
    await succeeds(installed, ["delete", "--force", id]);
    assert.deepEqual(calls().map((call) => call.args), [["prestart"], ["poststop"]]);
  },
);

async function succeeds(installed: Installation, args: string[]): Promise<string> {
  const ran = await installed.asRuntime(args);
  assert.equal(ran.status, 0, `${args.join(" ")}: ${ran.stderr}`);
  return ran.stdout;
}

/** A text that a parser and a serialiser would not give back: numbers, escapes, line ends, order, indentation. */
function oddText(spec: Spec): string {
  const odd = `"x-odd": {"big": 123456789012345678901234567890, "minus": -0, "huge": 1E400, "float": 1.0,\r
      "escaped": "\\u0041\\/\\ud83d\\ude00", "empty" :[ ], "2": 0, "1": 0},\r\n`;
  return JSON.stringify(spec, null, 3).replace("{\n", `{${odd}`) + "\r\n \n";
}

specTest("every byte of config.json but the added hooks stays", ["root", "runc"], async ({ form, work }) => {
  const { hook } = recorder(work);
  const installed = await install(form, work, {
    hooks: { prestart: [hook("prestart")], poststop: [hook("poststop")] },
  });
  const bundle = await makeBundle(work, { text: oddText });
  const before = bundle.text();
  const ran = await installed.asRuntime(["run", "--bundle", bundle.path, newId()]);
  assert.equal(ran.status, 0, ran.stderr);
  const added = onlyInsertion(before, bundle.text());
  assert.match(added, /"hooks"/);
  assert.doesNotMatch(added, /x-odd|process/);
});

/** What `after` has more than `before`, in one place. @throws where anything else changed */
function onlyInsertion(before: string, after: string): string {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  const end = after.length - (before.length - start);
  assert.equal(after.slice(end), before.slice(start), "bytes that were there before have changed");
  return after.slice(start, end);
}

specTest(
  "config.json keeps its owner and mode, and nothing is left beside it",
  ["root", "runc"],
  async ({ form, work }) => {
    const installed = await install(form, work, { hooks: { poststop: [recorder(work).hook("poststop")] } });
    const text = Deno.readTextFileSync(installed.configFile);
    Deno.writeTextFileSync(installed.configFile, text.replace("\n", '\nforeign-bundles = "accept"\n'));
    const bundle = await makeBundle(work);
    Deno.chownSync(bundle.config, 12, 34);
    Deno.chmodSync(bundle.config, 0o640);
    await succeeds(installed, ["run", "--bundle", bundle.path, newId()]);
    const { uid, gid, mode } = Deno.statSync(bundle.config);
    assert.deepEqual([uid, gid, mode! & 0o7777], [12, 34, 0o640]);
    assert.ok(bundle.spec().hooks?.poststop);
    assert.deepEqual(Array.from(Deno.readDirSync(bundle.path), (entry) => entry.name), ["config.json"]);
  },
);

specTest("a bundle that is used again gets its hooks once", ["root", "runc"], async ({ form, work }) => {
  const { hook, calls } = recorder(work);
  const installed = await install(form, work, { hooks: { prestart: [hook("one")] } });
  const bundle = await makeBundle(work);
  await succeeds(installed, ["run", "--bundle", bundle.path, newId()]);
  await succeeds(installed, ["run", "--bundle", bundle.path, newId()]);
  assert.equal(calls().length, 2);
  assert.equal(bundle.spec().hooks?.prestart?.length, 1);
  installed.setHooks({ prestart: [hook("other")] });
  await succeeds(installed, ["run", "--bundle", bundle.path, newId()]);
  assert.deepEqual(calls().map((call) => call.args[0]), ["one", "one", "other"]);
});

specTest(
  "a bundle that was used again after /run was emptied was edited on top of our edits",
  ["root", "runc"],
  async ({ form, work }) => {
    const { hook, calls } = recorder(work);
    const installed = await install(form, work, { hooks: { poststop: [hook("one")] } });
    const bundle = await makeBundle(work);
    const original = bundle.text();
    const reboot = () => Deno.removeSync(installed.runFolder, { recursive: true });
    for (let start = 1; start <= 3; start++) {
      await succeeds(installed, ["run", "--bundle", bundle.path, newId()]);
      assert.deepEqual([calls().length, bundle.spec().hooks?.poststop?.length], [start, 1]);
      reboot();
    }
    installed.setHooks({});
    await succeeds(installed, ["run", "--bundle", bundle.path, newId()]);
    assert.equal(calls().length, 3, "hooks that are gone no longer act");
    assert.equal(bundle.text(), original);
    assert.deepEqual(
      Array.from(Deno.readDirSync(`${installed.env.CONTAINER_HOOKS_STATE}/bundles`), ({ name }) => name),
      [],
      "nothing of ours is left in it, so nothing is on record",
    );
  },
);

specTest("the current folder is the bundle where none is named", ["root", "runc"], async ({ form, work }) => {
  const { hook, calls } = recorder(work);
  const installed = await install(form, work, { hooks: { prestart: [hook("prestart")] } });
  const bundle = await makeBundle(work);
  const ran = await installed.asRuntime(["run", newId()], { cwd: bundle.path });
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(calls().length, 1);
});

specTest("`container-hooks runtime --` is the same runtime", ["root", "runc"], async ({ form, work }) => {
  const { hook, calls } = recorder(work);
  const installed = await install(form, work, { hooks: { prestart: [hook("prestart")] } });
  const bundle = await makeBundle(work, { args: ["sh", "-c", "exit 9"] });
  const ran = await installed.command(["runtime", "--", "run", "--bundle", bundle.path, newId()]);
  assert.equal(ran.status, 9, ran.stderr);
  assert.equal(calls().length, 1);
});

specTest("the version is the runtime's own, word for word", ["root", "runc"], async ({ form, work }) => {
  const installed = await install(form, work);
  assert.equal(await succeeds(installed, ["--version"]), (await mustRun(["runc", "--version"])).stdout);
});

specTest(
  "any other command reaches the runtime word for word, and its status comes back",
  ["root", "runc"],
  async ({ form, work }) => {
    const probe = probeRuntime(work);
    const installed = await install(form, work, {
      runtimes: [probe.path],
      hooks: { prestart: [{ path: "/bin/true" }] },
    });
    const bundle = await makeBundle(work);
    const before = bundle.text();
    const lines = [
      ["state", "c1"],
      ["--log=/dev/null", "-no-subreaper", "--root", "/r", "kill", "c1", "TERM"],
      ["exec", "c1", "create"],
      ["exec", "--process", "/p.json", "c1", "run", "--bundle", bundle.path],
      ["odd", "", "two words", "new\nline", "ü", "$HOME", "*"],
      ["--version"],
      [],
    ];
    for (const line of lines) {
      const ran = await installed.asRuntime(line, { cwd: bundle.path });
      assert.deepEqual([ran.status, ran.stdout, ran.stderr], [PROBE_STATUS, "the runtime was called\n", ""]);
    }
    assert.deepEqual(probe.calls(), lines);
    assert.equal(bundle.text(), before);
  },
);

specTest(
  "nothing is written to the engine's log where nothing went wrong",
  ["root", "runc"],
  async ({ form, work }) => {
    const installed = await install(form, work, { hooks: { prestart: [recorder(work).hook("prestart")] } });
    const bundle = await makeBundle(work);
    const log = work.file("engine.log", "");
    await succeeds(installed, [
      "--log",
      log,
      "--log-format",
      "json",
      "run",
      "--bundle",
      bundle.path,
      newId(),
    ]);
    assert.equal(Deno.readTextFileSync(log), "");
  },
);

specTest(
  "explain says which plugin added which hook to the container",
  ["root", "runc"],
  async ({ form, work }) => {
    const { path, hook } = recorder(work);
    const installed = await install(form, work, { hooks: { prestart: [hook("prestart")] } });
    const bundle = await makeBundle(work);
    const id = newId();
    await succeeds(installed, ["run", "--bundle", bundle.path, id]);
    const text = await installed.command(["explain", id]);
    assert.equal(text.status, 0, text.stderr);
    for (const word of [id, "hooks-json", "prestart", path]) {
      assert.ok(
        text.stdout.includes(word),
        text.stdout,
      );
    }
    const json = await installed.command(["explain", id, "--json"]);
    assert.ok(JSON.stringify(JSON.parse(json.stdout)).includes(path), json.stdout);
  },
);

specTest("the journal is for root's eyes alone", ["root", "runc"], async ({ form, work }) => {
  const installed = await install(form, work, { hooks: { prestart: [recorder(work).hook("prestart")] } });
  const bundle = await makeBundle(work);
  await succeeds(installed, ["run", "--bundle", bundle.path, newId()]);
  const found = (await mustRun(["find", installed.runFolder, "-printf", "%y %m %u\n"])).stdout.trim().split(
    "\n",
  );
  assert.deepEqual([...new Set(found)].sort(), ["d 700 root", "f 600 root"]);
});

specTest("bypass lets containers start untouched, is logged each time, and can be switched off", [
  "root",
  "runc",
], async ({ form, work }) => {
  const { hook, calls } = recorder(work);
  const installed = await install(form, work, { hooks: { prestart: [hook("prestart")] } });
  const bundle = await makeBundle(work);
  const before = bundle.text();
  assert.equal((await installed.command(["bypass", "on", "--for", "30m"])).status, 0);
  const status = JSON.parse((await installed.command(["bypass", "status", "--json"])).stdout);
  assert.equal(status.on, true);
  installed.setHooks("{ broken");
  const id = newId();
  await succeeds(installed, ["run", "--bundle", bundle.path, id]);
  assert.equal(bundle.text(), before);
  assert.match(Deno.readTextFileSync(installed.log), new RegExp(`bypass.*${id}`));
  assert.equal((await installed.command(["bypass", "off"])).status, 0);
  installed.setHooks({ prestart: [hook("prestart")] });
  await succeeds(installed, ["run", "--bundle", bundle.path, newId()]);
  assert.equal(calls().length, 1);
});

specTest("without arguments and without a terminal it is the older toolkit's marker and does nothing", [
  "root",
], async ({ form, work }) => {
  const installed = await install(form, work);
  const ran = await installed.command([], { stdin: '{"ociVersion":"1.0.2","id":"c1"}' });
  assert.deepEqual([ran.status, ran.stdout, ran.stderr], [0, "", ""]);
});

specTest(
  "version names form, Deno's version, size and sha256 of the running file",
  ["root"],
  async ({ form, work }) => {
    const installed = await install(form, work);
    const said = JSON.parse((await installed.command(["version", "--json"])).stdout);
    const sum = (await mustRun(["sha256sum", form.path])).stdout.split(" ")[0];
    assert.deepEqual([said.form, said.size, said.sha256], [form.name, Deno.statSync(form.path).size, sum]);
    assert.match(said.deno, /^\d+\.\d+\.\d+$/);
    assert.match(
      (await installed.command(["version", "--sha256"])).stdout,
      new RegExp(`^sha256 +${sum}$`, "m"),
    );
    const short = (await installed.command(["version"])).stdout;
    assert.match(short, new RegExp(`^size +${said.size} bytes$`, "m"));
    assert.doesNotMatch(short, /sha256/);
  },
  "files",
);
