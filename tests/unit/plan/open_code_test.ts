import assert from "node:assert/strict";
import type { When } from "../../../mod/core/when.ts";
import type { ConfiguredPlugin } from "../../../mod/index/configured_plugin.ts";
import { beginIsolate, SharedIsolate } from "../../../mod/plan/open_code.ts";

const MODULE = import.meta.resolve("../../../isolate.ts");
const CODE = { folder: "/nowhere/at/all", root: "/r", entry: "a.ts" };

function plugin(
  when: When | undefined,
  narrowed?: When,
  code: ConfiguredPlugin["code"] = CODE,
): ConfiguredPlugin {
  return { manifest: { when }, when: narrowed, code } as unknown as ConfiguredPlugin;
}

const NOT_CERTAIN: [string, ConfiguredPlugin][] = [
  ["whose when names more", plugin({ always: true, role: ["sandbox"] })],
  ["whose when never holds", plugin({ always: false })],
  ["without a when", plugin(undefined)],
  ["that the administrator has narrowed", plugin({ always: true }, { annotations: { a: "b" } })],
  ["that is part of the program", { ...plugin({ always: true }), code: undefined }],
];

for (const [which, each] of NOT_CERTAIN) {
  Deno.test(`no isolate is started early for a plugin ${which}`, () => {
    assert.equal(beginIsolate(MODULE, [each]), undefined);
  });
}

Deno.test("an isolate that was started early is the first one of the create, and ends with it", async () => {
  const always = plugin({ always: true });
  using begun = beginIsolate(MODULE, [NOT_CERTAIN[0]![1], always])!;
  {
    using shared = new SharedIsolate(MODULE, [always], begun);
    await assert.rejects(shared.placeOf(always), ({ message }: Error) => /nowhere/.test(message));
  }
  await assert.rejects(begun.open([]), /has ended/);
});

Deno.test("one that was started early and whose module is not there is told where a plugin is asked", async () => {
  const always = plugin({ always: true });
  using begun = beginIsolate("file:///nowhere/isolate.js", [always])!;
  using shared = new SharedIsolate(MODULE, [always], begun);
  await assert.rejects(shared.placeOf(always), ({ message }: Error) => /nowhere\/isolate\.js/.test(message));
});
