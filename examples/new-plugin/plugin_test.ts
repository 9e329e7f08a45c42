import { ask, assertEquals, test } from "container-hooks/testing";
import { mount, setEnv } from "container-hooks/plugin";
import { payments } from "./fixture.ts";
import plugin from "./plugin.ts";

test("a container of a known team gets its name and its data", async () => {
  const { edits } = await ask(plugin, payments, { options: { data: "/data" } });
  assertEquals(edits, [
    setEnv("TEAM", "payments"),
    mount({ source: "/data/payments", destination: "/team", options: ["rbind", "ro"] }),
  ]);
});

test("a container of another team is denied, with its reason", async () => {
  const { deny } = await ask(plugin, { ...payments, labels: { team: "unheard-of" } });
  assertEquals(deny, ["team unheard-of is not known here"]);
});
