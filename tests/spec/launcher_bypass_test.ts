/** The way out by the launcher alone: whatever is broken, whichever shell is the system's sh. */
import assert from "node:assert/strict";
import { launcherScene, type Shell, SHELLS } from "../harness/launcher.ts";
import { testWith } from "../harness/needs.ts";
import { PROBE_STATUS } from "../harness/probe.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";

const EDITED = 'echo "container web" >&3; echo end edited >&3; exit 90';
const BOOT = Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();

/** A launcher whose folders are in the work folder. */
function scene(work: WorkFolder, shell: Shell, body = EDITED) {
  const { call, ...rest } = launcherScene(work, shell, body);
  const run = work.folder("run"), etc = work.folder("etc"), state = work.folder("state");
  Deno.chmodSync(run, 0o700);
  const env = {
    CONTAINER_HOOKS_RUN: run,
    CONTAINER_HOOKS_CONFIG: `${etc}/config.toml`,
    CONTAINER_HOOKS_STATE: state,
  };
  return { ...rest, run, etc, state, call: (...args: string[]) => call(args, { env }) };
}

function shellTest(name: string, body: (work: WorkFolder, shell: Shell) => Promise<void>): void {
  for (const shell of SHELLS) {
    testWith(`${shell.name}: ${name}`, ["root", shell.name], async () => {
      using work = workFolder();
      await body(work, shell);
    });
  }
}

shellTest(
  "a switch in the run folder or beside config.toml lets creates pass without the program",
  async (work, shell) => {
    const { call, run, etc, probe, programArgs } = scene(work, shell);
    for (const place of [`${run}/bypass`, `${etc}/bypass`]) {
      Deno.writeTextFileSync(place, "on\n");
      const ran = await call("--root", "/r", "create", "--bundle", "/b", "web");
      assert.deepEqual([ran.status, ran.stderr], [PROBE_STATUS, ""]);
      Deno.removeSync(place);
    }
    assert.deepEqual(probe.calls(), Array(2).fill(["--root", "/r", "create", "--bundle", "/b", "web"]));
    assert.equal(programArgs(), undefined);
    await call("create", "web");
    assert.notEqual(programArgs(), undefined);
  },
);

shellTest("what the launcher lets pass or stops by itself was on record nowhere", async (work, shell) => {
  const { call, run, program } = scene(work, shell);
  const path = `${run}/past-the-program`;
  const noted = () =>
    Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => line.replace(/^\S+Z /, ""));
  Deno.writeTextFileSync(`${run}/bypass`, "on\n");
  await call("create", "web");
  await call("state", "web");
  Deno.removeSync(`${run}/bypass`);
  Deno.removeSync(program);
  assert.notEqual((await call("create", "web")).status, PROBE_STATUS);
  await call("create", "--bundle", "/b", "not an id");
  const [passed, stopped, odd, ...more] = noted();
  assert.equal(passed, "bypassed web the bypass is on: the launcher let it pass");
  assert.match(stopped!, /^refused web cannot start .* is gone; /);
  assert.match(odd!, /^refused - cannot start /);
  assert.deepEqual(more, [], "a state is no create");
  assert.equal(Deno.lstatSync(path).mode! & 0o777, 0o600);
  // A link that somebody has put there leads nowhere.
  Deno.removeSync(path);
  Deno.symlinkSync(`${work.path}/elsewhere`, path);
  await call("create", "web");
  assert.throws(() => Deno.lstatSync(`${work.path}/elsewhere`), Deno.errors.NotFound);
});

/** Whether the launcher takes a text for a switch that is on. */
const TEXTS: [text: string, on: boolean][] = [
  ["", true],
  ["on", true],
  [`on ${BOOT}\n`, true],
  [`on ${BOOT} - 1700000000000 - json /nowhere/own.log\n`, true],
  [`on ${BOOT} 99999999999 1700000000000 1700000001000\n`, true],
  ["on - 99999999999\n", true],
  [`on ${BOOT} 1 1700000000000 1700000001000\n`, false],
  ["on - 1\n", false],
  [`on ${BOOT} soon\n`, false],
  ["on 00000000-0000-0000-0000-000000000000\n", false],
  ["off\n", false],
  ['{"since":1}\n', false],
];

shellTest("a switch ends with its time and with this start of the machine", async (work, shell) => {
  const { call, run, programArgs } = scene(work, shell);
  for (const [text, on] of TEXTS) {
    Deno.writeTextFileSync(`${run}/bypass`, text);
    assert.equal((await call("create", "web")).status, PROBE_STATUS);
    assert.equal(programArgs() === undefined, on, text);
    if (!on) Deno.removeSync(`${work.path}/told/args`);
  }
});

shellTest("a switch that somebody else could have set is the program's to judge", async (work, shell) => {
  const { call, run, programArgs } = scene(work, shell);
  const path = `${run}/bypass`;
  const ways: (() => void)[] = [
    () => Deno.chownSync(path, 1000, 1000),
    () => Deno.chmodSync(path, 0o666),
    () => Deno.chmodSync(path, 0o620),
    () => Deno.chmodSync(run, 0o777),
    () => Deno.chownSync(run, 1000, 1000),
    () => {
      Deno.renameSync(path, `${run}/elsewhere`);
      Deno.symlinkSync(`${run}/elsewhere`, path);
    },
    () => {
      Deno.removeSync(path);
      Deno.mkdirSync(path);
    },
  ];
  for (const way of ways) {
    Deno.writeTextFileSync(path, "on\n");
    way();
    await call("create", "web");
    assert.notEqual(programArgs(), undefined, String(way));
    Deno.removeSync(`${work.path}/told/args`);
    Deno.removeSync(path);
    Deno.chownSync(run, 0, 0);
    Deno.chmodSync(run, 0o700);
  }
});

/** Whether the program is asked though the bypass is on, by a text of the configuration. */
const GATES: [text: string, stands: boolean][] = [
  ["[plugins.a]\nbypassable = false\n", true],
  ["[plugins.a]\n  bypassable=false", true],
  ["plugins = { a = { bypassable = false } }\n", true],
  ['[plugins.a]\n"bypass\\u0061ble" = false\n', true],
  ["[plugins.a]\nbypassable = true\n", false],
  ["[plugins.a]\n# bypassable = false\n", false],
  ["", false],
];

shellTest("where a gate may stand, the program is asked though the bypass is on", async (work, shell) => {
  const { call, run, etc, programArgs } = scene(work, shell);
  Deno.writeTextFileSync(`${run}/bypass`, "on\n");
  Deno.mkdirSync(`${etc}/conf.d`);
  for (const file of ["config.toml", "conf.d/a b.toml"]) {
    for (const [text, stands] of GATES) {
      Deno.writeTextFileSync(`${etc}/${file}`, text);
      await call("create", "web");
      assert.equal(programArgs() !== undefined, stands, text);
      if (stands) Deno.removeSync(`${work.path}/told/args`);
    }
  }
});

shellTest(
  "a gate that stood when the configuration could be read stands when it is broken",
  async (work, shell) => {
    const { call, run, state, probe } = scene(work, shell, "exit 1");
    Deno.writeTextFileSync(`${run}/bypass`, "on\n");
    Deno.writeTextFileSync(`${state}/standing-gates`, "a\n");
    const { status, stderr } = await call("create", "web");
    assert.deepEqual([status, probe.calls()], [1, []]);
    assert.ok(stderr.includes(`remove ${state}/standing-gates to let containers start without it`), stderr);
  },
);

shellTest("a broken program names the line by which a gate stands", async (work, shell) => {
  const { call, run, etc, probe } = scene(work, shell, "exit 1");
  Deno.writeTextFileSync(`${run}/bypass`, "on\n");
  Deno.writeTextFileSync(`${etc}/config.toml`, "[plugins.a]\nbypassable = false\n");
  const { status, stderr } = await call("create", "web");
  assert.deepEqual([status, probe.calls()], [1, []]);
  assert.match(
    stderr,
    /the bypass is on, but a gate that is not bypassable stands by \S+\/config\.toml: take its line/,
  );
  Deno.writeTextFileSync(`${etc}/config.toml`, "[plugins.a]\n");
  assert.equal((await call("create", "web")).status, PROBE_STATUS);
});

shellTest("what it lets pass is in our own log, with the container's id", async (work, shell) => {
  const { call, run } = scene(work, shell);
  const log = `${work.path}/own log`;
  Deno.writeTextFileSync(log, "");
  for (const format of ["text", "json"]) {
    Deno.writeTextFileSync(`${run}/bypass`, `on ${BOOT} - 1 - ${format} ${log}\n`);
    await call("create", "--bundle", "/b", "web");
    await call("run", 'odd"id');
  }
  const [text, odd, json] = Deno.readTextFileSync(log).split("\n");
  assert.match(text!, /^time="\d{4}-\S+Z" level=warning msg="bypass is on: [^"]+" container="web"$/);
  assert.match(odd!, /container=""$/);
  const { container, level, msg, time } = JSON.parse(json!);
  assert.deepEqual([container, level, Number.isNaN(Date.parse(time))], ["web", "warning", false]);
  assert.match(msg, /^bypass is on: /);
});

shellTest("a log that cannot be written stops no container", async (work, shell) => {
  const { call, run } = scene(work, shell);
  for (const log of ["/dev/full", `${work.path}/gone/log`, work.path]) {
    Deno.writeTextFileSync(`${run}/bypass`, `on ${BOOT} - 1 - text ${log}\n`);
    assert.equal((await call("create", "web")).status, PROBE_STATUS, log);
  }
});

shellTest("nothing is done at the start of a container that is marked", async (work, shell) => {
  const { call, run, programArgs } = scene(work, shell);
  Deno.mkdirSync(`${run}/start`);
  Deno.writeTextFileSync(`${run}/start/web.0`, "");
  await call("start", "web");
  assert.notEqual(programArgs(), undefined);
  Deno.removeSync(`${work.path}/told/args`);
  Deno.writeTextFileSync(`${run}/bypass`, "on\n");
  assert.equal((await call("start", "web")).status, PROBE_STATUS);
  assert.equal(programArgs(), undefined);
});

shellTest(
  "our own options are taken out, and behind the command they are the program's",
  async (work, shell) => {
    const { call, run, probe, programArgs } = scene(work, shell);
    Deno.writeTextFileSync(`${run}/bypass`, "on\n");
    await call("--hook-spec", "/h", "--root", "/r", "create", "web");
    assert.deepEqual([probe.calls(), programArgs()], [[["--root", "/r", "create", "web"]], undefined]);
    await call("create", "--hook-spec", "/h", "web");
    assert.deepEqual(programArgs()?.slice(-4), ["create", "--hook-spec", "/h", "web"]);
  },
);

/** What is wrong with the program, and what is said. */
const BROKEN: [name: string, body: string, breakIt: (program: string) => void, says: RegExp][] = [
  [
    "is gone",
    EDITED,
    (program) => Deno.removeSync(program),
    /'?s? program "\S+it's a program" is gone; run `install`/,
  ],
  [
    "may not be executed",
    EDITED,
    (program) => Deno.chmodSync(program, 0o644),
    /may not be executed, by its mode/,
  ],
  [
    "has no interpreter",
    EDITED,
    (program) => {
      Deno.writeTextFileSync(program, "#!/nowhere/ld-linux\n");
    },
    /or a part of it, could not be executed, and ended with status 12[67]; stderr says which: it needs glibc/,
  ],
  [
    "lacks a part",
    "/nowhere/deno",
    () => {},
    /or a part of it, could not be executed, and ended with status 127; /,
  ],
  ["ends at once", "exit 1", () => {}, /planning ended with status 1; stderr says why; /],
  [
    "is damaged",
    "kill -SEGV $$",
    () => {},
    /planning was killed by signal 11; that is a fault of container-hooks or of/,
  ],
];

for (const [name, body, breakIt, says] of BROKEN) {
  shellTest(
    `with a program that ${name}, what the launcher says lets containers start`,
    async (work, shell) => {
      const { call, program, probe } = scene(work, shell, body);
      breakIt(program);
      const { status, stderr } = await call("create", "web");
      assert.deepEqual([status, probe.calls()], [1, []]);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /plugin|memory/);
      const [, command] = stderr.match(/until then `(echo on >\S+)`/) ?? [];
      assert.ok(command, stderr);
      assert.ok(new Deno.Command("sh", { args: ["-c", command] }).outputSync().success);
      assert.equal((await call("create", "web")).status, PROBE_STATUS);
    },
  );
}

shellTest(
  "where the run folder is not there, the switch beside config.toml is offered",
  async (work, shell) => {
    const { call, run, etc, program } = scene(work, shell);
    Deno.removeSync(run);
    Deno.removeSync(program);
    const { stderr } = await call("create", "web");
    assert.ok(stderr.includes(`\`echo on >${etc}/bypass\``), stderr);
  },
);
