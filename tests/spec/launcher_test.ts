/** The launcher in each shell that may be a system's sh: what reaches the runtime, and what never may. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import type { Form } from "../harness/forms.ts";
import { install } from "../harness/installation.ts";
import { launcherScene, type Shell, SHELLS } from "../harness/launcher.ts";
import { type Need, specTest, testWith } from "../harness/needs.ts";
import { PROBE_STATUS, probeRuntime } from "../harness/probe.ts";
import { mustRun, run, SYSTEM_PATH } from "../harness/run.ts";
import { until } from "../harness/until.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";

const EDITED = 'echo "container web" >&3; echo end edited >&3; exit 90';

/** Registers a test of the launcher in each shell. */
function shellTest(
  name: string,
  body: (work: WorkFolder, shell: Shell) => Promise<void>,
  needs: Need[] = [],
): void {
  for (const shell of SHELLS) {
    testWith(`${shell.name}: ${name}`, ["root", shell.name, ...needs], async () => {
      using work = workFolder();
      await body(work, shell);
    });
  }
}

shellTest(
  "what makes no container reaches the runtime word for word, and the program is not asked",
  async (work, shell) => {
    const { call, probe, programArgs } = launcherScene(work, shell, EDITED);
    const lines = [
      [],
      ["--version"],
      ["state", "c1"],
      ["--log=/dev/null", "-no-subreaper", "--root", "/r", "kill", "c1", "TERM"],
      ["exec", "--process", "/p.json", "c1"],
      ["odd", "", "two words", "new\nline", "ü", "$HOME", "*", "-n", "\\", "'", "--"],
    ];
    for (const line of lines) {
      const ran = await call(line);
      assert.deepEqual([ran.status, ran.stdout, ran.stderr], [PROBE_STATUS, "the runtime was called\n", ""]);
    }
    assert.deepEqual(probe.calls(), lines);
    assert.equal(programArgs(), undefined);
  },
);

const STRIPPED: [given: string, left: string][] = [
  ["--hook-spec /h state c1", "state c1"],
  ["-hook-spec=/h --add-hook=n:[a] --root /r delete c1", "--root /r delete c1"],
  ["--debug --add-hook n --hook-spec /h --log l kill c1", "--debug --log l kill c1"],
  ["--root --hook-spec state c1", "--root --hook-spec state c1"],
  ["--root=/r --hook-spec=/h state c1", "--root=/r state c1"],
  ["exec c1 tool --hook-spec /h", "exec c1 tool --hook-spec /h"],
  ["-- state --hook-spec /h", "-- state --hook-spec /h"],
  ["--hook-spec /h", ""],
];

shellTest("our own options in front of any command are taken out, and nothing else", async (work, shell) => {
  const { call, probe, programArgs } = launcherScene(work, shell, EDITED);
  for (const [given] of STRIPPED) assert.equal((await call(given.split(" "))).status, PROBE_STATUS, given);
  assert.deepEqual(probe.calls().map((line) => line.join(" ")), STRIPPED.map(([, left]) => left));
  assert.equal(programArgs(), undefined);
});

shellTest("an option of ours without its value is the program's to refuse", async (work, shell) => {
  const { call, probe, programArgs } = launcherScene(work, shell, "echo end refused >&3; exit 92");
  assert.equal((await call(["--debug", "--hook-spec"])).status, 1);
  assert.deepEqual(programArgs()?.slice(-2), ["--debug", "--hook-spec"]);
  assert.deepEqual(probe.calls(), []);
});

shellTest("create, run and restore reach the runtime once the program has said so", async (work, shell) => {
  const { call, probe, programArgs } = launcherScene(work, shell, EDITED);
  const lines = [["create", "--bundle", "/a b", "web"], ["--root", "/r", "run", "*"], ["restore"], [
    "exec",
    "c1",
    "create",
  ]];
  for (const line of lines) {
    const ran = await call(line);
    assert.deepEqual([ran.status, ran.stdout, ran.stderr], [PROBE_STATUS, "the runtime was called\n", ""]);
    const [word, version, runtimeWord, runtime, parentWord, parent, ...rest] = programArgs()!;
    assert.deepEqual([word, version, runtimeWord, runtime, parentWord], [
      "plan",
      "--launcher=3",
      "--runtime",
      probe.path,
      "--parent",
    ]);
    assert.deepEqual([Number(parent), rest], [ran.pid, ["--cold", "no service runs", "--", ...line]]);
  }
  assert.deepEqual(probe.calls(), lines);
});

shellTest("nothing to do is success too", async (work, shell) => {
  const { call, probe } = launcherScene(work, shell, "echo end nothing >&3; exit 91");
  assert.equal((await call(["create", "web"])).status, PROBE_STATUS);
  assert.deepEqual(probe.calls(), [["create", "web"]]);
});

shellTest("the words that the program names are taken out", async (work, shell) => {
  const { call, probe } = launcherScene(work, shell, 'echo "end edited 0 1 3 10" >&3; exit 90');
  await call(["0", "1", "create", "3", "", "5 5", "6", "7", "8", "9", "10", "11"]);
  assert.deepEqual(probe.calls(), [["create", "", "5 5", "6", "7", "8", "9", "11"]]);
});

/** How a program can end without having said that the container may start. */
const EARLY_ENDS: [name: string, body: string, says: RegExp][] = [
  ...["0", "1", "2", "77", "90", "91", "92", "255"].map((status): [string, string, RegExp] => [
    `ends with status ${status} while a plugin is asked`,
    `echo "container web" >&3; echo "plugin audit-mount" >&3; exit ${status}`,
    new RegExp(
      `cannot start container web: planning ended with status ${status} while it asked plugin audit-mount; `,
    ),
  ]),
  ...(["KILL", "SEGV", "TERM"] as const).map((signal): [string, string, RegExp] => [
    `is killed by SIG${signal} while a plugin is asked`,
    `echo "container web" >&3; echo "plugin audit-mount" >&3; kill -${signal} $$`,
    new RegExp(
      `planning was killed by signal ${
        { KILL: 9, SEGV: 11, TERM: 15 }[signal]
      } while it asked plugin audit-mount; `,
    ),
  ]),
  [
    "ends after the last plugin was asked",
    'echo "container web" >&3; echo "plugin audit-mount" >&3; echo "container web" >&3; exit 0',
    /cannot start container web: planning ended with status 0; /,
  ],
  [
    "ends before it knows the container",
    "exit 1",
    /cannot start the container: planning ended with status 1; /,
  ],
  [
    "ends with 0 though it said the end",
    "echo end edited >&3; exit 0",
    /cannot start the container: planning ended with status 0; /,
  ],
  ...[
    ["refused", 90],
    ["nothing", 90],
    ["edited", 91],
    ["refused", 91],
    ["edited", 92],
    ["", 90],
    ["editedly", 90],
  ].map(([outcome, status]): [string, string, RegExp] => [
    `says ${
      outcome || "nothing of how it went"
    } and ends with ${status}, as if somebody had set one of the two`,
    `echo "end ${outcome}" >&3; exit ${status}`,
    new RegExp(`cannot start the container: planning ended with status ${status}; `),
  ]),
  [
    "says what would break the engine's log",
    `printf 'container "\\\\\\033\\nplugin "x"\\n' >&3; exit 0`,
    /cannot start the container: planning ended with status 0; /,
  ],
];

for (const [name, body, says] of EARLY_ENDS) {
  shellTest(`a program that ${name} does not start the container, and that is told`, async (work, shell) => {
    const { call, probe } = launcherScene(work, shell, body);
    for (const format of ["json", "text"]) {
      const log = `${work.path}/engine.${format}`;
      const ran = await call([
        "--root",
        "--log=/wrong",
        `--log=${log}`,
        "--log-format",
        format,
        "create",
        "web",
      ]);
      assert.deepEqual([ran.status, ran.stdout, probe.calls()], [1, "", []]);
      const said = ran.stderr.split("\n").filter((line) => line.startsWith("container-hooks: "));
      assert.equal(said.length, 1, ran.stderr);
      assert.match(said[0]!, says);
      const line = Deno.readTextFileSync(log);
      if (format === "json") {
        const { level, msg, time } = JSON.parse(line);
        assert.deepEqual([level, msg], ["error", said[0]]);
        assert.ok(Math.abs(Date.parse(time) - Date.now()) < 600_000, time);
      } else {
        const [, msg] = line.match(/^time="[^"]+" level=error msg=("(?:[^"\\]|\\.)+")\n$/) ?? [];
        assert.equal(JSON.parse(msg!), said[0]);
      }
    }
  });
}

shellTest("a program that told the engine itself is believed", async (work, shell) => {
  const { call, probe } = launcherScene(
    work,
    shell,
    'echo "its own sentence" >&2; echo end refused >&3; exit 92',
  );
  const log = `${work.path}/engine.log`;
  const ran = await call(["--log", log, "--log-format", "json", "create", "web"]);
  assert.deepEqual([ran.status, ran.stdout, ran.stderr, probe.calls()], [1, "", "its own sentence\n", []]);
  assert.throws(() => Deno.statSync(log), Deno.errors.NotFound);
});

shellTest("a log that is a named pipe is left alone", async (work, shell) => {
  const { call } = launcherScene(work, shell, "exit 0");
  await mustRun(["mkfifo", `${work.path}/pipe`]);
  const ran = await call(["--log", `${work.path}/pipe`, "create", "web"], { limit: 20 });
  assert.equal(ran.status, 1);
});

shellTest("a program that was stopped and then killed does not start the container", async (work, shell) => {
  const { argv, probe } = launcherScene(work, shell, `echo $$ >${work.path}/pid; kill -STOP $$; ${EDITED}`);
  const ended = run([...argv, "create", "web"]);
  Deno.kill(await stoppedPid(`${work.path}/pid`), "SIGKILL");
  const ran = await ended;
  assert.deepEqual([ran.status, probe.calls()], [1, []]);
  assert.match(ran.stderr, /planning was killed by signal 9; /);
});

/** The process that wrote its number into `file`, once it is stopped. */
async function stoppedPid(file: string): Promise<number> {
  return await until("the program has stopped itself", () => {
    const pid = Number(Deno.readTextFileSync(file));
    return /^State:\tT/m.test(Deno.readTextFileSync(`/proc/${pid}/status`)) ? pid : undefined;
  });
}

for (const signal of ["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"] as const) {
  shellTest(
    `${signal} while the program plans ends the launcher, and the runtime is not reached`,
    async (work, shell) => {
      const { argv, probe } = launcherScene(
        work,
        shell,
        `echo $$ >${work.path}/pid; kill -STOP $$; ${EDITED}`,
      );
      const launcher = new Deno.Command(argv[0]!, {
        args: [...argv.slice(1), "create", "web"],
        stderr: "null",
      }).spawn();
      const program = await stoppedPid(`${work.path}/pid`);
      launcher.kill(signal);
      // A shell puts SIGINT off until the program has ended.
      if (signal === "SIGINT") Deno.kill(program, "SIGCONT");
      assert.equal((await launcher.status).signal, signal);
      assert.deepEqual(probe.calls(), []);
      if (signal !== "SIGINT") Deno.kill(program, "SIGKILL");
    },
  );
}

/** What an engine may have set up; SIGPIPE is ignored, as conmon starts runtimes. */
const SETUP = `
umask 027
ulimit -Sn 612
ulimit -Hn 4000
echo 300 >/proc/self/oom_score_adj
exec 3</etc/hostname 7<>/dev/null 9</etc/passwd
cd "$WORK"
trap "" PIPE
ODD=$(printf 'caf\\351 \\377')
export ODD PWD
exec >"$WORK/out" 2>&1
exec "$@" --pid-file "$ODD" web
`;

shellTest(
  "what the engine set up reaches the runtime through a create, bytes that are no UTF-8 too",
  async (work, shell) => {
    const { argv, probe } = launcherScene(work, shell, EDITED);
    const env = {
      WORK: work.path,
      LISTEN_FDS: "1",
      NOTIFY_SOCKET: "/n",
      LD_PRELOAD: "",
      SHLVL: "1",
      OLDPWD: "/",
    };
    const start = async (words: string[]) => {
      const ran = await run(["sh", "-c", SETUP, "sh", ...words, "create"], { env });
      assert.equal(ran.status, PROBE_STATUS, Deno.readTextFileSync(`${work.path}/out`));
      return probe.inherited();
    };
    // The depth of shells is the one thing that busybox counts up.
    const facts = (seen: { facts: string[] }) =>
      seen.facts.filter((fact) => !fact.startsWith("variable SHLVL"));
    const bare = await start([probe.path]);
    const launched = await start(argv);
    assert.deepEqual(facts(launched), facts(bare));
    for (
      const fact of [
        "umask 0027",
        "soft limit of open files 612",
        "oom_score_adj 300",
        "variable LISTEN_FDS=1",
      ]
    ) {
      assert.ok(bare.facts.includes(fact), `the test itself has lost ${fact}`);
    }
    // Had it another process id, its parent would be the launcher.
    assert.equal(launched.parent, Deno.pid);
    const bytes = Deno.readFileSync(`${work.path}/probe/calls`);
    const calls = new TextDecoder("latin1").decode(bytes).split("\u0001").slice(0, -1);
    assert.deepEqual(calls, Array(2).fill("create\0--pid-file\0caf\u00e9 \u00ff\0web\0"));
  },
);

shellTest(
  "the program gets nothing of the engine's environment but where our files are",
  async (work, shell) => {
    const { call, programEnv, probe } = launcherScene(work, shell, EDITED);
    const env = {
      LD_PRELOAD: "",
      LD_LIBRARY_PATH: "/evil",
      DENO_V8_FLAGS: "--evil",
      NODE_OPTIONS: "--evil",
      HOME: "/root",
      XDG_CONFIG_HOME: "/x",
      "BASH_FUNC_evil%%": "() { :; }",
      CONTAINER_HOOKS_CONFIG: "/a b/c.toml",
      CONTAINER_HOOKS_RUN: "",
    };
    assert.equal(
      (await call(["create", "web"], { env: { ...env, PATH: "/usr/bin:/bin:." } })).status,
      PROBE_STATUS,
    );
    const given = programEnv().filter((entry) => !entry.startsWith("PWD="));
    assert.deepEqual(given, [
      "CONTAINER_HOOKS_CONFIG=/a b/c.toml",
      "CONTAINER_HOOKS_RUN=",
      `PATH=${SYSTEM_PATH}`,
    ]);
    const facts = probe.inherited().facts;
    for (const name of ["LD_LIBRARY_PATH", "DENO_V8_FLAGS", "NODE_OPTIONS"] as const) {
      assert.ok(facts.includes(`variable ${name}=${env[name]}`), `the runtime did not get ${name}`);
    }
  },
);

shellTest("the program reads nothing and prints nowhere", async (work, shell) => {
  const { call } = launcherScene(work, shell, `echo printed; cat >${work.path}/read; ${EDITED}`);
  const ran = await call(["create", "web"], { stdin: "for the container" });
  assert.equal(ran.stdout, "the runtime was called\n");
  assert.equal(Deno.readTextFileSync(`${work.path}/read`), "");
});

shellTest("a runtime that is not there is told, before anything is planned", async (work, shell) => {
  const { call, probe, programArgs } = launcherScene(work, shell, EDITED);
  Deno.removeSync(probe.path);
  for (const command of ["create", "state"]) {
    const log = `${work.path}/${command}.json`;
    const ran = await call(["--log", log, "--log-format=json", command, "web"]);
    assert.equal(ran.status, 1);
    assert.match(
      ran.stderr,
      /^container-hooks: the OCI runtime \S+\/probe\/runc is not there or not executable; .+\n$/,
    );
    assert.equal(JSON.parse(Deno.readTextFileSync(log)).msg, ran.stderr.trimEnd());
  }
  assert.equal(programArgs(), undefined);
});

shellTest("of the runtime, signals and statuses are its own", async (work, shell) => {
  const scene = launcherScene(work, shell, EDITED);
  for (const command of ["create", "kill"]) {
    Deno.writeTextFileSync(scene.probe.path, "#!/bin/sh\nkill -ABRT $$\n");
    assert.equal((await scene.call([command, "web"])).signal, "SIGABRT");
  }
});

specTest(
  "`container-hooks launcher` prints a launcher for the runtime that is configured",
  ["root", "runc"],
  async ({ form, work }) => {
    const installed = await install(form, work, { hooks: { poststop: [{ path: "/bin/true" }] } });
    const printed = await installed.command(["launcher"]);
    assert.deepEqual([printed.status, printed.stderr], [0, ""]);
    const launcher = work.program("printed", printed.stdout);
    assert.match((await run([launcher, "--version"], { env: installed.env })).stdout, /^runc version/);
    const bundle = await makeBundle(work);
    const ran = await run(
      [launcher, "run", "--bundle", bundle.path, `l-${crypto.randomUUID().slice(0, 8)}`],
      { env: installed.env },
    );
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(bundle.spec().hooks?.poststop?.length, 1);
  },
  "files",
);

specTest(
  "`container-hooks launcher` refuses to stand in front of itself",
  ["root"],
  async ({ form, work }) => {
    const installed = await install(form, work);
    for (
      const runtime of [
        installed.program,
        work.program("launched", (await installed.command(["launcher"])).stdout),
      ]
    ) {
      const ran = await installed.command(["launcher", "--runtime", runtime]);
      assert.deepEqual([ran.status, ran.stdout], [1, ""]);
      assert.match(ran.stderr, /is container-hooks itself/);
    }
  },
  "files",
);

specTest("a launcher of another version is refused with what to do", ["root"], async ({ form, work }) => {
  const installed = await install(form, work);
  const ran = await installed.command([
    "plan",
    "--launcher=0",
    "--runtime",
    "/usr/bin/runc",
    "--parent",
    "1",
    "--",
    "create",
    "web",
  ]);
  assert.equal(ran.status, 92);
  assert.match(
    ran.stderr,
    /was written by another version of it; write it anew with `container-hooks install`/,
  );
}, "files");

/** The built file behind its launcher, in front of a runtime that only tells how it was called. */
async function realScene(form: Form, work: WorkFolder) {
  const probe = probeRuntime(work);
  const installed = await install({ ...form, launcher: true }, work, {
    runtimes: [probe.path],
    hooks: { poststop: [{ path: "/bin/true" }] },
  });
  const bundle = await makeBundle(work);
  const start = (options: Pick<Deno.CommandOptions, "stderr">) =>
    new Deno.Command(installed.runtime, {
      args: ["create", "--bundle", bundle.path, "web"],
      env: installed.env,
      ...options,
    }).spawn();
  return { probe, installed, bundle, start };
}

/** Takes every slot that a plan could have, so that the next one waits for its turn. */
function takeAllSlots(folder: string): Disposable {
  return takeAll(Array.from({ length: 64 }, (_, slot) => `${folder}/${slot}`));
}

function takeAll(paths: string[]): Disposable {
  const files = paths.map((path) => {
    const file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
    file.lockSync(true);
    return file;
  });
  return { [Symbol.dispose]: () => files.forEach((file) => file.close()) };
}

/** A launcher, and its program that waits for its turn to plan. */
async function waitingPlan(form: Form, work: WorkFolder) {
  const { probe, bundle, start } = await realScene(form, work);
  const slots = work.folder("run/slots", 0o700);
  const taken = takeAllSlots(slots);
  const before = bundle.text();
  const launcher = start({ stderr: "piped" });
  const program = await until("the program waits for its turn", () => waitingChild(launcher.pid, slots));
  return {
    launcher,
    program,
    assertNothingDone: () => assert.deepEqual([bundle.text(), probe.calls()], [before, []]),
    [Symbol.dispose]: () => taken[Symbol.dispose](),
  };
}

/** The child of `parent` that has come as far as waiting for a slot, or for what else is told of its file. */
function waitingChild(parent: number, slots: string, file = /^\d+$/): number | undefined {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || statusOf(name, "PPid") !== String(parent)) continue;
    const opened = Array.from(
      Deno.readDirSync(`/proc/${name}/fd`),
      (fd) => readLink(`/proc/${name}/fd/${fd.name}`),
    );
    const names = opened.filter((path) => path.startsWith(`${slots}/`)).map((path) =>
      path.slice(slots.length + 1)
    );
    if (names.some((name) => file.test(name))) return Number(name);
  }
}

function statusOf(pid: string | number, field: string): string | undefined {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/status`);
    return new RegExp(`^${field}:\\t(\\S+)`, "m").exec(text)?.[1];
  } catch {
    return undefined;
  }
}

function readLink(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}

specTest(
  "LD_PRELOAD of the engine reaches the runtime and not the program",
  ["root"],
  async ({ form, work }) => {
    const { probe, installed, bundle } = await realScene(form, work);
    const env = { LD_PRELOAD: "/nonexistent/preload.so", DENO_V8_FLAGS: "--no-such-flag" };
    const ran = await installed.asRuntime(["create", "--bundle", bundle.path, "web"], { env });
    assert.equal(ran.status, PROBE_STATUS, ran.stderr);
    assert.doesNotMatch(ran.stderr, /no-such-flag/);
    assert.equal(bundle.spec().hooks?.poststop?.length, 1);
    assert.ok(probe.inherited().facts.includes(`variable LD_PRELOAD=${env.LD_PRELOAD}`));
  },
  "files",
);

specTest(
  "the program that plans ends with its launcher, whatever ends that",
  ["root"],
  async ({ form, work }) => {
    using waiting = await waitingPlan(form, work);
    const { launcher, program } = waiting;
    launcher.kill("SIGKILL");
    await launcher.output();
    await until("the program has ended", () => ["Z", undefined].includes(statusOf(program, "State")));
    waiting.assertNothingDone();
  },
  "files",
);

specTest(
  "a program that is killed while it plans does not start the container",
  ["root"],
  async ({ form, work }) => {
    using waiting = await waitingPlan(form, work);
    Deno.kill(waiting.program, "SIGKILL");
    const { code, stderr } = await waiting.launcher.output();
    assert.equal(code, 1);
    assert.match(
      new TextDecoder().decode(stderr),
      /^container-hooks: cannot start container web: planning was killed by signal 9; .+\n$/m,
    );
    waiting.assertNothingDone();
  },
  "files",
);

specTest(
  "where many containers are made at once, what waits for its turn is a shell and not a program",
  ["root", "flock"],
  async ({ form, work }) => {
    const { probe, bundle, start, installed } = await realScene(form, work);
    const slots = `${work.path}/run/slots`;
    // The first create makes the places.
    await installed.asRuntime(["create", "--bundle", bundle.path, "first"]);
    const places = [...Deno.readDirSync(slots)].map(({ name }) => `${slots}/${name}`).filter((path) =>
      path.includes("/launch-")
    );
    assert.equal(places.length, 8);
    const calls = probe.calls().length;
    const taken = takeAll(places);
    const launcher = start({ stderr: "null" });
    const waiting = await until(
      "the launcher waits for its turn",
      () => waitingChild(launcher.pid, slots, /^launch-/),
    );
    assert.match(Deno.readTextFileSync(`/proc/${waiting}/cmdline`), /^\/bin\/sh\0/);
    assert.equal(probe.calls().length, calls);
    taken[Symbol.dispose]();
    assert.equal((await launcher.status).code, PROBE_STATUS);
    assert.equal(probe.calls().length, calls + 1);
  },
  "files",
);
