import assert from "node:assert/strict";
import { definePlugin, isPrivileged, setEnv } from "container-hooks/plugin";
import { ask, fixtures, makeContainer, rehearse } from "container-hooks/testing";

const PLUGIN = definePlugin({
  api: 1,
  name: "tried",
  version: "1.0.0",
  brief: "Tried",
  when: { role: ["workload", "sandbox"] },
  plan: () => ({ edits: [setEnv("A", "b")] }),
});

for (const [name, fields] of Object.entries(fixtures)) {
  Deno.test(`${name}: a plugin is asked about it, and its config.json takes an edit as a create's does`, async () => {
    const { asked, config } = await rehearse(PLUGIN, fields);
    assert.ok(asked);
    assert.ok(JSON.parse(config).process.env.includes("A=b"));
  });

  Deno.test(`${name}: it has no value of a variable, and nothing of the machine that it was recorded on`, () => {
    const container = makeContainer(fields);
    for (const [variable, value] of Object.entries(container.env)) {
      if (!["PATH", "HOME", "TERM"].includes(variable)) assert.equal(value, "(redacted)");
    }
    const text = JSON.stringify(fields, (_, value) => typeof value === "bigint" ? String(value) : value);
    assert.doesNotMatch(text, /hooks-test|\/tmp\/|\/work\//);
  });

  Deno.test(`${name}: it is privileged where its name says so`, () => {
    assert.equal(isPrivileged(makeContainer(fields)), name.endsWith("-privileged"));
  });
}

Deno.test("what a test sets takes the place of what was recorded, and counts where nothing was known", async () => {
  const byLabel = definePlugin({ ...PLUGIN, when: { labels: { "^zone$": "^a$" }, image: ["^ours/"] } });
  assert.deepEqual(await ask(byLabel, fixtures.runc), {});
  const { edits } = await ask(byLabel, {
    ...fixtures.runc,
    labels: { zone: "a" },
    image: { name: "ours/x" },
  });
  assert.equal(edits?.length, 1);
});
