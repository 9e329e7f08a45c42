/** The service and the lines of the launcher that ask it, through real pipes, killed and stopped at any moment. */
import assert from "node:assert/strict";
import { pause } from "../../mod/host/timer.ts";
import { SERVICE_VERSION as V } from "../../mod/wrapper/launcher_contract.ts";
import { testWith } from "../harness/needs.ts";
import { assertServes, CWD as cwd, echoScene, end, nextLine, said, warmOf } from "../harness/echo_scene.ts";

const SHELLS = [["dash"], ["bash"], ["busybox", "ash"]].filter(([program]) =>
  new Deno.Command("sh", { args: ["-c", `command -v ${program}`], stdout: "null" }).outputSync().success
);

for (const shell of SHELLS) {
  testWith(`${shell.join(" ")}: without a service a launcher does the work itself, with one it is answered`, [
    "root",
  ], async () => {
    await using here = echoScene();
    assert.equal(await said(here.ask(shell, ["create", "x"])), "cold");
    await here.serve();
    const args = ["create", "--bundle", "/a b", "", "\u00e9"];
    assert.equal(
      await said(here.ask(shell, args, { cwd })),
      `warm edited /bin/run c ${cwd} create --bundle /a b  \u00e9`,
    );
  });

  testWith(`${shell.join(" ")}: what is no service is not waited for`, ["root"], async () => {
    await using here = echoScene();
    Deno.mkdirSync(`${here.base}/g`, { recursive: true });
    const now = (text: string) => Deno.writeTextFileSync(`${here.base}/now`, text);
    for (
      const text of [
        "",
        `${V}`,
        `${V} g`,
        `${V} g 0`,
        `${V} g x`,
        `${V + 1} g 1`,
        `${V} ../g 1`,
        `${V} g 1 1`,
        `${V} g 1`,
        `${V} gone 3`,
        `${V} g 1 /another program`,
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

testWith("200 launchers at once are all answered, and of 1,000 nobody hangs", ["root"], async () => {
  await using here = echoScene();
  await here.serve();
  assert.equal(await warmOf(here, 200), 200);
  // There are 256 places; who finds none does the work itself.
  const warm = await warmOf(here, 1000);
  assert.ok(warm >= 256, `${warm} of 1,000 were answered`);
  await assertServes(here);
});

testWith(
  "a launcher in another namespace, root folder or capability set, or of a removed folder, does the work itself",
  ["root"],
  async () => {
    await using here = echoScene();
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
    await using here = echoScene();
    const first = await here.serve(10_000);
    const waiting = said(here.ask(shell, ["create"]));
    await nextLine(first);
    first.kill("SIGKILL");
    assert.equal(await waiting, "cold");
  });
}

testWith("a killed service lets nobody wait, and its successor serves", ["root"], async () => {
  await using here = echoScene();
  const zeroth = await here.serve();
  assert.equal(await warmOf(here, 10), 10);
  end(zeroth);
  await zeroth.status;
  const first = await here.serve(10_000);
  const waiting = said(here.ask(["sh"], ["create"]));
  await nextLine(first);
  first.kill("SIGKILL");
  assert.equal(await waiting, "cold");
  assert.equal(await said(here.ask(["sh"], ["create"])), "cold");
  await here.serve();
  await assertServes(here);
  assert.equal([...Deno.readDirSync(here.base)].filter(({ isDirectory }) => isDirectory).length, 1);
});

testWith("a stopped service is killed by the kernel, and lets nobody wait", ["root"], async () => {
  await using here = echoScene();
  const service = await here.serve(300);
  assert.equal(await warmOf(here, 10), 10);
  const asked = Array.from({ length: 20 }, () => said(here.ask(["sh"], ["create"])));
  await nextLine(service);
  service.kill("SIGSTOP");
  assert.ok((await Promise.all(asked)).includes("cold"));
  assert.equal(await said(here.ask(["sh"], ["create"])), "cold");
  assert.equal((await service.status).signal, "SIGKILL");
  await here.serve();
  await assertServes(here);
});

testWith(
  "a service that is asked to end answers who has asked, and takes its files with it",
  ["root"],
  async () => {
    await using here = echoScene();
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
  await using here = echoScene();
  await here.serve(1);
  let warm = 0;
  await Promise.all(Array.from({ length: 8 }, async (_, worker) => {
    for (let turn = 0; turn < 40; turn++) {
      const child = here.ask(["sh"], ["create", `${worker}-${turn}`], { cwd });
      if (turn % 3 !== 0) {
        await pause(Math.random() * 6);
        end(child);
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
  await assertServes(here);
});

testWith(
  "a launcher that is killed at any of its system calls loses no place",
  ["root", "strace"],
  async () => {
    await using here = echoScene();
    await here.serve();
    assert.equal(await warmOf(here, 10), 10);
    let killed = 0;
    for (const call of ["openat", "read", "write", "close", "dup2", "fcntl"]) {
      for (let nth = 1;; nth++) {
        const traced = ["strace", "-qq", "-o/dev/null", `--inject=${call}:signal=KILL:when=${nth}`, "dash"];
        const answer = await said(here.ask(traced, ["create", "x"], { cwd }));
        // It came to its end: it has no more such calls.
        if (answer !== "") break;
        killed++;
      }
    }
    assert.ok(killed > 20, `it was killed ${killed} times`);
    await assertServes(here);
  },
);
