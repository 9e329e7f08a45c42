/** A plugin that gathers memory in the service, and isolates that are made late. */
import assert from "node:assert/strict";
import { specTest } from "../harness/needs.ts";
import { type ServedHost, servedHost } from "../harness/served_host.ts";

const RUNTIME =
  '#!/bin/sh\nfor word do [ "$before" != --bundle ] || exec cat "$word/config.json"; before=$word; done\n';
const CONFIG =
  `{"ociVersion": "1.0.2", "process": {"user": {"uid": 0, "gid": 0}, "args": ["true"], "cwd": "/"},
  "root": {"path": "rootfs"}, "linux": {}}`;

/** Creates `count` containers, some at once, by a runtime that prints what it was given. */
async function create(here: ServedHost, name: string, count: number): Promise<string[]> {
  const script = `
    at_once() { for id; do
      mkdir -p /run/bundles/$id && printf '%s' '${CONFIG}' >/run/bundles/$id/config.json
      container-hooks-runtime create --bundle /run/bundles/$id $id >/run/bundles/$id/out || echo $id failed >&2 &
    done; wait; }
    n=0; while [ $n -lt ${count} ]; do at_once ${name}-$n ${name}-$((n + 1)) ${name}-$((n + 2)); n=$((n + 3)); done
    cat /run/bundles/${name}-*/out; rm -r /run/bundles`;
  const ran = await here.host.mustRun(["sh", "-c", script]);
  return [...ran.stdout.matchAll(/"MARK=([^"]*)"/g)].map(([, mark]) => mark!);
}

async function scene(form: Parameters<typeof servedHost>[0]): Promise<ServedHost> {
  const here = await servedHost(form);
  await here.host.write("/usr/sbin/runc", RUNTIME);
  return here;
}

specTest("a plugin that keeps 1 MB of each of hundreds of containers costs no more than its share", [
  "root",
  "runc",
], async ({ form }) => {
  await using here = await scene(form);
  await here.plugin(
    "leaks",
    `(globalThis.kept ??= []).push(new Uint8Array(1024 * 1024).fill(1));
     return { edits: [setEnv("MARK", container.id)] };`,
  );
  await here.serve();
  const marks = await create(here, "c", 300);
  assert.equal(new Set(marks).size, 300);
  // 3 isolates at most, each given up at 64 MiB, beside what the service itself takes.
  const { memory, tooOften } = await here.status();
  assert.ok(memory! < 500 * 1024 * 1024, `${memory} bytes`);
  assert.deepEqual(tooOften, []);
  const { warm, refused, cold } = await here.counted();
  assert.deepEqual([warm, refused, cold], [300, 0, 0]);
}, "files");

specTest(
  "an isolate that the service makes late has no permission either",
  ["root", "runc"],
  async ({ form }) => {
    await using here = await scene(form);
    await here.plugin(
      "tries",
      `const tries: Record<string, () => unknown> = {
      read: () => Deno.readTextFileSync("/etc/hostname"),
      write: () => Deno.writeTextFileSync("/run/tries", ""),
      run: () => new Deno.Command("/bin/true").outputSync(),
      net: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
      fetch: () => fetch("http://127.0.0.1:9/"),
      env: () => Deno.env.get("PATH"),
      ffi: () => Deno.dlopen("libc.so.6", {}),
      sys: () => Deno.hostname(),
      import: () => (0, eval)("import('file:///etc/hostname')"),
      worker: () => new Promise((done, fail) => {
        const worker = new Worker("data:text/javascript,postMessage(Deno.readTextFileSync('/etc/hostname'))",
          { type: "module" });
        worker.onmessage = done;
        worker.onerror = (event) => { event.preventDefault(); fail(event); };
      }),
    };
    const could: string[] = [];
    const asked = (globalThis.asked = (globalThis.asked ?? 0) + 1);
    const all = asked > 1 ? [] : Object.entries(tries).map(([name, attempt]) =>
      Promise.resolve().then(attempt).then(() => void could.push(name), () => {}));
    return Promise.all(all).then(() => ({ edits: [setEnv("MARK", asked + ":" + could.join("+"))] }));`,
    );
    await here.serve();
    const marks = await create(here, "c", 930);
    // Three at a time ask, so that each isolate was exchanged after 300.
    const first = marks.filter((mark) => mark.startsWith("1:"));
    assert.equal(marks.length, 930);
    assert.ok(first.length >= 2, `${first.length} isolates were asked`);
    assert.deepEqual(first.filter((mark) => mark !== "1:"), []);
    assert.equal((await here.counted()).warm, 930);
  },
  "files",
);
