import { ask, assertEquals, assertRejects, fixtures, rehearse, test } from "container-hooks/testing";
import { mount, setEnv } from "container-hooks/plugin";
import plugin from "./plugin.ts";

const annotations = { "org.example.audit": "yes" };
const sockets = { "/run/audit.sock": { mode: 0o666, uid: 0, gid: 0 } };

test("a container that asks gets the socket and its name", async () => {
  const { edits } = await ask(plugin, { annotations }, { sockets });
  assertEquals(edits, [
    mount({
      source: "/run/audit.sock",
      destination: "/run/audit.sock",
      options: ["bind", "ro", "nosuid", "nodev", "noexec"],
    }),
    setEnv("AUDIT_SOCKET", "/run/audit.sock"),
  ]);
});

for (const [name, container] of Object.entries(fixtures)) {
  test(`${name}: a container that does not ask is not looked at`, async () => {
    const { asked } = await rehearse(plugin, container);
    assertEquals(asked, false);
  });
}

test("another value than yes or true asks for nothing", async () => {
  assertEquals(await ask(plugin, { annotations: { "org.example.audit": "no" } }, { sockets }), {});
});

test("a daemon that does not run is told, and a file is no socket", async () => {
  await assertRejects(ask(plugin, { annotations }), /audit\.sock is not there/);
  const files = { "/run/audit.sock": "" };
  await assertRejects(ask(plugin, { annotations }, { files }), /is a regular file and no socket/);
});
