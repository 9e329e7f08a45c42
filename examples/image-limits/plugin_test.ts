import { ask, assertEquals, assertRejects, fixtures, rehearse, test } from "container-hooks/testing";
import { resources } from "container-hooks/plugin";
import plugin from "./plugin.ts";

const rules = ["registry.example.com/payments/ memory=512MiB pids=200", "* memory=128MiB cpus=0.5"];
const of = async (container: Parameters<typeof ask>[1]) =>
  (await ask(plugin, container, { options: { rules } })).edits;

test("the first rule that fits the image counts, and * fits all", async () => {
  assertEquals(await of({ image: { name: "registry.example.com/payments/web:1.2" } }), [
    resources({ memory: { limit: 512n << 20n }, pids: { limit: 200n } }),
  ]);
  const others = [resources({ memory: { limit: 128n << 20n }, cpu: { quota: 50_000n, period: 100_000n } })];
  assertEquals(await of({ image: { name: "docker.io/library/debian:13" } }), others);
  assertEquals(await of(fixtures.runc), others);
});

test("a lower limit of the container's own stays, and no limit is none", async () => {
  const own = { memory: { limit: 64n << 20n }, cpu: { quota: 10_000n, period: 50_000n } };
  assertEquals(await of({ linux: { resources: own } }), undefined);
  const none = { memory: { limit: -1n }, cpu: { quota: 0n, period: 100_000n } };
  assertEquals((await of({ linux: { resources: none } }))?.length, 1);
});

for (const [name, container] of Object.entries(fixtures)) {
  test(`${name}: the edits fit its config.json`, async () => {
    const { asked, refused } = await rehearse(plugin, container, { options: { rules: ["* pids=7"] } });
    assertEquals([asked, refused], [container.role === "workload", undefined]);
  });
}

for (
  const rule of ["*", "* memory=5", "* pids=5MiB", "* cpus=0", "* memory=0MiB", "* memory=1.5GiB", "* disk=1"]
) {
  test(`a rule that cannot be followed is refused: ${rule}`, async () => {
    await assertRejects(ask(plugin, {}, { options: { rules: [rule] } }), /^rule ".*" (has|names)/);
  });
}
