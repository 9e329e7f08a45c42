import { ask, assertEquals, assertMatch, callHandler, fixtures, test } from "container-hooks/testing";
import plugin from "./plugin.ts";

const TOOL = "/usr/libexec/ship-log";
const carry = { id: "a1", name: "web", path: "/log" };

test("every engine's log is found where it writes it", async () => {
  const pathOf = async (container: Parameters<typeof ask>[1]) => {
    const { carry } = await ask(plugin, container);
    return (carry as { path: string } | undefined)?.path;
  };
  assertMatch(
    await pathOf(fixtures["docker-20.10"]),
    /^\/var\/lib\/docker\/containers\/([0-9a-f]{64})\/\1-json\.log$/,
  );
  assertMatch(await pathOf(fixtures["podman-4.3"]), /\/userdata\/ctr\.log$/);
  assertMatch(await pathOf(fixtures["containerd-1.6-cri"]), /^\/var\/log\/pods\/[^/]+_web_[^/]+\/web$/);
  assertEquals(await ask(plugin, fixtures.runc), { stages: [], note: "engine none keeps no log of it" });
});

test("a container's name that would lead to another folder ships nothing", async () => {
  const container = fixtures["containerd-1.6-cri"];
  const annotations = { ...container.spec!.annotations, "io.kubernetes.cri.container-name": "../../shadow" };
  assertEquals((await ask(plugin, { ...container, annotations })).stages, []);
});

test("at its end the log is shipped, and nothing is left to do", async () => {
  const { failed, ran, stored } = await callHandler(plugin, "poststop", { carry, programs: { [TOOL]: "" } });
  assertEquals([failed, stored], [undefined, {}]);
  assertEquals(ran.map(({ args }) => args), [["a1", "web", "/log"]]);
});

test("what could not be shipped is stored, and tried again at the end of another container", async () => {
  const broken = { [TOOL]: () => ({ status: 1, stderr: "no route to host" }) };
  const first = await callHandler(plugin, "poststop", { carry, programs: broken });
  assertMatch(first.failed, /ended with 1: no route to host/);
  assertEquals(first.stored, { a1: carry });
  const other = { id: "b2", name: "db", path: "/other" };
  const second = await callHandler(plugin, "poststop", {
    carry: other,
    stored: first.stored,
    programs: { [TOOL]: "" },
  });
  assertEquals(second.ran.map(({ args }) => args[0]), ["b2", "a1"]);
  assertEquals([second.failed, second.stored], [undefined, {}]);
});
