import assert from "node:assert/strict";
import type { Finding } from "../../../mod/cli/kit/finding.ts";
import { sha256 } from "../../../mod/core/sha256.ts";
import { VERSION } from "../../../mod/core/version.ts";
import { checkDamage } from "../../../mod/doctor/damage.ts";
import { checkEngineRecords } from "../../../mod/doctor/engine_records.ts";
import { knownInstallation } from "../../../mod/doctor/installation.ts";
import { checkInstallation } from "../../../mod/doctor/launchers.ts";
import { type InstalledItem, writeRecord } from "../../../mod/install/record.ts";
import { launcherText } from "../../../mod/wrapper/launcher_text.ts";
import { MemoryHost } from "../memory_host.ts";

const RECORD = "/var/lib/container-hooks/install.json";
const FOLDER = "/usr/libexec/container-hooks/1";
const PROGRAM = `${FOLDER}/container-hooks`;
const LAUNCHER = "/usr/bin/container-hooks-runtime";
const CTK = "/usr/bin/container-hooks-ctk";
const MANUAL = "/usr/share/man/man8/container-hooks.8";
const CONFIG = "/etc/container-hooks/config.toml";

function told(findings: readonly Finding[]): string[] {
  return findings.map(({ state, what, remedy }) => `${state}: ${what}${remedy ? ` -> ${remedy}` : ""}`);
}

/** A host on which the portable form was installed. */
async function installed(): Promise<MemoryHost> {
  const host = new MemoryHost();
  const module = "export const one = 1;\n";
  const list = JSON.stringify([{ name: "main.js", size: module.length, sha256: await sha256(module) }]);
  const program = `#!/bin/sh\n# container-hooks ${VERSION}, portable form\nfiles='${list}'\n`;
  const launcher = launcherText({ program: PROGRAM, runtime: "/usr/bin/runc", version: VERSION });
  host.file(PROGRAM, program, { mode: 0o755 });
  host.file(`${FOLDER}/main.js`, module);
  host.file(LAUNCHER, launcher, { mode: 0o755 });
  host.file(MANUAL, "manual");
  host.file(CONFIG, "default");
  host.file("/usr/bin/runc", "runc", { mode: 0o755 });
  host.symlink(CTK, PROGRAM);
  host.folder("/var/lib/container-hooks", { mode: 0o700 });
  const file = async (path: string, text: string, mode: number, more = {}): Promise<InstalledItem> => ({
    kind: "file",
    path,
    mode,
    sha256: await sha256(text),
    ...more,
  });
  writeRecord(host, {
    format: 1,
    state: "whole",
    version: VERSION,
    program: FOLDER,
    items: [
      { kind: "version", path: FOLDER, mode: 0o755, sha256: await sha256(program) },
      await file(CONFIG, "default", 0o644),
      await file(MANUAL, "manual", 0o644),
      await file(LAUNCHER, launcher, 0o755, { runtime: "/usr/bin/runc" }),
      { kind: "link", path: CTK, target: PROGRAM },
    ],
  });
  return host;
}

Deno.test("an installation that is as it was made is well, and its configuration is the administrator's", async () => {
  const host = await installed();
  host.file(CONFIG, "[container-hooks]\n");
  assert.deepEqual(told(await checkDamage(host)), []);
});

const DAMAGES: [what: string, damage: (host: MemoryHost) => void, says: RegExp[]][] = [
  [
    "a launcher's text that was altered",
    (host) => host.file(LAUNCHER, `${host.text(LAUNCHER)}# more\n`, { mode: 0o755 }),
    [/^error: \/usr\/bin\/container-hooks-runtime was changed since it was installed -> container-hooks install$/],
  ],
  [
    "a module that was altered",
    (host) => host.file(`${FOLDER}/main.js`, "export const one = 2;\n"),
    [/^error: .*\/1\/main\.js was changed since it was installed, or is gone -> container-hooks install$/],
  ],
  ["a module that is gone", (host) => host.remove(`${FOLDER}/main.js`), [
    /^error: .*\/1\/main\.js was changed/,
  ]],
  [
    "a program that was altered",
    (host) => host.file(PROGRAM, "#!/bin/sh\n", { mode: 0o755 }),
    [/^error: .*\/1\/container-hooks was changed/],
  ],
  [
    "a link that leads elsewhere",
    (host) => {
      host.remove(CTK);
      host.symlink(CTK, "/gone");
    },
    [/^warning: \/usr\/bin\/container-hooks-ctk was changed .* -> container-hooks install$/],
  ],
  ["a manual page that is gone", (host) => host.remove(MANUAL), [
    /^warning: .*container-hooks\.8 is gone -> /,
  ]],
  ["a launcher that is gone, which another check tells", (host) => host.remove(LAUNCHER), []],
];

for (const [what, damage, says] of DAMAGES) {
  Deno.test(`doctor was silent about ${what}`, async () => {
    const host = await installed();
    damage(host);
    const findings = told(await checkDamage(host));
    assert.equal(findings.length, says.length, findings.join("\n"));
    for (const [index, words] of says.entries()) assert.match(findings[index]!, words);
  });
}

Deno.test("what only root can read was a defect of ours for everybody else, six times", async () => {
  const host = await installed();
  host.user = 1000;
  const { record, trouble } = knownInstallation(host);
  assert.equal(record, undefined);
  assert.match(told([trouble!])[0]!, /^ok: .*install\.json is for root to read; sudo container-hooks doctor/);
  const lines = told(checkInstallation(host));
  assert.equal(lines.filter((line) => line.includes("install.json")).length, 1);
  assert.ok(lines.some((line) => line.startsWith("ok: stands in front of /usr/bin/runc")), lines.join("\n"));
  assert.deepEqual(await checkDamage(host), []);
});

Deno.test("a record that cannot be understood is told once, and launchers are looked at all the same", async () => {
  const host = await installed();
  host.file(RECORD, "{ broken", { mode: 0o600 });
  const lines = told(checkInstallation(host));
  assert.equal(lines.filter((line) => line.includes("install.json")).length, 1, lines.join("\n"));
  assert.match(lines[0]!, /^error: .*install\.json/);
  assert.match(lines[1]!, /^ok: stands in front of/);
  assert.deepEqual(await checkDamage(host), []);
});

Deno.test("a launcher whose runtime is gone was to be mended by a key that launchers do not read", async () => {
  const host = await installed();
  host.remove("/usr/bin/runc");
  assert.deepEqual(
    told(checkInstallation(host)).at(-1),
    "error: its OCI runtime is gone: /usr/bin/runc does not exist -> install /usr/bin/runc again, or give it " +
      "up: container-hooks uninstall, then container-hooks install",
  );
});

Deno.test("doctor was silent about a record of the engines that stops configure and uninstall", () => {
  const host = new MemoryHost();
  assert.deepEqual(checkEngineRecords(host), []);
  host.file("/var/lib/container-hooks/engines.json", "{", { mode: 0o600 });
  assert.match(
    told(checkEngineRecords(host))[0]!,
    /^error: .*engines\.json, cannot be understood: .* -> move it away/,
  );
});
