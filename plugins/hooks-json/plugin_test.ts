import assert from "node:assert/strict";
import { ask } from "container-hooks/testing";
import hooksJson from "./plugin.ts";

const FILE = "/etc/container-hooks/hooks.json";
const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Asks with this text as the hooks file. */
function withFile(text: string) {
  return ask(hooksJson, {}, { files: { [FILE]: text } });
}

Deno.test("hooks come out in the order of the file, each with args and an environment", async () => {
  const { edits, note } = await withFile(
    `{"poststop":[{"path":"/b"}],"prestart":[{"path":"/a","args":["a","1"],"env":["X=1"],"timeout":3},{"path":"/c"}]}`,
  );
  assert.deepEqual(edits, [
    { edit: "hook", stage: "prestart", hook: { path: "/a", args: ["a", "1"], env: ["X=1"], timeout: 3 } },
    { edit: "hook", stage: "prestart", hook: { path: "/c", args: ["/c"], env: [PATH] } },
    { edit: "hook", stage: "poststop", hook: { path: "/b", args: ["/b"], env: [PATH] } },
  ]);
  assert.equal(note, `3 from ${FILE}`);
});

Deno.test("the marker among the prestart hooks means that they are there already", async () => {
  const hooks = { prestart: [{ path: "/opt/bin/container-hooks" }] };
  const plan = await ask(hooksJson, { hooks }, { files: { [FILE]: `{"poststop":[{"path":"/b"}]}` } });
  assert.equal(plan.edits, undefined);
  assert.match(plan.note!, /marker container-hooks is among the prestart hooks/);
});

Deno.test("a marker at another stage means nothing", async () => {
  const hooks = { poststop: [{ path: "/usr/bin/container-hooks" }] };
  const plan = await ask(hooksJson, { hooks }, { files: { [FILE]: `{"poststop":[{"path":"/b"}]}` } });
  assert.equal(plan.edits?.length, 1);
});

Deno.test("a file that nobody named and that is not there is no error", async () => {
  const plan = await ask(hooksJson);
  assert.match(plan.note!, /does not exist, and config.toml does not name it/);
});

Deno.test("a file that config.toml names and that is not there is an error", async () => {
  await assert.rejects(ask(hooksJson, {}, { options: { required: true } }), /does not exist/);
});

Deno.test("a timeout that Go writes as null was refused, and means absent, as at every field", async () => {
  const { edits } = await withFile(
    `{"prestart":[{"path":"/a","args":null,"env":null,"timeout":null}],"poststop":null}`,
  );
  assert.deepEqual(edits, [{
    edit: "hook",
    stage: "prestart",
    hook: { path: "/a", args: ["/a"], env: [PATH] },
  }]);
});

const OTHER_FORMATS: [of: string, text: string, says: RegExp, remedy: RegExp][] = [
  [
    "oci-add-hooks and of the older README",
    `{"hooks":{"prestart":[{"path":"/a"}]}}`,
    /hooks\.json has its stages inside "hooks"/,
    /move what is inside "hooks" up/,
  ],
  [
    "podman's hooks.d",
    `{"version":"1.0.0","hook":{"path":"/a"},"when":{"always":true},"stages":["prestart"]}`,
    /hooks\.json has one "hook" with the stages it is for/,
    /under each of its stages.*plugin new/,
  ],
  [
    "podman's hooks.d before 1.0",
    `{"hook":"/a","stage":["prestart"],"cmd":[".*"]}`,
    /hooks\.json has one "hook"/,
    /under each of its stages/,
  ],
];

for (const [of, text, says, remedy] of OTHER_FORMATS) {
  Deno.test(`the format of ${of} was an "unknown stage", without what to do`, async () => {
    await assert.rejects(withFile(text), ({ message, remedy: advice }: Error & { remedy: string }) => {
      assert.match(message, says);
      assert.match(advice, remedy);
      return true;
    });
  });
}

const WRONG: [what: string, text: string, says: RegExp][] = [
  ["an unknown stage", `{"prestrat":[]}`, /unknown stage "prestrat"/],
  ["a stage that is no array", `{"prestart":{}}`, /prestart is not an array/],
  ["an entry that is no object", `{"prestart":["/a"]}`, /prestart\[0\] is not an object/],
  ["a relative path", `{"prestart":[{"path":"a"}]}`, /prestart\[0\]\.path is not an absolute path/],
  ["a missing path", `{"poststop":[{"path":"/a"},{}]}`, /poststop\[1\]\.path is not an absolute path/],
  ["a mistyped field", `{"prestart":[{"path":"/a","timout":3}]}`, /unknown field "timout"/],
  ["args that are no texts", `{"prestart":[{"path":"/a","args":[1]}]}`, /args is not an array of strings/],
  ["a timeout of 0", `{"prestart":[{"path":"/a","timeout":0}]}`, /timeout is not a whole number/],
  [
    "a variable without a value",
    `{"poststop":[{"path":"/a","env":["NOEQ"]}]}`,
    /\/etc\S+hooks\.json: poststop\[0\]\.env has "NOEQ"/,
  ],
  [
    "a NUL in an argument",
    `{"prestart":[{"path":"/a","args":["a\\u0000b"]}]}`,
    /hooks\.json: prestart\[0\]\.args has a NUL/,
  ],
  [
    "a tunable of the loader",
    `{"prestart":[{"path":"/a","env":["GLIBC_TUNABLES=x"]}]}`,
    /prestart\[0\]\.env sets GLIBC_TUNABLES/,
  ],
  ["a broken timeout", `{"prestart":[{"path":"/a","timeout":1.5}]}`, /timeout is not a whole number/],
];

for (const [what, text, says] of WRONG) {
  Deno.test(`${what} is told with its place`, async () => {
    await assert.rejects(withFile(text), says);
  });
}
