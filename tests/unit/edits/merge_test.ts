import assert from "node:assert/strict";
import { annotation, hook, mount, netDevice, setEnv } from "container-hooks/plugin";
import { editJson, parseJsonObject } from "../../../mod/text/json/json_text.ts";
import { mergeEdits, type OwnedEdits } from "../../../mod/edits/merge.ts";
import type { Spec } from "../../../mod/core/oci.ts";

function merged(spec: Spec, ...owned: OwnedEdits[]): Spec {
  const json = parseJsonObject(JSON.stringify(spec), "config.json");
  return JSON.parse(editJson(json, mergeEdits(spec, owned)).text);
}

Deno.test("hooks and mounts add up in the plugins' order, after what the engine put there", () => {
  const own = { path: "/engine" };
  const spec = merged(
    { hooks: { prestart: [own] }, mounts: [{ destination: "/proc" }] },
    { plugin: "a", edits: [hook.prestart("/a"), mount({ destination: "/a" })] },
    { plugin: "b", edits: [hook.prestart("/b"), mount({ destination: "/b" })] },
  );
  assert.deepEqual(spec.hooks?.prestart?.map(({ path }) => path), ["/engine", "/a", "/b"]);
  assert.deepEqual(spec.mounts?.map(({ destination }) => destination), ["/proc", "/a", "/b"]);
});

Deno.test("of a variable that stands twice the last is replaced, which is the one that counts", () => {
  const spec = merged({ process: { env: ["A=1", "B=1", "A=2"] } }, {
    plugin: "a",
    edits: [setEnv("A", "3")],
  });
  assert.deepEqual(spec.process?.env, ["A=1", "B=1", "A=3"]);
});

Deno.test("a variable whose name begins like another's is a new one", () => {
  const spec = merged({ process: { env: ["PATHS=1"] } }, { plugin: "a", edits: [setEnv("PATH", "/bin")] });
  assert.deepEqual(spec.process?.env, ["PATHS=1", "PATH=/bin"]);
});

Deno.test("an annotation is replaced or added, and its object made", () => {
  assert.deepEqual(merged({}, { plugin: "a", edits: [annotation("k", "v")] }).annotations, { k: "v" });
});

Deno.test("two plugins that want the same are one edit", () => {
  const edits = [setEnv("A", "1"), mount({ destination: "/a", source: "/x" })];
  const spec = merged({ process: { env: [] } }, { plugin: "a", edits }, { plugin: "b", edits });
  assert.deepEqual([spec.process?.env, spec.mounts?.length], [["A=1"], 1]);
});

Deno.test("a network device that the runtime is to move is one key of linux.netDevices", () => {
  const spec = merged({ linux: { netDevices: { eth1: {} } } }, {
    plugin: "a",
    edits: [netDevice("tap0", "myTap")],
  });
  assert.deepEqual(spec.linux?.netDevices, { eth1: {}, tap0: { name: "myTap" } });
});

const CONFLICTS: [what: string, first: OwnedEdits["edits"], second: OwnedEdits["edits"]][] = [
  ["the variable A", [setEnv("A", "1")], [setEnv("A", "2")]],
  ["the annotation k", [annotation("k", "1")], [annotation("k", "2")]],
  ["the network device tap0", [netDevice("tap0", "a")], [netDevice("tap0", "b")]],
  ["the mount at /a", [mount({ destination: "/a", source: "/x" })], [
    mount({ destination: "/a", source: "/y" }),
  ]],
];

for (const [what, first, second] of CONFLICTS) {
  Deno.test(`two plugins that want different values for ${what} are named`, () => {
    assert.throws(
      () => mergeEdits({}, [{ plugin: "one", edits: first }, { plugin: "two", edits: second }]),
      new RegExp(`plugins one and two want different values for ${what}`),
    );
  });
}
