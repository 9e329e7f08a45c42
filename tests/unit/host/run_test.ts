/** Running programs. */
import assert from "node:assert/strict";
import { denoHost } from "../../../mod/host/deno_host.ts";

const { run } = denoHost;

/** A script of sh; the marks in `$0` and `$1` are its arguments. */
function script(text: string, more: Partial<Parameters<typeof run>[0]> = {}) {
  return run({ path: "/bin/sh", args: ["-c", text, "zero", "one two"], env: {}, timeout: 20_000, ...more });
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("a program gets its input, arguments, variables and folder", async () => {
  const { status, stdout, stderr } = await script(
    'cat | wc -c; pwd; echo "$0 $1" >&2; env | sort >&2; exit 3',
    { env: { ONLY: "this", PATH: "/usr/bin:/bin" }, stdin: new TextEncoder().encode("x".repeat(300_000)) },
  );
  assert.equal(status, 3);
  assert.match(text(stderr), /^zero one two\nONLY=this\nPATH=/);
  assert.equal(text(stdout), "300000\n/\n");
});

Deno.test("a program that does not read its input ends as it likes", async () => {
  const { status } = await script("exit 5", { stdin: new Uint8Array(1_000_000) });
  assert.equal(status, 5);
});

Deno.test("a program that runs too long is killed", async () => {
  const outcome = await run({ path: "/bin/sleep", args: ["60"], env: {}, timeout: 50 });
  assert.deepEqual([outcome.status, outcome.timedOut], [137, true]);
});

/** Whether a process does anything any more; one that nobody has buried yet does not. */
function lives(pid: string): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

Deno.test("a program that was killed at its limit left its children running", async () => {
  const file = await Deno.makeTempFile();
  try {
    const { timedOut } = await script(`/bin/sleep 300 & echo "$!" >${file}; wait`, { timeout: 500 });
    assert.equal(timedOut, true);
    const pid = Deno.readTextFileSync(file).trim();
    assert.match(pid, /^\d+$/);
    for (let tries = 0; lives(pid) && tries < 500; tries++) await new Promise((go) => setTimeout(go, 10));
    assert.equal(lives(pid), false);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a child that a program leaves behind is not waited for, and lives on", async () => {
  const { status, stdout } = await script('/bin/sleep 300 & echo "$!"', { timeout: 60_000 });
  const pid = text(stdout).trim();
  try {
    assert.equal(status, 0);
    assert.equal(lives(pid), true);
  } finally {
    Deno.kill(Number(pid), "SIGKILL");
  }
});

Deno.test("a program does not ignore SIGPIPE, as this process does", async () => {
  const outcome = await run({ path: "/bin/grep", args: ["SigIgn", "/proc/self/status"], env: {} });
  const mask = /SigIgn:\s+([0-9a-f]+)/.exec(text(outcome.stdout))![1];
  assert.equal(BigInt(`0x${mask}`) & (1n << 12n), 0n);
});

Deno.test("a program that is not there is an error in the system's words", async () => {
  await assert.rejects(run({ path: "/nowhere/program", args: [], env: {} }), /No such file|not found/);
});

for (const stream of ["", ">&2"]) {
  Deno.test(`a program that writes without an end ${stream || "to its output"} is ended`, async () => {
    await assert.rejects(script(`while :; do echo yyyyyyyyyyyyyyyy; done ${stream}`), /more than 16\.0 MiB/);
  });
}

Deno.test("all that a program wrote before it ended is there", async () => {
  const { stdout } = await script("head -c 16000000 /dev/zero", { env: { PATH: "/usr/bin:/bin" } });
  assert.equal(stdout.length, 16_000_000);
});
