/** `explain --bundle` and `--config`: what a create would do, told by what the create itself calls. */
import assert from "node:assert/strict";
import { setEnv } from "container-hooks/plugin";
import { explain, type Flags } from "../../../mod/cli/explain/explain.ts";
import type { ProgramContext } from "../../../mod/cli/program_context.ts";
import { BUNDLE, CONFIG, type Decided, hostFor, namesIn, ORIGINAL, programOf } from "../plan/create_host.ts";

const SECRET = "hunter2";
const PLUGINS: Record<string, Decided> = {
  a: { plan: () => ({ edits: [setEnv("B", SECRET)], note: "because" }), on: { poststop() {} } },
};
const DENYING: Record<string, Decided> = { z: { gate: true, plan: () => ({ deny: ["not here"] }) } };

async function before(flags: Partial<Flags>, plugins = PLUGINS, word?: string) {
  const host = hostFor(Object.keys(plugins));
  host.file("/bin/runc", "", { mode: 0o755 });
  host.file("/p", "program", { mode: 0o755 });
  host.file("/home/a/there.ts", "");
  host.file("/home/a/copy.json", ORIGINAL, { uid: 1000, mode: 0o644 });
  host.variables.PATH = "/usr/bin";
  host.programs["/usr/bin/runc"] = () => ({ status: 0, stdout: new TextEncoder().encode("{}") });
  let text = "";
  host.stdout = (more: string) => void (text += more);
  const process: { exitCode?: number } = {};
  const context = { host, program: programOf(plugins), process } as unknown as ProgramContext;
  await explain.call(context, {
    json: false,
    values: false,
    failed: false,
    quiet: false,
    limit: 50,
    ...flags,
  }, word);
  return { text, host, status: process.exitCode ?? 0 };
}

Deno.test("what would be edited is told, by which plugin and why, and nothing is done", async () => {
  const { text, host, status } = await before({ bundle: BUNDLE });
  assert.match(text, /^outcome +config\.json would be edited$/m);
  assert.match(text, /^plugin a 1\.0\.0 \(asked\)\n[^]*why +because\n +env +B=\(hidden/m);
  assert.match(text, /handlers at poststop/);
  assert.equal(status, 0);
  assert.equal(host.text(CONFIG), ORIGINAL);
  assert.deepEqual(namesIn(host, BUNDLE), ["config.json"]);
  assert.deepEqual(namesIn(host, "/run/container-hooks/journal"), []);
  assert.deepEqual(namesIn(host, "/run/container-hooks/start"), []);
});

Deno.test("values of variables, and the difference to config.json, are shown where they are asked for", async () => {
  assert.ok(!(await before({ bundle: BUNDLE })).text.includes(SECRET));
  assert.ok(!(await before({ bundle: BUNDLE, json: true })).text.includes(SECRET));
  assert.match((await before({ bundle: BUNDLE, values: true })).text, /^\+.*"B=hunter2"/m);
  assert.equal(
    JSON.parse((await before({ bundle: BUNDLE, values: true, json: true })).text).before,
    ORIGINAL,
  );
});

Deno.test("that it would be refused is told with the reason, and the status is 1", async () => {
  const { text, status } = await before({ bundle: BUNDLE }, DENYING);
  assert.match(text, /^outcome +would be refused: .*z.*not here/m);
  assert.match(text, /^plugin z 1\.0\.0 \(denied\)/m);
  assert.equal(status, 1);
});

Deno.test("a file of anybody's is looked at as what it says", async () => {
  const { text } = await before({ config: "/home/a/copy.json" });
  assert.match(text, /^config\.json +\/home\/a\/copy\.json\n[^]*would be edited/m);
});

const wrong: [string, Partial<Flags>, RegExp, word?: string][] = [
  ["a bundle that is not there", { bundle: "/nope" }, /bundle \/nope does not exist/],
  ["a bundle that is a file", { bundle: CONFIG }, /is not a folder/],
  ["a file that is not there", { config: "/nope" }, /config\.json \/nope does not exist/],
  ["both", { config: CONFIG, bundle: BUNDLE }, /--bundle and --config are one or the other/],
  ["a container beside it", { bundle: BUNDLE }, /take no CONTAINER/, "web"],
];

for (const [what, flags, message, word] of wrong) {
  Deno.test(`${what} is refused with a sentence`, async () => {
    await assert.rejects(before(flags, PLUGINS, word), { message });
  });
}

Deno.test("a container is recorded for tests, without the values of its variables", async () => {
  const { host, text } = await before({ record: "/home/a/web.ts", bundle: BUNDLE });
  const written = host.text("/home/a/web.ts") ?? "";
  assert.match(text, /^\/home\/a\/web\.ts is container \S+ of engine none for tests of plugins\n/);
  assert.match(written, /^ {2}runtime: "runc",$/m);
  assert.match(written, /^import type \{ ContainerFields \} from "container-hooks\/testing";\n/);
  for (const variable of JSON.parse(ORIGINAL).process.env ?? []) {
    if (!/^(PATH|HOME|TERM)=/.test(variable)) assert.ok(!written.includes(variable), variable);
  }
  assert.equal(host.text(CONFIG), ORIGINAL);
});

for (
  const [what, flags, says] of [
    ["a file that is no TypeScript", { record: "/home/a/web.json", bundle: BUNDLE }, /does not end in \.ts/],
    ["a file that is there", { record: "/home/a/there.ts", bundle: BUNDLE }, /is there already/],
    ["no container", { record: "/home/a/web.ts" }, /takes one of CONTAINER, --bundle and --config/],
    [
      "a container that does not run",
      { record: "/home/a/web.ts", word: "zork" },
      /no container "zork" runs here/,
    ],
  ] as [string, Partial<Flags> & { word?: string }, RegExp][]
) {
  Deno.test(`--record refuses ${what}, and writes nothing`, async () => {
    const { word, ...others } = flags;
    await assert.rejects(before(others, PLUGINS, word), says);
  });
}
