import assert from "node:assert/strict";
import { type Mount, mount, setEnv } from "container-hooks/plugin";
import { mergeEdits } from "../../../mod/edits/merge.ts";
import { editJson, parseJsonObject } from "../../../mod/text/json/json_text.ts";

Deno.test("a number of 64 bits reaches config.json with all of its digits", () => {
  const edit = mount({ destination: "/x", limit: 2n ** 64n - 1n } as Mount);
  const json = parseJsonObject("{}", "config.json");
  const { text } = editJson(json, mergeEdits({}, [{ plugin: "a", edits: [edit] }]));
  assert.equal(text, '{"mounts":[{"destination":"/x","limit":18446744073709551615}]}');
});

Deno.test("numbers that a double does not tell apart are different values", () => {
  const edit = (limit: bigint) => mount({ destination: "/x", limit } as Mount);
  const owned = [2n ** 64n - 1n, 2n ** 64n - 2n].map((limit, index) => ({
    plugin: `p${index}`,
    edits: [edit(limit)],
  }));
  assert.throws(() => mergeEdits({}, owned), /plugins p0 and p1 want different values for the mount at \/x/);
});

Deno.test("a text is not the number that it looks like, nor an object the array", () => {
  const edit = (limit: unknown) => mount({ destination: "/x", limit } as Mount);
  for (const [one, two] of [[1n, "1"], [null, 0], [{}, []], [["1"], { 0: "1" }], [{ a: 1 }, { b: 1 }]]) {
    const owned = [{ plugin: "one", edits: [edit(one)] }, { plugin: "two", edits: [edit(two)] }];
    assert.throws(() => mergeEdits({}, owned), { code: "conflict" });
  }
});

Deno.test("one plugin that wants two values is told so, and not that it is two plugins", () => {
  assert.throws(() => mergeEdits({}, [{ plugin: "one", edits: [setEnv("A", "1"), setEnv("A", "2")] }]), {
    code: "conflict",
    message: /^plugin one wants two different values for the variable A; correct the plugin/,
  });
});
