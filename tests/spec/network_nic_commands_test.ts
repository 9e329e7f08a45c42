/** `container-hooks nic` where something is wrong: what it says, and how it ends. */
import assert from "node:assert/strict";
import { specTest } from "../harness/needs.ts";
import { assertAsBefore, killUntold, type Scene, setUp, whileCreated } from "../harness/nic.ts";

/** What `nic plan` says of a container that asks for tap0. */
async function planned(scene: Scene, request = "host=tap0") {
  const bundle = await scene.bundle("planned", { n: request }, ["true"]);
  return await scene.nic("plan", "--bundle", bundle.path);
}

/** Configurations under which a create asks for nothing, and what `nic plan` says of each. */
const UNASKED: Record<string, RegExp> = {
  "": /^not asked: \S+ has no table \[plugins\.network-nic\]$/m,
  '[plugins.network-nic]\nmode = "off"\n': /^not asked: \[plugins\.network-nic\] has mode = "off"$/m,
  '[plugins.network-nic]\nmode = "audit"\n': /^asked, and nothing is done: .* has mode = "audit"$/m,
  '[plugins.network-nic.when]\nimage = ["^router"]\n':
    /^not asked: image: there is none: no engine asked for/m,
};

for (const [policy, says] of Object.entries(UNASKED)) {
  specTest(
    `plan shows no commands that a create would not run, under ${JSON.stringify(policy)}`,
    ["root", "runc", "ip"],
    async (subject) => {
      using scene = await setUp(subject, "runc", policy);
      const { status, stdout } = await planned(scene);
      assert.match(stdout, says);
      assert.doesNotMatch(stdout, /ip link/);
      assert.equal(status, 0);
    },
  );
}

specTest(
  "plan fails for what would be refused, without commands",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    const { status, stdout, stderr } = await planned(scene, "host=eth7");
    assert.equal(status, 1);
    assert.match(stdout, /^problem {2}container-hooks\.nic\.n: device eth7 may not be asked for/);
    assert.doesNotMatch(stdout, /ip link/);
    assert.match(stderr, /the container would not start; mend what is named as a problem/);
  },
);

specTest(
  "plan sees a device that a container which is gone has left as free, as the next create does",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await whileCreated(scene, { a: "host=tap0" }, async (_ip, _pin, id) => {
      assert.match((await planned(scene)).stdout, /device tap0 is taken by container changing-/);
      await killUntold(scene, id);
      assert.match((await planned(scene)).stdout, /ip link set dev tap0 netns CONTAINER name n/);
    });
    await assertAsBefore(scene);
  },
);

specTest("the columns of plan line up", ["root", "runc", "ip"], async (subject) => {
  using scene = await setUp(subject);
  const lines = (await planned(scene)).stdout.trimEnd().split("\n");
  assert.deepEqual(new Set(lines.map((line) => line.indexOf(" ip "))), new Set(["container".length + 1]));
});

specTest(
  "a damaged file on record neither keeps other containers from their devices nor hides them",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await whileCreated(scene, { a: "bridge=br0" }, async () => {});
    const folder = `${scene.installed.env.CONTAINER_HOOKS_RUN}/plugins/network-nic`;
    const files = [`${folder}/cut.json`, `${folder}/strange.json`];
    for (const file of files) {
      Deno.writeTextFileSync(file, file === files[0] ? '{"key":' : '{"key": 1}', { mode: 0o600 });
    }
    await whileCreated(scene, { myTap: "host=tap0" }, async () => {
      const { stdout, stderr } = await scene.nic("ls");
      assert.match(stdout, /^myTap .* in use$/m);
      for (const file of files) {
        assert.match(stderr, new RegExp(`${file}, which .* is damaged: .*; move it away`));
      }
    });
    const { status, stdout } = await scene.nic("gc");
    assert.equal(status, 1);
    assert.equal(stdout.match(/is damaged/g)?.length, 2);
    for (const file of files) Deno.removeSync(file);
    await assertAsBefore(scene);
  },
);
