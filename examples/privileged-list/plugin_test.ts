import { ask, assertEquals, assertMatch, fixtures, test } from "container-hooks/testing";
import plugin from "./plugin.ts";

for (
  const name of ["docker-20.10", "podman-4.3", "containerd-1.6-cri", "containerd-1.6-ctr", "runc"] as const
) {
  test(`${name}: a container that asks for nothing special starts`, async () => {
    assertEquals(await ask(plugin, fixtures[name]), {});
  });
}

for (const name of ["docker-20.10-privileged", "podman-4.3-privileged"] as const) {
  test(`${name} is denied, and starts once its image is on the list`, async () => {
    const { deny } = await ask(plugin, fixtures[name]);
    assertMatch(deny?.join(), /it is privileged \(.*all-devices.*\), and its image, sha256:/);
    const allowed = [fixtures[name].image!.id!];
    assertMatch((await ask(plugin, fixtures[name], { options: { allowed } })).note, /is on the list/);
  });
}

test("an image's name opens nothing, since whoever makes an image chooses it", async () => {
  const image = { name: "sha256:1111" };
  const { deny } = await ask(plugin, { ...fixtures["docker-20.10-privileged"], image }, {
    options: { allowed: ["sha256:1111"] },
  });
  assertEquals(deny?.length, 1);
});

test("a privileged container whose image is not known is denied, and it is said why", async () => {
  const imageId = { state: "unknown", why: "the database is gone" } as const;
  const { deny } = await ask(plugin, {
    ...fixtures["docker-20.10-privileged"],
    image: {},
    facts: { imageId },
  });
  assertMatch(deny?.join(), /its image, not known \(the database is gone\), is not on the list/);
});
