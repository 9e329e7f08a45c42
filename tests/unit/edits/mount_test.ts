import assert from "node:assert/strict";
import { mount } from "container-hooks/plugin";
import { assertConflict, described, merged, mergedText, ofTwo, testRefused } from "./trying.ts";

const asMount = (fields: object) => ({
  edit: "mount",
  mount: { destination: "/a", source: "/b", ...fields },
});
const mapping = (fields: object) =>
  asMount({ gidMappings: [{ containerID: 0, hostID: 0, size: 1, ...fields }] });

testRefused([
  [
    "a mount without a destination",
    asMount({ destination: undefined }),
    /destination" must be a string, not missing/,
  ],
  ["an empty destination", asMount({ destination: "" }), /destination" must be an absolute path/],
  ["a relative mount", asMount({ destination: "a" }), /destination" must be an absolute path/],
  [
    "a destination that leads elsewhere",
    asMount({ destination: "/dev/../etc/x" }),
    /must not have \. or \.\. in it/,
  ],
  ["a destination with a dot", asMount({ destination: "/./etc" }), /must not have \. or \.\. in it/],
  ["a mount that is none", { edit: "mount", mount: null }, /mount" must be an object, not null/],
  ["an unknown field of a mount", asMount({ flags: 1 }), /mount\.flags" is unknown; known are destination/],
  ["options that are a text", asMount({ options: "ro" }), /options" must be an array, not "ro"/],
  ["mappings that are a text", asMount({ uidMappings: "zzz" }), /uidMappings" must be an array/],
  [
    "a mapping without a size",
    mapping({ size: undefined }),
    /gidMappings\[0\]\.size" must be a whole number of 32 bits/,
  ],
  ["an id of 33 bits", mapping({ hostID: 2n ** 32n }), /hostID" must be a whole number of 32 bits/],
  ["an id below zero", mapping({ hostID: -1 }), /hostID" must be a whole number of 32 bits/],
]);

Deno.test("mounts add up in the plugins' order, after what the engine put there", () => {
  const spec = merged(
    { mounts: [{ destination: "/proc" }] },
    { plugin: "a", edits: [mount({ destination: "/a" })] },
    { plugin: "b", edits: [mount({ destination: "/b" })] },
  );
  assert.deepEqual(spec.mounts?.map(({ destination }) => destination), ["/proc", "/a", "/b"]);
});

Deno.test("two plugins that want different mounts at one place are named, however they write it", () => {
  for (const destination of ["/x", "//x", "/x/", "///x//"]) {
    assertConflict(
      mount({ destination: "/x", source: "/a" }),
      mount({ destination, source: "/b" }),
      "the mount at /x",
    );
  }
  assertConflict(
    mount({ destination: "/", source: "/a" }),
    mount({ destination: "//", source: "/b" }),
    "the mount at /",
  );
});

Deno.test("the same mount is one edit, in whatever order its fields and however its place are written", () => {
  const [first, second] = [{ destination: "/x", source: "/a" }, { source: "/a", destination: "//x/" }];
  assert.deepEqual(merged({}, ...ofTwo(mount(first), mount(second))).mounts, [first]);
});

Deno.test("ids that are bigint are written as numbers, and want the same as those that are numbers", () => {
  const mappings = (zero: number | bigint) => [{ containerID: zero, hostID: zero, size: 4294967295n }];
  const edit = (zero: number | bigint) => mount({ destination: "/x", uidMappings: mappings(zero) });
  const text = mergedText({}, ...ofTwo(edit(0n), edit(0)));
  assert.equal(
    text,
    '{"mounts":[{"destination":"/x","uidMappings":[{"containerID":0,"hostID":0,"size":4294967295}]}]}',
  );
});

Deno.test("of a mount explain shows what is where, and with which options", () => {
  const edit = mount({ destination: "/x", source: "/a", options: ["rbind", "ro"] });
  assert.equal(described(edit).all, "/a on /x (rbind,ro)");
  assert.equal(described(mount({ destination: "/x" })).all, "none on /x ()");
});
