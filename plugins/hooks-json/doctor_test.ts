import assert from "node:assert/strict";
import { MemoryHost } from "../../tests/unit/memory_host.ts";
import { doctor } from "./doctor.ts";

const CONFIG = "/etc/container-hooks/config.toml";
const FILE = "/etc/container-hooks/hooks.json";

/** What is found with this file and this configuration, as "state: what". */
async function found(file: string | undefined, config = ""): Promise<string[]> {
  const host = new MemoryHost();
  host.file(CONFIG, config);
  host.file("/bin/sh", "\x7fELF\0", { mode: 0o755 });
  host.file("/usr/bin/there", "#!/bin/sh\n", { mode: 0o755 });
  host.file("/usr/bin/windows", "#!/bin/sh\r\n", { mode: 0o755 });
  host.file("/usr/bin/plain", "no program");
  if (file !== undefined) host.file(FILE, file);
  const findings = await doctor(host);
  for (const { state, remedy } of findings) assert.equal(remedy !== undefined, state !== "ok");
  return findings.map(({ state, what }) => `${state}: ${what}`);
}

const hooks = (...paths: string[]) => JSON.stringify({ prestart: paths.map((path) => ({ path })) });

Deno.test("a file whose programs are all there is well", async () => {
  assert.deepEqual(await found(hooks("/usr/bin/there", "/usr/bin/there")), [`ok: 2 from ${FILE}`]);
});

Deno.test("a file that nobody named need not be there, one that is named must", async () => {
  assert.match((await found(undefined))[0]!, /^ok: .* does not exist, and config.toml does not name it/);
  const [missing] = await found(undefined, '[container-hooks]\npath = "/srv/hooks.json"\n');
  assert.match(missing!, /^error: file \/srv\/hooks\.json does not exist/);
});

Deno.test("doctor said nothing of a file that is not JSON, and no container started", async () => {
  assert.match((await found("{ broken"))[0]!, /^error: .*hooks\.json is not JSON: .* at line 1/);
});

Deno.test("doctor said nothing of hooks whose programs are gone or cannot run", async () => {
  const [gone, plain, ...more] = await found(hooks("/usr/bin/gone", "/usr/bin/plain", "/usr/bin/there"));
  assert.match(gone!, /^error: prestart hook of plugin hooks-json: program \/usr\/bin\/gone does not exist/);
  assert.match(
    plain!,
    /^error: prestart hook of plugin hooks-json: program \/usr\/bin\/plain is not executable/,
  );
  assert.deepEqual(more, []);
});

Deno.test("what creates refuse of the edits is refused here too", async () => {
  const file = '{"prestart":[{"path":"/usr/bin/there","env":["no variable"]}]}';
  assert.match((await found(file))[0]!, /^error: .*hooks\.json: prestart\[0\]\.env/);
});

Deno.test("a program of the container is not looked for on the host", async () => {
  const file = '{"startContainer":[{"path":"/inside/only"}]}';
  assert.deepEqual(await found(file), [`ok: 1 from ${FILE}`]);
});

Deno.test("it is a warning where containers start all the same, and nothing where nobody asks", async () => {
  assert.match((await found("{", '[plugins.hooks-json]\non-error = "warn"\n'))[0]!, /^warning: /);
  assert.match((await found("{", '[plugins.hooks-json]\nmode = "audit"\n'))[0]!, /^warning: /);
  assert.deepEqual(await found("{", '[plugins.hooks-json]\nmode = "off"\n'), []);
});

Deno.test("the plugin's own option names the file", async () => {
  const config = '[plugins.hooks-json.options]\npath = "/srv/mine.json"\nrequired = true\n';
  assert.match((await found("{}", config))[0]!, /^error: file \/srv\/mine\.json does not exist/);
});

Deno.test("options and a configuration that are wrong are left to the checks of those", async () => {
  assert.deepEqual(await found("{", "[plugins.hooks-json.options]\npath = 3\n"), []);
  assert.deepEqual(await found("{", "[plugins\n"), []);
});

Deno.test("a script with Windows' line ends was found well, and its containers did not start", async () => {
  assert.match(
    (await found(hooks("/usr/bin/windows")))[0]!,
    /^error: prestart hook of plugin hooks-json: program \/usr\/bin\/windows has Windows' line ends/,
  );
});
