import assert from "node:assert/strict";
import { testWith } from "../../harness/needs.ts";
import { fileIdentity, ownStanding, viewProcess } from "../../../mod/host/process_view.ts";

/** A shell that waits, with a folder and arguments of its own. */
function waiting(options: Deno.CommandOptions = {}): Deno.ChildProcess & { stop(): Promise<void> } {
  const child = new Deno.Command("sh", {
    args: ["-c", "echo ready; read line", "name", "one", "two words", ""],
    stdin: "piped",
    stdout: "piped",
    ...options,
  }).spawn();
  return Object.assign(child, {
    stop: async () => {
      await child.stdin.close();
      await child.stdout.cancel();
      await child.status;
    },
  });
}

async function ready(child: Deno.ChildProcess): Promise<void> {
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
}

Deno.test("a process is seen with its arguments, folder, descriptors and standing", async () => {
  const cwd = Deno.realPathSync(Deno.makeTempDirSync());
  const child = waiting({ cwd });
  await ready(child);
  {
    using view = viewProcess(child.pid)!;
    assert.deepEqual(view.args().slice(-3), ["one", "two words", ""]);
    assert.equal(view.cwd(), cwd);
    assert.deepEqual(view.standing(), ownStanding());
    assert.equal(view.descriptor(0), fileIdentity(`/proc/${child.pid}/fd/0`));
    assert.equal(view.descriptor(99), undefined);
    Deno.removeSync(cwd);
    assert.equal(view.cwd(), undefined);
    await child.stop();
    assert.throws(() => view.standing());
    assert.throws(() => view.args());
    assert.equal(view.descriptor(0), undefined);
  }
  assert.equal(viewProcess(child.pid), undefined);
});

Deno.test("a removed folder is none, also where another has its name with the kernel's words behind it", async () => {
  const cwd = Deno.realPathSync(Deno.makeTempDirSync());
  const child = waiting({ cwd });
  await ready(child);
  Deno.removeSync(cwd);
  Deno.mkdirSync(`${cwd} (deleted)`);
  {
    using view = viewProcess(child.pid)!;
    assert.equal(view.cwd(), undefined);
  }
  Deno.removeSync(`${cwd} (deleted)`);
  await child.stop();
});

testWith("another namespace, capability set or user is another standing", ["root", "setpriv"], async () => {
  const own = ownStanding();
  const ways: [keyof ReturnType<typeof ownStanding>, string[]][] = [
    ["namespaces", ["unshare", "--uts"]],
    ["namespaces", ["unshare", "--mount"]],
    ["capabilities", ["setpriv", "--bounding-set", "-sys_admin"]],
    ["uids", ["setpriv", "--reuid", "1000", "--clear-groups"]],
  ];
  for (const [field, front] of ways) {
    const child = new Deno.Command(front[0]!, {
      args: [...front.slice(1), "sh", "-c", "echo ready; read line"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    await ready(child);
    {
      using view = viewProcess(child.pid)!;
      assert.notEqual(view.standing()[field], own[field], front.join(" "));
    }
    await child.stdin.close();
    await child.stdout.cancel();
    await child.status;
  }
});
