import assert from "node:assert/strict";

const MODULE = import.meta.resolve("../../../mod/host/kill_timer.ts");

/** Runs a script in a process of its own. */
function run(code: string): Deno.CommandOutput {
  const script = `data:text/javascript,${
    encodeURIComponent(`const { killAfter } = await import(${JSON.stringify(MODULE)}); ${code}`)
  }`;
  const args = ["run", "-A", "--no-lock", "--no-check", script];
  return new Deno.Command(Deno.execPath(), { args, stdin: "null" }).outputSync();
}

Deno.test("a loop without an end is ended, also where its signals are listened to", () => {
  const { signal } = run(`Deno.addSignalListener("SIGTERM", () => {}); killAfter(50); for (;;);`);
  assert.equal(signal, "SIGKILL");
});

Deno.test("a timer that was taken back ends nothing, and the time of no milliseconds is not for ever", () => {
  const { code, signal } = run(
    `killAfter(50)[Symbol.dispose](); await new Promise((resolve) => setTimeout(resolve, 200)); Deno.exit(7);`,
  );
  assert.deepEqual([code, signal], [7, null]);
  assert.equal(run(`killAfter(0); for (;;);`).signal, "SIGKILL");
});

for (const left of ["766.9900000000052", "0.3", "1999.9999", "-5", "2 ** 33 + 0.5", "Infinity"]) {
  Deno.test(`what is left of a limit need not be a whole number: ${left}`, () => {
    const { code, stderr } = run(`killAfter(${left} + 5000, "late")[Symbol.dispose](); Deno.exit(7);`);
    assert.deepEqual([code, new TextDecoder().decode(stderr)], [7, ""]);
  });
}

Deno.test("a fraction of a millisecond ends a loop too", () => {
  assert.equal(run(`killAfter(50.5); for (;;);`).signal, "SIGKILL");
  assert.equal(run(`killAfter(0.01); for (;;);`).signal, "SIGKILL");
  assert.equal(run(`killAfter(-3.7); for (;;);`).signal, "SIGKILL");
});

Deno.test("a process that was killed in a loop left no sentence", () => {
  const { signal, stderr } = run(`killAfter(300, "100% of %s is lost"); for (;;);`);
  assert.equal(signal, "SIGKILL");
  assert.equal(new TextDecoder().decode(stderr), "container-hooks: 100% of %s is lost\n");
});

Deno.test("last words that were taken back are not said", () => {
  const { code, stderr } = run(
    `killAfter(250, "lost")[Symbol.dispose]();` +
      `await new Promise((resolve) => setTimeout(resolve, 400)); Deno.exit(7);`,
  );
  assert.deepEqual([code, stderr.length], [7, 0]);
});
