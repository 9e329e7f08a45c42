import assert from "node:assert/strict";
import { checked } from "../edits/trying.ts";
import type { HandlersRecord } from "../../../mod/state/journal.ts";
import { isDispatchCall, readDispatchCall } from "../../../mod/entry_points.ts";
import { dispatcherHooks } from "../../../mod/plan/dispatcher_hooks.ts";
import { MemoryHost } from "../memory_host.ts";

const SELF = "/usr/bin/container-hooks";
const ENTRY = `/run/container-hooks/journal/${"a".repeat(32)}.json`;

function record(stages: HandlersRecord["stages"], timeout = 1000): HandlersRecord {
  return { stages, timeout, options: {}, needs: {}, onError: "fail" };
}

Deno.test("there is one hook for each stage with a handler, in the order of the stages", () => {
  const hooks = dispatcherHooks(new MemoryHost(), SELF, ENTRY, [
    record(["poststop"]),
    record(["createRuntime", "poststop"]),
  ]);
  assert.deepEqual(hooks.map(({ stage }) => stage), ["createRuntime", "poststop"]);
  assert.deepEqual(hooks[0]!.hook, {
    path: SELF,
    args: ["container-hooks", "dispatch", "createRuntime", "--journal", ENTRY],
    env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    timeout: 12,
  });
});

Deno.test("without handlers there is no hook", () => {
  assert.deepEqual(dispatcherHooks(new MemoryHost(), SELF, ENTRY, []), []);
});

Deno.test("the runtime's limit is whole seconds and beyond all that handlers and their undoing may take", () => {
  const [hook] = dispatcherHooks(new MemoryHost(), SELF, ENTRY, [
    record(["poststart"], 1500),
    record(["poststart"], 2100),
    record(["poststop"], 60_000),
  ]);
  assert.equal(hook!.hook.timeout, 18);
});

Deno.test("the hooks pass the checks that plugins' hooks have to pass", () => {
  const hooks = dispatcherHooks(new MemoryHost(), SELF, ENTRY, [
    record(["createRuntime", "poststart", "poststop"]),
  ]);
  assert.deepEqual(checked("container-hooks", hooks), hooks);
});

Deno.test("the arguments are a call of the dispatcher that means what was put in", () => {
  for (
    const { stage, hook: { args } } of dispatcherHooks(new MemoryHost(), SELF, ENTRY, [record(["poststop"])])
  ) {
    const words = args.slice(1);
    assert.ok(isDispatchCall(words));
    assert.deepEqual(readDispatchCall(words), { stage, entry: ENTRY });
  }
});

Deno.test("root's hook is told where the program unpacked itself, and nothing else of the engine's environment", () => {
  const host = new MemoryHost();
  host.variables = {
    CONTAINER_HOOKS_PORTABLE_DIR: "/opt/p",
    HOME: "/root",
    LD_PRELOAD: "/evil.so",
    SECRET: "x",
  };
  const [hook] = dispatcherHooks(host, SELF, ENTRY, [record(["poststop"])]);
  assert.deepEqual(hook!.hook.env.slice(1), ["CONTAINER_HOOKS_PORTABLE_DIR=/opt/p"]);
});

Deno.test("rootless, the place to unpack into follows the user's folders", () => {
  const host = new MemoryHost();
  host.user = 1000;
  host.variables = { HOME: "/home/u", XDG_DATA_HOME: "/home/u/data" };
  const [hook] = dispatcherHooks(host, SELF, ENTRY, [record(["poststop"])]);
  assert.deepEqual(hook!.hook.env.slice(1), ["XDG_DATA_HOME=/home/u/data", "HOME=/home/u"]);
});
