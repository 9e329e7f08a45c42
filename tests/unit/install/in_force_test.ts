import assert from "node:assert/strict";
import { watchInstalled } from "../../../mod/install/in_force.ts";
import { RECORD } from "../../../mod/install/places.ts";
import type { InstallRecord } from "../../../mod/install/record.ts";
import { MemoryHost } from "../memory_host.ts";

const PREFIX = "/usr/libexec/container-hooks";
const [ONE, TWO] = [`${PREFIX}/one`, `${PREFIX}/two`];

/** Puts the record of an installation in place, as a new file, which has both versions. */
function install(host: MemoryHost, program: string, more: Partial<InstallRecord> = {}): void {
  const items = [ONE, TWO].map((path) => ({ kind: "version" as const, path, mode: 0o755, sha256: "a" }));
  const record: InstallRecord = { format: 1, state: "whole", version: "1.0.0", program, items, ...more };
  host.file(RECORD, JSON.stringify(record), { mode: 0o600 });
}

function hostWith(...versions: string[]): MemoryHost {
  const host = new MemoryHost();
  for (const version of versions) host.file(`${version}/container-hooks`, "program", { mode: 0o755 });
  return host;
}

Deno.test("another version that is installed is the one that goes on, and this one again after a downgrade", () => {
  const host = hostWith(ONE, TWO);
  install(host, ONE);
  const inForce = watchInstalled(host, `${ONE}/container-hooks`);
  assert.equal(inForce(), undefined);
  install(host, TWO);
  assert.equal(inForce(), `${TWO}/container-hooks`);
  assert.equal(inForce(), `${TWO}/container-hooks`, "asked again");
  install(host, ONE);
  assert.equal(inForce(), undefined);
});

Deno.test("while an installing is at work nobody goes on", () => {
  const host = hostWith(ONE, TWO);
  install(host, TWO, { state: "changing" });
  const inForce = watchInstalled(host, `${ONE}/container-hooks`);
  assert.equal(inForce(), undefined);
  install(host, TWO);
  assert.equal(inForce(), `${TWO}/container-hooks`);
});

Deno.test("a program that was never installed goes on, whatever is", () => {
  const host = hostWith(ONE, TWO);
  install(host, TWO);
  assert.equal(watchInstalled(host, "/root/container-hooks")(), undefined);
});

const WRONG: [what: string, spoil: (host: MemoryHost) => void][] = [
  ["a record that is gone", (host) => void host.remove(RECORD)],
  ["a record that is cut short", (host) => host.file(RECORD, '{"format":1', { mode: 0o600 })],
  ["a record that others can write", (host) => host.chmod(RECORD, 0o666)],
  ["a record of a format to come", (host) => host.file(RECORD, '{"format":2}', { mode: 0o600 })],
  ["a program that is gone", (host) => void host.remove(`${TWO}/container-hooks`)],
  ["a program that others can write", (host) => host.chmod(`${TWO}/container-hooks`, 0o777)],
];

for (const [what, spoil] of WRONG) {
  Deno.test(`by ${what} no service becomes another program`, () => {
    const host = hostWith(ONE, TWO);
    install(host, TWO);
    spoil(host);
    assert.equal(watchInstalled(host, `${ONE}/container-hooks`)(), undefined);
  });
}
