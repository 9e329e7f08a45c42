/** The service's folder removed, spoilt, full and read-only under it, and others that read and hold its pipes. */
import assert from "node:assert/strict";
import {
  assertServes,
  CWD,
  type EchoScene,
  echoScene,
  end,
  generationOf,
  locksOf,
  said,
  warmAnswer,
  warmOf,
} from "../harness/echo_scene.ts";
import { testWith } from "../harness/needs.ts";
import { mustRun } from "../harness/run.ts";
import { until } from "../harness/until.ts";

/** Removes what is at the path and has something else there. */
function replace(path: string, make?: (path: string) => void): void {
  Deno.removeSync(path, { recursive: true });
  make?.(path);
}

const file = (path: string) => Deno.writeTextFileSync(path, "1 x 1\n");
/** At once with what is in it: an empty one the service could take away. */
const folder = (path: string) => {
  Deno.mkdirSync(`${path}.made/full`, { recursive: true });
  Deno.renameSync(`${path}.made`, path);
};
const pipe = (path: string) => void new Deno.Command("mkfifo", { args: [path] }).outputSync();

/** All that may stand in the place of something else. */
const SPOILT: Record<string, [how: string, spoil: (here: EchoScene) => void][]> = {
  folder: [
    ["removed", ({ base }) => replace(base)],
    ["empty", ({ base }) => replace(base, (path) => Deno.mkdirSync(path, { mode: 0o700 }))],
    ["without the generation", (here) => replace(generationOf(here))],
  ],
  name: [
    ["now is not there", ({ base }) => replace(`${base}/now`)],
    ["now is another's", ({ base }) => replace(`${base}/now`, file)],
    ["now is a folder", ({ base }) => replace(`${base}/now`, folder)],
  ],
  "pipe for questions": [
    ["removed", (here) => replace(`${generationOf(here)}/ask`)],
    ["a file", (here) => replace(`${generationOf(here)}/ask`, file)],
    ["a folder", (here) => replace(`${generationOf(here)}/ask`, folder)],
    ["another's", (here) => replace(`${generationOf(here)}/ask`, pipe)],
  ],
  "set of pipes for answers": [
    ["removed", (here) => eachReply(here)],
    ["files", (here) => eachReply(here, file)],
    ["folders", (here) => eachReply(here, folder)],
    ["others'", (here) => eachReply(here, pipe)],
  ],
};

function eachReply(here: EchoScene, make?: (path: string) => void): void {
  for (let n = 0; n < 256; n++) replace(`${generationOf(here)}/reply-${n}`, make);
}

for (const [name, spoilt] of Object.entries(SPOILT)) {
  testWith(
    `a service whose ${name} is spoilt ends, nobody waits, and the next one serves`,
    ["root"],
    async () => {
      await Promise.all(spoilt.map(async ([how, spoil]) => {
        await using here = echoScene();
        const service = await here.serve();
        assert.equal(await warmOf(here, 3), 3, how);
        spoil(here);
        await warmOf(here, 3);
        assert.equal((await service.status).signal, "SIGKILL", how);
        assert.equal(await said(here.ask(["sh"], ["create"])), "cold", how);
        // As an administrator would who finds it.
        if (how === "now is a folder") Deno.removeSync(`${here.base}/now`, { recursive: true });
        await here.serve();
        await assertServes(here);
      }));
    },
  );
}

testWith("what stands in the place of a lock keeps nobody from another place", ["root"], async () => {
  await using here = echoScene();
  await here.serve();
  assert.equal(await warmOf(here, 10), 10);
  await until("no place is held", () => locksOf(here).length === 0);
  for (let n = 0; n < 250; n++) folder(`${generationOf(here)}/lock-${n}`);
  assert.equal(await said(here.ask(["sh"], ["create", "x"], { cwd: CWD })), warmAnswer("x"));
  for (let n = 0; n < 250; n++) Deno.removeSync(`${generationOf(here)}/lock-${n}`, { recursive: true });
  await assertServes(here);
});

/** A file system of its own where the service's folder is to be. */
async function withDisk(
  options: string,
  body: (here: EchoScene, mount: string) => Promise<void>,
): Promise<void> {
  const mount = Deno.makeTempDirSync({ dir: "/var/lib", prefix: "hooks-test." });
  await mustRun(["mount", "-t", "tmpfs", "-o", `mode=755,${options}`, "tmpfs", mount]);
  try {
    await using here = echoScene(`${mount}/service`);
    await body(here, mount);
  } finally {
    await mustRun(["umount", "-l", mount]);
    Deno.removeSync(mount);
  }
}

testWith(
  "where the disk is full launchers do the work themselves, and are answered when it is not",
  ["root"],
  () =>
    withDisk("nr_inodes=300", async (here, mount) => {
      const service = await here.serve();
      assert.equal(await warmOf(here, 10), 10);
      await until("no place is held", () => locksOf(here).length === 0);
      let files = 0;
      try {
        for (;; files++) Deno.writeTextFileSync(`${mount}/file-${files}`, "");
      } catch {
        // No more of them.
      }
      assert.equal(await warmOf(here, 10), 0);
      for (let n = 0; n < files; n++) Deno.removeSync(`${mount}/file-${n}`);
      await assertServes(here);
      end(service);
    }),
);

testWith(
  "a disk that is full while places are made anew costs places for as long, and no service",
  ["root"],
  () =>
    withDisk("nr_inodes=300", async (here, mount) => {
      const service = await here.serve(10_000);
      const waiting = Array.from({ length: 8 }, () => here.ask(["sh"], ["create"]));
      await until("they wait", () => [...Deno.readDirSync(generationOf(here))].length >= 257 + 8);
      let files = 0;
      try {
        for (;; files++) Deno.writeTextFileSync(`${mount}/file-${files}`, "");
      } catch {
        // No more of them.
      }
      for (const launcher of waiting) {
        end(launcher);
        await launcher.stdout.cancel();
        await launcher.status;
      }
      // Longer than two looks at all places.
      await new Promise((resolve) => setTimeout(resolve, 2500));
      for (let n = 0; n < files; n++) Deno.removeSync(`${mount}/file-${n}`);
      await until("no place is held", () => [...Deno.readDirSync(generationOf(here))].length === 257);
      service.kill("SIGTERM");
      assert.equal((await service.status).code, 0);
      await here.serve();
      await assertServes(here);
    }),
);

testWith(
  "where the folder is read-only launchers do the work themselves",
  ["root"],
  () =>
    withDisk("size=1m", async (here, mount) => {
      await here.serve();
      assert.equal(await warmOf(here, 10), 10);
      await mustRun(["mount", "-o", "remount,ro", mount]);
      assert.equal(await warmOf(here, 10), 0);
      await mustRun(["mount", "-o", "remount,rw", mount]);
      await assertServes(here);
    }),
);

/** A process that has a pipe open and reads what comes, until it is killed. */
function reader(path: string): Deno.ChildProcess {
  return new Deno.Command("sh", { args: ["-c", 'exec cat <>"$0"', path], stdin: "null", stdout: "null" })
    .spawn();
}

/** A process that has files open and does nothing. */
function holder(paths: string[]): Deno.ChildProcess {
  const redirections = paths.map((path, n) => `exec ${n + 3}<>'${path}'`).join(" && ");
  return new Deno.Command("bash", { args: ["-c", `${redirections} && exec sleep 600`], stdin: "null" })
    .spawn();
}

testWith(
  "a process that reads the questions or the answers of others makes nobody wait for ever",
  ["root"],
  async () => {
    await using here = echoScene();
    await here.serve();
    assert.equal(await warmOf(here, 10), 10);
    for (const names of [["ask"], Array.from({ length: 256 }, (_, n) => `reply-${n}`)]) {
      const thieves = names.map((name) => reader(`${generationOf(here)}/${name}`));
      // Each is answered or goes cold, and none gets another's answer.
      await warmOf(here, 20);
      for (const thief of thieves) {
        end(thief);
        await thief.status;
      }
      await assertServes(here);
    }
  },
);

testWith("a process that holds the pipes open keeps nobody waiting, also when the service is killed", [
  "root",
], async () => {
  await using here = echoScene();
  const service = await here.serve(10_000);
  const generation = generationOf(here);
  const held = holder(["ask", "reply-1", "reply-2"].map((name) => `${generation}/${name}`));
  try {
    await until("they are open", () => fds(held.pid) >= 3);
    const waiting = Array.from({ length: 20 }, () => said(here.ask(["sh"], ["create"])));
    await until("they wait", () => [...Deno.readDirSync(generation)].length >= 257 + 20);
    service.kill("SIGKILL");
    await service.status;
    // Two may wait at a pipe that somebody else holds open for writing, until the next service sends them away.
    await here.serve();
    assert.deepEqual([...new Set(await Promise.all(waiting))], ["cold"]);
    await assertServes(here);
  } finally {
    end(held);
    await held.status;
  }
});

function fds(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].filter(({ name }) => Number(name) > 2).length;
}

testWith(
  "who writes a question when the pipe is full goes on when the next service comes",
  ["root"],
  async () => {
    await using here = echoScene();
    const service = await here.serve();
    assert.equal(await warmOf(here, 10), 10);
    const generation = generationOf(here);
    service.kill("SIGSTOP");
    // Keeps the pipe full, and its end open.
    const flood = new Deno.Command("sh", {
      args: ["-c", 'exec yes garbage 1<>"$0"', `${generation}/ask`],
      stdin: "null",
      stderr: "null",
    }).spawn();
    try {
      const waiting = Array.from({ length: 5 }, () => said(here.ask(["sh"], ["create"])));
      assert.equal((await service.status).signal, "SIGKILL");
      end(flood);
      await flood.status;
      await here.serve();
      assert.deepEqual([...new Set(await Promise.all(waiting))], ["cold"]);
      await assertServes(here);
    } finally {
      end(flood);
    }
  },
);
