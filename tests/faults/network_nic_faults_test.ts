/** Our own process killed between any two of its steps: the next container, or `nic gc`, finds the host as it was. */
import assert from "node:assert/strict";
import { specTest, type Subject } from "../harness/needs.ts";
import { assertAsBefore, newId, type Scene, setUp } from "../harness/nic.ts";
import { mustRun, which } from "../harness/run.ts";

const REQUESTS = {
  myTap: "host=tap0,address=10.0.0.2/24",
  eth0: "bridge=br0,address=10.0.0.3/24",
  mv: "macvlan=parent0,address=10.0.0.4/24",
};

/** `ip` that counts its calls, and kills who called it at one of them. */
interface Killer {
  /** Kills at that call from now on, once. */
  arm(call: number, moment: "before" | "after"): void;
  /** Whether it did. */
  fired(): boolean;
}

async function killer({ network }: Scene, { work }: Subject): Promise<Killer> {
  const folder = work.folder("killer");
  const ip = await Deno.realPath(which("ip")!);
  await Deno.copyFile(ip, `${folder}/real-ip`);
  await Deno.chmod(`${folder}/real-ip`, 0o755);
  const script = work.program(
    "killer/ip",
    `#!/bin/sh
read -r calls <${folder}/calls
calls=$((calls + 1))
echo "$calls" >${folder}/calls
read -r when <${folder}/when
fire() {
  [ "$when" = "$calls $1" ] || return 0
  echo never >${folder}/when
  kill -KILL "$PPID"
}
fire before
${folder}/real-ip "$@"
status=$?
fire after
exit $status
`,
  );
  await mustRun([...network.inside, "mount", "--bind", script, ip]);
  return {
    arm(call, moment) {
      Deno.writeTextFileSync(`${folder}/calls`, "0\n");
      Deno.writeTextFileSync(`${folder}/when`, `${call} ${moment}\n`);
    },
    fired: () => Deno.readTextFileSync(`${folder}/when`) === "never\n",
  };
}

for (const moment of ["before", "after"] as const) {
  specTest(
    `killed ${moment} any call of ip, while devices are given or taken back, the host is as it was again`,
    // crun calls no poststop where createRuntime fails: nobody but us takes anything back.
    ["root", "runc", "crun", "ip"],
    async (subject) => {
      using scene = await setUp(subject, "crun");
      const kill = await killer(scene, subject);
      const bundle = await scene.bundle("killed", REQUESTS, ["true"]);
      const text = bundle.text();
      const run = async () => {
        Deno.writeTextFileSync(bundle.config, text);
        return await scene.runtime(["run", "--bundle", bundle.path, newId("killed")]);
      };
      let call = 1;
      for (;; call++) {
        kill.arm(call, moment);
        await run();
        if (!kill.fired()) break;
        // In turn: the next container takes back what is left, or an administrator does.
        if (call % 2 === 0) assert.equal((await scene.nic("gc")).status, 0);
        else {
          const next = await run();
          assert.equal(next.status, 0, `after call ${call}: ${next.stderr}`);
        }
        await assertAsBefore(scene);
      }
      assert.ok(call > 8, `only ${call - 1} calls of ip were there to be killed at`);
    },
    "files",
  );
}

specTest(
  "without ip, a container that wants a device is refused",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    const empty = subject.work.file("nothing", "", 0o644);
    await mustRun([...scene.network.inside, "mount", "--bind", empty, await Deno.realPath(which("ip")!)]);
    const bundle = await scene.bundle("without", REQUESTS, ["true"]);
    const ran = await scene.runtime(["run", "--bundle", bundle.path, newId("without")]);
    assert.notEqual(ran.status, 0);
    assert.match(ran.stderr, /program \S+ip is not executable/);
  },
  "files",
);
