/** Callers of the service that are not what they say, or do not what a launcher does: nobody gets a foreign answer. */
import assert from "node:assert/strict";
import {
  assertServes,
  CWD as cwd,
  type EchoScene,
  echoScene,
  end,
  generationOf,
  locksOf,
  nextLine,
  said,
  warmAnswer,
  warmOf,
} from "../harness/echo_scene.ts";
import { testWith } from "../harness/needs.ts";
import { mustRun } from "../harness/run.ts";
import { until } from "../harness/until.ts";

/** Writes into the pipe for questions, as only root can. */
async function write(here: EchoScene, text: string): Promise<void> {
  const pipe = await Deno.open(`${generationOf(here)}/ask`, { read: true, write: true });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await pipe.write(bytes.subarray(at));
  pipe.close();
}

/**
 * A process that holds place `n` as a launcher does, and then runs lines of bash; "$n" is its place.
 *
 * @param words Its last arguments.
 */
function holder(here: EchoScene, n: number, lines: string, words: string[] = []): Deno.ChildProcess {
  const script = `at=$0 n=$1
    exec 9<>"$at/ask" 8<>"$at/reply-$n" 7<"$at/reply-$n" 8>&- 6>"$at/lock-$n"
    ${lines}`;
  return new Deno.Command("bash", {
    args: ["-c", script, generationOf(here), `${n}`, ...words],
    stdin: "null",
    stdout: "piped",
    cwd,
  }).spawn();
}

async function endNow(process: Deno.ChildProcess): Promise<void> {
  end(process);
  await process.status;
}

const placeOf = ({ pid }: Deno.ChildProcess) => pid % 256;

/** What the process says until it waits for the signal that ends it. */
async function saidBy(process: Deno.ChildProcess): Promise<string> {
  const reader = process.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value).trimEnd();
}

testWith("a caller of another pid namespace, whose number is somebody else's here", ["root"], async () => {
  await using here = echoScene();
  const service = await here.serve(700);
  const host = here.ask(["sh"], ["create", "mine"], { cwd });
  const answer = said(host);
  await nextLine(service);
  // In its own namespace the other one has the very number of the one that waits.
  const theirs = said(here.ask(
    [
      "unshare",
      "--pid",
      "--fork",
      "--mount-proc",
      "bash",
      "-c",
      `echo ${host.pid - 1} >/proc/sys/kernel/ns_last_pid; dash "$@" & wait`,
      "bash",
    ],
    ["create", "foreign"],
    { cwd },
  ));
  assert.equal(await theirs, "cold");
  assert.equal(await answer, warmAnswer("mine"));
  assert.equal(await said(here.ask(["unshare", "--pid", "--fork", "sh"], ["create"])), "cold");
  await assertServes(here);
});

testWith("a question in the name of another, and one for the place of another", ["root"], async () => {
  await using here = echoScene();
  const service = await here.serve(700);
  const one = here.ask(["sh"], ["create", "one"], { cwd });
  const answer = said(one);
  await nextLine(service);
  const n = placeOf(one);
  const other = holder(here, (n + 1) % 256, 'read -r line <&7; echo "$line"; sleep 600');
  await until("it holds its place", () => locksOf(here).length === 2);
  // Again for the one that is answered already; and its number for the other's place, which asks nothing itself.
  await write(here, `${n} ${one.pid} 1 /another\n${(n + 1) % 256} ${one.pid} 2 /another\n`);
  assert.equal(await saidBy(other), `${(n + 1) % 256} 0 cold it does not hold its place`);
  assert.equal(await answer, warmAnswer("one"));
  await endNow(other);
  await assertServes(here);
});

testWith(
  "a container's process that finds the service's folder: with another root folder",
  ["root"],
  async () => {
    await using here = echoScene();
    await here.serve();
    const root = Deno.makeTempDirSync({ dir: "/var/lib", prefix: "hooks-test." });
    const shell = new TextDecoder().decode(
      new Deno.Command("sh", { args: ["-c", 'readlink -f "$(command -v busybox)"'] }).outputSync().stdout,
    ).trim();
    const libraries = new TextDecoder().decode(
      new Deno.Command("ldd", { args: [shell], stderr: "null" }).outputSync().stdout,
    );
    Deno.mkdirSync(`${root}${here.folder}`, { recursive: true });
    for (const file of [shell, ...libraries.matchAll(/\/\S+(?= \()/g)].map(String)) {
      Deno.mkdirSync(`${root}${file.slice(0, file.lastIndexOf("/"))}`, { recursive: true });
      Deno.copyFileSync(file, `${root}${file}`);
    }
    Deno.mkdirSync(`${root}/dev`);
    await mustRun(["mknod", `${root}/dev/null`, "c", "1", "3"]);
    await mustRun(["mount", "--bind", here.folder, `${root}${here.folder}`]);
    try {
      assert.equal(await said(here.ask(["chroot", root, shell, "sh"], ["create"])), "cold");
      assert.equal(
        await said(here.ask(["unshare", "-mpuin", "--fork", "chroot", root, shell, "sh"], ["create"])),
        "cold",
      );
      await assertServes(here);
    } finally {
      await mustRun(["umount", "-l", `${root}${here.folder}`]);
      Deno.removeSync(root, { recursive: true });
    }
  },
);

testWith("a caller that overwrites its arguments is asked about by what stands there", [
  "root",
  "perl",
], async () => {
  await using here = echoScene();
  await here.serve();
  const perl = '$0 = "create other"; open A, ">&=9"; syswrite A, "$n $$ 1 /run c\\n"; open R, "<&=7"; ' +
    "$| = 1; print scalar <R>; sleep 600";
  const caller = holder(here, 5, `exec perl -s -e '${perl}' -- -n="$n" create one`);
  // Of what it had before nothing is left that could be taken for another's.
  assert.match(await saidBy(caller), /^5 (\d+ edited \d+ \/run c \S+ ( *|create other)$|0 cold )/);
  await endNow(caller);
  await assertServes(here);
});

testWith("a caller that becomes another program, or whose number becomes another's, before it is looked at", [
  "root",
], async () => {
  await using here = echoScene();
  const service = await here.serve();
  service.kill("SIGSTOP");
  const becomes = holder(here, 7, 'echo "$n $$ 2 /run c" >&9; exec sleep 600', ["create", "one"]);
  const dies = holder(here, 9, 'echo "$n $$ 2 /run c" >&9; exit', ["create", "two"]);
  await dies.stdout.cancel();
  await dies.status;
  // The next process of this machine has its number.
  const next = new Deno.Command("bash", {
    args: [
      "-c",
      `for n in {1..50}; do echo ${dies.pid - 1} >/proc/sys/kernel/ns_last_pid; sleep 600 & ` +
      `[ $! != ${dies.pid} ] || { echo same; wait; exit; }; kill $!; done; echo other`,
    ],
    stdin: "null",
    stderr: "null",
    stdout: "piped",
  }).spawn();
  assert.equal(await saidBy(next), "same");
  service.kill("SIGCONT");
  await until("the place of the one that is gone is free", () => !locksOf(here).includes("lock-9"));
  Deno.kill(dies.pid, "SIGKILL");
  await next.status;
  await becomes.stdout.cancel();
  await endNow(becomes);
  await assertServes(here);
});

testWith("all places held for ever: launchers do the work themselves, and the places are taken back", [
  "root",
], async () => {
  await using here = echoScene();
  await here.serve();
  const held = new Deno.Command("bash", {
    args: [
      "-c",
      'ulimit -n 2000; for n in {0..255}; do exec {fd}<>"$0/reply-$n" {fd}>"$0/lock-$n"; done; exec sleep 600',
      generationOf(here),
    ],
    stdin: "null",
  }).spawn();
  await until("they are held", () => locksOf(here).length === 256);
  assert.equal(await said(here.ask(["sh"], ["create"])), "cold");
  // The holder lives on.
  await assertServes(here);
  await endNow(held);
  assert.equal(await warmOf(here, 10), 10);
});

testWith("what is no question is ignored, also where another's gets into it", ["root"], async () => {
  await using here = echoScene();
  await here.serve();
  const garbage = [
    `${"x".repeat(1024 * 1024)}\n`,
    "\n\n \0\0\0 \xff\n",
    "1 2\n256 1 1 /run\n99999 1 1 /run\n-1 1 1 /run\n0 0 done\n0 1 done\n0 1 1\n0 1 -1 /run\n",
    `0 ${Deno.pid} 1 /run\n1 99999999999999 1 /run\n`,
    crypto.getRandomValues(new Uint8Array(60_000)).join("\n"),
  ];
  for (const text of garbage) {
    await Promise.all([write(here, text), warmOf(here, 5)]);
    await assertServes(here);
  }
  // Half a line swallows the question behind it, and who has asked is sent away.
  await write(here, "12 34");
  assert.ok(await warmOf(here, 1) <= 1);
  await assertServes(here);
});
