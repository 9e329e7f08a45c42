import assert from "node:assert/strict";
import type { When } from "../../../mod/api/plugin.ts";
import { makeContainer } from "../../../mod/api/testing.ts";
import type { ConfiguredPlugin } from "../../../mod/index/configured_plugin.ts";
import { select } from "../../../mod/plan/select.ts";

function plugin(name: string, own?: When, narrowed?: When): ConfiguredPlugin {
  return { manifest: { name, when: own }, when: narrowed } as ConfiguredPlugin;
}

const CONTAINER = makeContainer({ engine: "docker", annotations: { "a.b": "1" } });

const cases: [string, When | undefined, When | undefined, boolean][] = [
  ["a plugin without conditions applies", undefined, undefined, true],
  ["its own condition that holds is enough", { engine: ["docker"] }, undefined, true],
  ["its own condition that does not hold keeps it out", { engine: ["podman"] }, undefined, false],
  ["the administrator's condition narrows it", { engine: ["docker"] }, { engine: ["podman"] }, false],
  ["the administrator's condition cannot widen it", { engine: ["podman"] }, { engine: ["docker"] }, false],
  ["both that hold let it in", { engine: ["docker"] }, { annotations: { "a.b": "1" } }, true],
];

for (const [name, own, narrowed, selected] of cases) {
  Deno.test(`of who is asked: ${name}`, () => {
    const [selection] = select([plugin("a", own, narrowed)], CONTAINER);
    assert.equal(selection!.selected, selected, selection!.reasons.join());
    if (!selected) assert.notEqual(selection!.reasons.length, 0);
  });
}

Deno.test("each plugin is answered for, in the order that was given", () => {
  const plugins = [plugin("b"), plugin("a", { engine: ["podman"] })];
  const found = select(plugins, CONTAINER).map((
    { plugin: { manifest }, selected },
  ) => [manifest.name, selected]);
  assert.deepEqual(found, [["b", true], ["a", false]]);
});
