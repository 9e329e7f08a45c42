import assert from "node:assert/strict";
import { makePipe, openPipeWriter, readPipeLines } from "../../../mod/host/fifo.ts";

/** Opens it without waiting for another. */
function openPipe(path: string): Deno.FsFile {
  return Deno.openSync(path, { read: true, write: true });
}

function pipe(): { path: string } & Disposable {
  const folder = Deno.makeTempDirSync();
  makePipe(`${folder}/pipe`);
  return { path: `${folder}/pipe`, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}

Deno.test("a pipe is its owner's alone, and made once", () => {
  using made = pipe();
  const { mode, isFifo } = Deno.statSync(made.path);
  assert.deepEqual([isFifo, mode! & 0o777], [true, 0o600]);
  assert.throws(() => makePipe(made.path), /File exists/);
});

Deno.test("whether a pipe has a reader, and whether it has read, is seen from its writing end", () => {
  using made = pipe();
  using writer = openPipeWriter(made.path);
  assert.equal(writer.hasReader(), false);
  assert.equal(writer.write("nobody\n"), false);

  const reader = openPipe(made.path);
  assert.deepEqual([writer.hasReader(), writer.hasUnread()], [true, false]);
  assert.equal(writer.write("one\n"), true);
  assert.equal(writer.hasUnread(), true);
  const bytes = new Uint8Array(16);
  assert.equal(new TextDecoder().decode(bytes.subarray(0, reader.readSync(bytes)!)), "one\n");
  assert.equal(writer.hasUnread(), false);
  reader.close();
  assert.equal(writer.hasReader(), false);
});

Deno.test("a full pipe does not hold up its writer", () => {
  using made = pipe();
  using writer = openPipeWriter(made.path);
  using _reader = openPipe(made.path);
  const line = "x".repeat(4096);
  let written = 0;
  while (written < 1000 && writer.write(line)) written++;
  assert.ok(written > 0 && written < 1000, String(written));
});

Deno.test("a program that is started does not get the writing end", async () => {
  using made = pipe();
  using _writer = openPipeWriter(made.path);
  using _both = openPipe(made.path);
  const { stdout } = await new Deno.Command("ls", { args: ["-l", "/proc/self/fd"] }).output();
  assert.doesNotMatch(new TextDecoder().decode(stdout), /pipe$/m);
});

Deno.test("lines come whole, however they were written, and one that is too long is dropped", async () => {
  using made = pipe();
  const heard: string[] = [];
  const { promise: end, resolve } = Promise.withResolvers<void>();
  readPipeLines(made.path, (line) => line === "end" ? resolve() : heard.push(line));
  const writer = openPipe(made.path);
  const bytes = new TextEncoder();
  for (const part of ["on", "e\ntwo\nthr", "ee\n", `${"x".repeat(5000)}`]) {
    writer.writeSync(bytes.encode(part));
    await new Promise((done) => setTimeout(done, 5));
  }
  writer.writeSync(bytes.encode("\nend\n"));
  await end;
  writer.close();
  assert.deepEqual(heard, ["one", "two", "three", ""]);
});
