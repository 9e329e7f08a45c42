/** Isolates that stay, with plugins from the disk: what one container leaves behind, and when they are exchanged. */
import assert from "node:assert/strict";
import { makeContainer } from "../../../mod/api/testing.ts";
import { denoHost } from "../../../mod/host/deno_host.ts";
import { pause } from "../../../mod/host/timer.ts";
import type { ConfiguredPlugin } from "../../../mod/index/configured_plugin.ts";
import { ask } from "../../../mod/plan/ask.ts";
import { findPlugins } from "../../../mod/plugin/find.ts";
import { prepareFile } from "../../../mod/plugin/prepare.ts";
import { IsolatePool } from "../../../mod/serve/isolate_pool.ts";
import { PluginPlace, pluginText, PROGRAM } from "../plugin/plugin_place.ts";

const MODULE = import.meta.resolve("../../../isolate.ts");

interface Scene extends AsyncDisposable {
  pool: IsolatePool;
  /** Lines of the log, each with the container's id in front. */
  said: string[];
  /**
   * Asks about a container as a create does; what it answers as its note, or what it fails with.
   *
   * @param timeout Milliseconds; by default more than anything takes on a machine that is busy with other things.
   */
  ask(id: string, timeout?: number): Promise<string>;
}

/** A pool, and a plugin whose `plan` has that body. */
async function scene(body: string, rest = ""): Promise<Scene> {
  const place = new PluginPlace({
    "a.ts": pluginText("a", `${rest} async plan(container, { host, log, signal }) { ${body} },`),
  });
  const [found] = findPlugins(denoHost, [place.plugins], [], place.sources);
  const { cached, manifest } = await prepareFile(
    denoHost,
    PROGRAM,
    `${place.state}/plugins`,
    found!,
    place.sources,
  );
  const plugin = { manifest, code: cached, options: {} } as unknown as ConfiguredPlugin;
  const pool = new IsolatePool(MODULE);
  const said: string[] = [];
  return {
    pool,
    said,
    async ask(id, timeout = 60_000) {
      const log = (level: string, message: string) => void said.push(`${id} ${level} ${message}`);
      using isolate = pool.lend();
      const container = { ...makeContainer(), id };
      try {
        const features = () => Promise.resolve({});
        return (await ask(denoHost, log, { plugin: { ...plugin, timeout }, container, features, isolate }))
          .note ??
          "nothing";
      } catch (thrown) {
        return (thrown as Error).message;
      }
    },
    [Symbol.asyncDispose]() {
      pool.sweep(Infinity);
      place[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** Waits until so many isolates are free. */
async function free(pool: IsolatePool, count: number): Promise<void> {
  for (let turn = 0; pool.size !== count; turn++) {
    assert.ok(turn < 6000, `${pool.size} isolates are free, and not ${count}`);
    await pause(10);
  }
}

/** What a container may leave behind that goes on by itself. */
const LEFT: [what: string, plan: string][] = [
  ["a timer", `setTimeout(() => { log.warn("late"); console.log("late"); throw new Error("late"); }, 50);`],
  ["an interval", `setInterval(() => { log.warn("late"); console.log("late"); }, 1);`],
  ["a limit of a signal", `AbortSignal.timeout(50).onabort = () => console.log("late");`],
  ["a promise of host.run", `host.run("/bin/sleep", ["0.1"]).finally(() => { throw new Error("late"); });`],
  [
    "a chain of promises",
    `(async () => { for (;;) { await host.run("/bin/true", []); console.log("late"); } })();`,
  ],
  ["a listener", `addEventListener("message", () => console.log("late"));`],
  ["a listener of what nobody catches", `addEventListener("unhandledrejection", () => console.log("late"));`],
  [
    "a flood of lines",
    `for (let n = 0; n < 30000; n++) log.info("now"); Promise.resolve().then(() => log.info("late"));`,
  ],
  ["a flood of calls", `for (let n = 0; n < 25000; n++) host.run("/bin/not/named", []).catch(() => {});`],
  ["a loop in a promise", `(async () => { await host.run("/bin/true", []); for (;;); })();`],
  [
    "a loop behind its answer",
    `Promise.resolve().then(() => {}).then(() => {}); queueMicrotask(function again() { if (globalThis.stop !== 1) queueMicrotask(again); });`,
  ],
];

for (const [what, plan] of LEFT) {
  Deno.test(`${what} that one container left behind does not touch the next`, async () => {
    await using here = await scene(
      `if (container.id === "first") { ${plan} } else await new Promise((done) => setTimeout(done, 150));
      return { note: container.id };`,
      `needs: { run: ["/bin/true", "/bin/sleep"] },`,
    );
    // One that never gives way has no answer.
    const first = await here.ask("first", 3000);
    const others = await Promise.all([here.ask("second"), here.ask("third")]);
    assert.deepEqual(others, ["second", "third"], first);
    await pause(200);
    assert.deepEqual(here.said.filter((line) => /late/.test(line) || !line.startsWith("first")), []);
  });
}

Deno.test("what a plugin does to the language stays in its isolate, and ends with it", async () => {
  await using here = await scene(`
    const before = String(Array.prototype.marked ?? "as it was");
    Array.prototype.marked = container.id;
    return { note: before };`);
  assert.equal(await here.ask("a"), "as it was");
  await free(here.pool, 1);
  assert.equal(await here.ask("b"), "a");
  assert.equal(([] as { marked?: string }).marked, undefined);
  await free(here.pool, 1);
  here.pool.sweep(Date.now() + 3_600_000);
  assert.equal(here.pool.size, 0);
  assert.equal(await here.ask("c"), "as it was");
});

Deno.test("a plugin that waits holds up nobody: it gets another isolate", async () => {
  await using here = await scene(
    `
    if (container.id === "slow") await new Promise((done) => setTimeout(done, 60000));
    return { note: container.id };`,
  );
  const slow = here.ask("slow", 2000);
  for (const id of ["b", "c", "d"]) {
    assert.equal(await here.ask(id), id);
    await free(here.pool, 1);
  }
  assert.match(await slow, /took longer than 2 s/);
  assert.deepEqual(here.said, []);
});

Deno.test("a failure counts where nobody was asked before; otherwise it is asked again, in a new isolate", async () => {
  await using here = await scene(`
    globalThis.asked = (globalThis.asked ?? 0) + 1;
    if (globalThis.asked > 1) throw new Error("not twice");
    if (container.id === "bad") throw new Error("never");
    return { note: container.id };`);
  assert.equal(await here.ask("a"), "a");
  await free(here.pool, 1);
  assert.equal(await here.ask("b"), "b");
  assert.match(
    here.said.join("\n"),
    /^b warn asked again in a new isolate: .* a had been asked .*not twice/m,
  );
  await free(here.pool, 1);
  here.pool.sweep(Infinity);
  assert.match(await here.ask("bad"), /never/);
  assert.equal(here.pool.size, 0);
});

Deno.test("a plugin whose time is up is not given it twice", async () => {
  await using here = await scene(
    `globalThis.asked = (globalThis.asked ?? 0) + 1;
    if (container.id === "endless") { console.log("loops"); for (;;); }
    return { note: String(globalThis.asked) };`,
  );
  assert.equal(await here.ask("a"), "1");
  await free(here.pool, 1);
  assert.match(await here.ask("endless", 3000), /plan of plugin a took longer than 3 s/);
  assert.equal(await here.ask("b"), "1");
  assert.deepEqual(here.said, ["endless info loops"]);
});

Deno.test("an isolate whose time was up before it had come to be is not lost", async () => {
  await using here = await scene(`return { note: "in time" };`);
  assert.match(await here.ask("a", 1), /took longer/);
  await free(here.pool, 1);
  here.pool.sweep(Infinity);
});

Deno.test("an isolate is exchanged after some hundred containers, and when it has gathered much", async () => {
  await using here = await scene(`
    globalThis.asked = (globalThis.asked ?? 0) + 1;
    globalThis.kept ??= [];
    if (container.id.startsWith("big")) globalThis.kept.push(new Uint8Array(30 * 1024 * 1024).fill(1));
    return { note: String(globalThis.asked) };`);
  let last = 0;
  for (let turn = 0; turn < 301; turn++) {
    last = Number(await here.ask(`c${turn}`));
    if (turn < 299) await free(here.pool, 1);
    if (turn === 299) assert.equal(last, 300);
  }
  assert.equal(last, 1);
  await free(here.pool, 1);
  for (let turn = 0; turn < 12; turn++) {
    assert.ok(Number(await here.ask(`big${turn}`)) <= 5);
    await pause(30);
  }
});
