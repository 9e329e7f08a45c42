/** daemon.json before and after, as whole texts. */
import assert from "node:assert/strict";
import { dockerConfiguration, textToLetGo } from "../../../../mod/engines/docker/config.ts";
import type { FileChange } from "../../../../mod/engines/setup/engine_configuration.ts";
import { CASES, ENTRY, REFUSED } from "./docker_cases.ts";

const FILE = "/etc/docker/daemon.json";

/** What is there after the changes; undefined where they leave it as it is. */
function textAfter(changes: FileChange[]): string | undefined {
  assert.ok(changes.length <= 1);
  return changes[0]?.after;
}

const having = (text: string | undefined) => ({ text: () => text });

for (const { name, before, entry = ENTRY, after, left = before, previousDefault } of CASES) {
  Deno.test(`${name}; twice is once, and taken out it leaves what was there`, () => {
    const changes = dockerConfiguration.configure(having(before), FILE, entry);
    assert.equal(textAfter(changes), after);
    assert.deepEqual([changes[0]!.file, changes[0]!.before], [FILE, before]);
    assert.deepEqual(dockerConfiguration.configure(having(after), FILE, entry), []);
    const found = dockerConfiguration.read(having(after), FILE);
    const ours = found.runtimes.find((runtime) => runtime.name === entry.name);
    assert.equal(ours?.path, entry.path);
    assert.match(after.split("\n")[ours!.line - 1]!, /"container-hooks": *\{|"container-hooks":\{/);
    if (entry.setAsDefault) assert.equal(found.default, entry.name);
    assert.equal(
      textAfter(dockerConfiguration.unconfigure(having(after), FILE, entry, previousDefault)),
      left,
    );
  });
}

for (const { name, text, version, says } of REFUSED) {
  Deno.test(`refused: ${name}`, () => {
    const facts = { text: () => text, version };
    assert.throws(() => dockerConfiguration.configure(facts, FILE, ENTRY), says);
  });
}

Deno.test("refused: the name that docker keeps for itself", () => {
  const configure = () => dockerConfiguration.configure(having("{}"), FILE, { ...ENTRY, name: "runc" });
  assert.throws(configure, /docker keeps the name "runc" for itself/);
});

Deno.test("what has our name and another program is left where it is", () => {
  const text = '{"runtimes":{"container-hooks":{"path":"/opt/other"}},"default-runtime":"container-hooks"}';
  assert.deepEqual(dockerConfiguration.unconfigure(having(text), FILE, ENTRY), []);
});

Deno.test("nothing is made where there is no file to take ours out of", () => {
  assert.deepEqual(dockerConfiguration.unconfigure(having(undefined), FILE, ENTRY), []);
});

Deno.test("a dockerd lets go of what it has by being told what it has otherwise by itself", () => {
  assert.equal(textToLetGo('{"debug":true}', FILE), '{"debug":true,"runtimes":{},"default-runtime":"runc"}');
  const complete = '{"runtimes":{"kata":{"path":"/opt/kata"}},"default-runtime":"kata"}';
  assert.equal(textToLetGo(complete, FILE), complete);
  assert.deepEqual(JSON.parse(textToLetGo(undefined, FILE)), { "runtimes": {}, "default-runtime": "runc" });
});
