/** The service and the lines of the launcher that ask it, through real pipes, killed and stopped at any moment. */
import assert from "node:assert/strict";
import { pause } from "../../mod/host/timer.ts";
import { testWith } from "../harness/needs.ts";
import { workFolder } from "../harness/work_folder.ts";
import { askServiceText } from "../../mod/wrapper/fill_script.ts";

const SHELLS = [["dash"], ["bash"], ["busybox", "ash"]].filter(([program]) =>
  new Deno.Command("sh", { args: ["-c", `command -v ${program}`], stdout: "null" }).outputSync().success
);

interface Scene extends AsyncDisposable {
  base: string;
  /** Starts the service; resolves once launchers find it. */
  serve(takes?: number): Promise<Deno.ChildProcess>;
  /** Runs the launcher's lines in a shell. */
  ask(shell: string[], args: string[], options?: Deno.CommandOptions): Deno.ChildProcess;
}

function scene(): Scene {
  const work = workFolder();
  const folder = work.path;
  const base = `${folder}/service`;
  const script = `${folder}/launcher`;
  Deno.writeTextFileSync(
    script,
    `${askServiceText()}
container_hooks_program='/the program'
set -C
{ container_hooks_ask '${base}' $# '/bin/run c'; } 2>/dev/null
set +C
case $container_hooks_said in
  "$container_hooks_place $$ edited "*) printf 'warm %s' "\${container_hooks_said#* * }" ;;
  *) printf 'cold' ;;
esac
`,
  );
  const services: Deno.ChildProcess[] = [];
  return {
    base,
    async serve(takes = 0) {
      const service = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-lock",
          "--no-check",
          new URL("../harness/echo_service.ts", import.meta.url).pathname,
          base,
          `${takes}`,
        ],
        stdin: "null",
        stdout: "piped",
      }).spawn();
      services.push(service);
      await nextLine(service);
      return service;
    },
    ask: ([program, ...front], args, options = {}) =>
      new Deno.Command(program!, {
        args: [...front, script, ...args],
        stdin: "null",
        stdout: "piped",
        ...options,
      })
        .spawn(),
    async [Symbol.asyncDispose]() {
      for (const service of services) {
        await service.stdout.cancel();
        try {
          service.kill("SIGKILL");
        } catch {
          // It has ended.
        }
        await service.status;
      }
      work[Symbol.dispose]();
    },
  };
}

/** Waits for the next line that the service prints: it is ready, or has been asked. */
async function nextLine({ stdout }: Deno.ChildProcess): Promise<void> {
  const reader = stdout.getReader();
  await reader.read();
  reader.releaseLock();
}

async function said(child: Deno.ChildProcess): Promise<string> {
  return new TextDecoder().decode((await child.output()).stdout);
}

const cwd = Deno.realPathSync("/tmp");

for (const shell of SHELLS) {
  testWith(`${shell.join(" ")}: without a service a launcher does the work itself, with one it is answered`, [
    "root",
  ], async () => {
    await using here = scene();
    assert.equal(await said(here.ask(shell, ["create", "x"])), "cold");
    await here.serve();
    const args = ["create", "--bundle", "/a b", "", "\u00e9"];
    assert.equal(
      await said(here.ask(shell, args, { cwd })),
      `warm edited /bin/run c ${cwd} create --bundle /a b  \u00e9`,
    );
  });

  testWith(`${shell.join(" ")}: what is no service is not waited for`, ["root"], async () => {
    await using here = scene();
    Deno.mkdirSync(`${here.base}/g`, { recursive: true });
    const now = (text: string) => Deno.writeTextFileSync(`${here.base}/now`, text);
    for (
      const text of [
        "",
        "1",
        "1 g",
        "1 g 0",
        "1 g x",
        "2 g 1",
        "1 ../g 1",
        "1 g 1 1",
        "1 g 1",
        "1 gone 3",
        "1 g 1 /another program",
      ]
    ) {
      now(/[0-9]$/.test(text) ? `${text} /the program\n` : text);
      assert.equal(await said(here.ask(shell, ["create"])), "cold", text);
    }
    Deno.removeSync(`${here.base}/now`);
    for (const make of [["mkdir"], ["mkfifo"]]) {
      new Deno.Command(make[0]!, { args: [`${here.base}/now`] }).outputSync();
      assert.equal(await said(here.ask(shell, ["create"])), "cold", make[0]!);
      Deno.removeSync(`${here.base}/now`);
    }
  });
}

testWith("200 launchers at once are all answered, each with its own", ["root"], async () => {
  await using here = scene();
  await here.serve();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => said(here.ask(["sh"], ["create", `c${n}`], { cwd }))),
  );
  for (const [n, answer] of answers.entries()) {
    assert.equal(answer, `warm edited /bin/run c ${cwd} create c${n}`);
  }
  assert.deepEqual(locksOf(here), []);
});

testWith(
  "a launcher in another namespace, root folder or capability set, or of a removed folder, does the work itself",
  ["root"],
  async () => {
    await using here = scene();
    await here.serve();
    const gone = Deno.makeTempDirSync();
    const fronts = [
      ["unshare", "--uts"],
      ["unshare", "--mount"],
      ["setpriv", "--bounding-set", "-sys_admin"],
      ["setpriv", "--inh-caps", "-all", "--reuid", "0", "--securebits", "+noroot"],
      ["sh", "-c", `cd ${gone} && rmdir ${gone} && exec "$@"`, "sh"],
    ];
    for (const front of fronts) {
      assert.equal(await said(here.ask([...front, "sh"], ["create"])), "cold", front.join(" "));
    }
    assert.equal(
      await said(here.ask(["sh"], ["create", "x"], { cwd })),
      `warm edited /bin/run c ${cwd} create x`,
    );
  },
);

for (const shell of SHELLS) {
  testWith(`${shell.join(" ")}: an end of the service that the shell never read`, ["root"], async () => {
    await using here = scene();
    const first = await here.serve(10_000);
    const waiting = said(here.ask(shell, ["create"]));
    await nextLine(first);
    first.kill("SIGKILL");
    assert.equal(await waiting, "cold");
  });
}

testWith("a killed service lets nobody wait, and its successor serves", ["root"], async () => {
  await using here = scene();
  const first = await here.serve(10_000);
  const waiting = said(here.ask(["sh"], ["create"]));
  await nextLine(first);
  first.kill("SIGKILL");
  assert.equal(await waiting, "cold");
  assert.equal(await said(here.ask(["sh"], ["create"])), "cold");
  await here.serve();
  assert.equal(
    await said(here.ask(["sh"], ["create", "x"], { cwd })),
    `warm edited /bin/run c ${cwd} create x`,
  );
  assert.equal([...Deno.readDirSync(here.base)].filter(({ isDirectory }) => isDirectory).length, 1);
});

testWith("a stopped service is killed by the kernel, and lets nobody wait", ["root"], async () => {
  await using here = scene();
  const service = await here.serve();
  service.kill("SIGSTOP");
  assert.equal(await said(here.ask(["sh"], ["create"])), "cold");
  assert.equal((await service.status).signal, "SIGKILL");
});

for (
  const [what, spoil] of [
    ["folder is removed", (base: string) => Deno.removeSync(base, { recursive: true })],
    ["pipe is removed", (base: string) => Deno.removeSync(`${base}/${generationOf(base)}/ask`)],
    ["name is another's", (base: string) => {
      Deno.removeSync(`${base}/now`);
      Deno.writeTextFileSync(`${base}/now`, "1 x 1\n");
    }],
  ] as [string, (base: string) => void][]
) {
  testWith(`a service whose ${what} ends`, ["root"], async () => {
    await using here = scene();
    const service = await here.serve();
    spoil(here.base);
    assert.equal((await service.status).signal, "SIGKILL");
    assert.equal(await said(here.ask(["sh"], ["create"])), "cold");
    Deno.mkdirSync(here.base, { recursive: true });
  });
}

testWith(
  "a service that is asked to end answers who has asked, and takes its files with it",
  ["root"],
  async () => {
    await using here = scene();
    const service = await here.serve(300);
    const waiting = said(here.ask(["sh"], ["create", "x"], { cwd }));
    await nextLine(service);
    service.kill("SIGTERM");
    assert.equal(await waiting, `warm edited /bin/run c ${cwd} create x`);
    assert.equal((await service.status).code, 0);
    assert.deepEqual([...Deno.readDirSync(here.base)], []);
  },
);

testWith("launchers that are killed at random moments lose no place", ["root"], async () => {
  await using here = scene();
  await here.serve(1);
  let warm = 0;
  await Promise.all(Array.from({ length: 8 }, async (_, worker) => {
    for (let turn = 0; turn < 40; turn++) {
      const child = here.ask(["sh"], ["create", `${worker}-${turn}`], { cwd });
      if (turn % 3 !== 0) {
        await pause(Math.random() * 6);
        try {
          child.kill("SIGKILL");
        } catch {
          // It has ended.
        }
        await child.stdout.cancel();
        await child.status;
        continue;
      }
      // Cold is who has opened the pipe of a dead one's place in the moment in which it was exchanged.
      const answer = await said(child);
      if (answer === "cold") continue;
      assert.equal(answer, `warm edited /bin/run c ${cwd} create ${worker}-${turn}`);
      warm++;
    }
  }));
  assert.ok(warm > 100, String(warm));
  while (locksOf(here).length > 0) await pause(200);
});

function generationOf(base: string): string {
  return [...Deno.readDirSync(base)].find(({ isDirectory }) => isDirectory)!.name;
}

function locksOf({ base }: Scene): string[] {
  return [...Deno.readDirSync(base)].filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name }) => [...Deno.readDirSync(`${base}/${name}`)])
    .map(({ name }) => name).filter((name) => name.startsWith("lock-"));
}
