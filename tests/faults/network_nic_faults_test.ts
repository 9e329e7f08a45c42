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

/** `ip` that counts its calls, and kills who called it at some of them. */
interface Killer {
  /** Kills at these calls, counted from now on: "3 before" means that the third does nothing else. */
  arm(...moments: string[]): void;
  calls(): number;
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
if grep -qx "$calls before" ${folder}/moments; then
  kill -KILL "$PPID"
  exit 1
fi
${folder}/real-ip "$@"
status=$?
if grep -qx "$calls after" ${folder}/moments; then kill -KILL "$PPID"; fi
exit $status
`,
  );
  await mustRun([...network.inside, "mount", "--bind", script, ip]);
  return {
    arm(...moments) {
      Deno.writeTextFileSync(`${folder}/calls`, "0\n");
      Deno.writeTextFileSync(`${folder}/moments`, moments.map((moment) => `${moment}\n`).join(""));
    },
    calls: () => Number(Deno.readTextFileSync(`${folder}/calls`)),
  };
}

for (const moment of ["before", "after"]) {
  specTest(
    `killed ${moment} any call of ip, while devices are given or taken back, the host is as it was again`,
    ["root", "runc", "ip"],
    async (subject) => {
      using scene = await setUp(subject);
      const kill = await killer(scene, subject);
      const bundle = await scene.bundle("killed", REQUESTS, ["true"]);
      const text = bundle.text();
      const runtime = async (command: "create" | "run", id = newId("killed")) => {
        Deno.writeTextFileSync(bundle.config, text);
        return { id, ...await scene.runtime([command, "--bundle", bundle.path, id]) };
      };
      kill.arm();
      const { id } = await runtime("create");
      const giving = kill.calls();
      await scene.runtime(["delete", "--force", id]);
      const all = kill.calls();
      assert.ok(giving >= 4 && all > giving + 4, `${giving} of ${all} calls`);
      for (let call = 1; call <= all; call++) {
        // runc calls poststop after a create that failed; that is killed too, or it would take back what is left.
        kill.arm(`${call} ${moment}`, ...call <= giving ? [`${call + 1} before`] : []);
        await runtime("run");
        kill.arm();
        // In turn: the next container takes back what is left, or an administrator does.
        const healed = call % 2 === 0 ? await scene.nic("gc") : await runtime("run");
        assert.equal(healed.status, 0, `${moment} call ${call}: ${healed.stderr}`);
        await assertAsBefore(scene);
      }
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
