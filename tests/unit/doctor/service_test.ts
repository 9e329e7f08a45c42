import assert from "node:assert/strict";
import { checkService } from "../../../mod/doctor/service.ts";
import type { ServiceStatus } from "../../../mod/serve/status.ts";
import type { JournalEntry } from "../../../mod/state/journal.ts";
import { MemoryHost } from "../memory_host.ts";
import { programWith } from "../program.ts";

const SYSTEMCTL = "/usr/bin/systemctl";
const FOLDER = "/run/container-hooks/service";
const program = programWith();

const STATUS: ServiceStatus = {
  pid: 77,
  program: program.file,
  version: program.version,
  since: 0,
  memory: 1,
  placesTaken: 0,
  isolates: 0,
  tooOften: [],
  warm: 3,
  refused: 1,
  cold: {},
};

/** A host whose service says this about itself. */
function served(more: Partial<ServiceStatus> = {}): MemoryHost {
  const host = new MemoryHost();
  host.folder("/proc/77");
  host.file(`${FOLDER}/now`, "1 a 256 /p\n", { mode: 0o600 });
  host.file(`${FOLDER}/status`, JSON.stringify({ ...STATUS, ...more }), { mode: 0o600 });
  return host;
}

/** A host with the unit, and what systemd says of it. */
function withUnit(load: string, active: string, file: string): MemoryHost {
  const host = new MemoryHost();
  host.folder("/run/systemd/system");
  host.file("/etc/systemd/system/container-hooks.service", "");
  host.file(SYSTEMCTL, "", { mode: 0o755 });
  const said = `LoadState=${load}\nActiveState=${active}\nUnitFileState=${file}\n`;
  host.programs[SYSTEMCTL] = () => ({ stdout: new TextEncoder().encode(said) });
  return host;
}

const all = (findings: Awaited<ReturnType<typeof checkService>>) =>
  findings.map(({ state, what, remedy }) => [state, what, remedy ?? ""].join(" | ")).join("\n");

Deno.test("no service is a note with the command, and no error", async () => {
  assert.match(
    all(await checkService(new MemoryHost(), program)),
    /^ok \| does not run: .*container-hooks serve/,
  );
  const host = new MemoryHost();
  host.folder("/run/systemd/system");
  assert.match(all(await checkService(host, program)), /^ok \| .*container-hooks install --service/);
});

const UNITS: [load: string, active: string, file: string, said: RegExp][] = [
  ["masked", "inactive", "masked", /^warning \| .* is masked \| systemctl unmask container-hooks[.]service$/],
  ["loaded", "failed", "enabled", /^warning \| .* fails at its start \| journalctl -u/],
  ["loaded", "activating", "enabled", /^warning \| .* fails at its start/],
  ["loaded", "inactive", "disabled", /^ok \| .* is disabled; `systemctl enable --now/],
  ["loaded", "inactive", "enabled", /^warning \| .* there and enabled \| systemctl enable --now/],
];

for (const [load, active, file, said] of UNITS) {
  Deno.test(`a unit that is ${load}, ${active} and ${file} is told`, async () => {
    assert.match(all(await checkService(withUnit(load, active, file), program)), said);
  });
}

Deno.test("a service that runs tells its version, since when, and whom it sent away", async () => {
  const host = served({ cold: { "it is in another namespace": 2 } });
  assert.match(
    all(await checkService(host, program)),
    /^ok \| runs, pid 77, version .*, since 1970-.*planned 3 and refused 1, and sent away 2: it is in another namespace/,
  );
});

for (const [version, word] of [["0.0.0", "older"], ["99.0.0", "newer"]] as const) {
  Deno.test(`a service that is ${word} than what is installed is told with what to do`, async () => {
    const said = all(await checkService(served({ version }), program));
    assert.match(said, new RegExp(`^warning \\| .* which is ${word} than .* \\| kill 77`));
  });
}

Deno.test("a plugin that ended the service is named", async () => {
  assert.match(
    all(await checkService(served({ tooOften: ["greedy"] }), program)),
    /^warning \| plugin greedy has ended/,
  );
});

Deno.test("a host that the configuration keeps cold says so", async () => {
  const host = served({ keptCold: "the configuration has service = false" });
  assert.match(
    all(await checkService(host, program)),
    /^ok \| .* sends everybody away: the configuration has/,
  );
});

Deno.test("a service in another namespace is named with the kind", async () => {
  const host = served();
  host.symlink("/proc/77/ns/mnt", "mnt:[2]");
  host.symlink("/proc/self/ns/mnt", "mnt:[1]");
  assert.match(
    all(await checkService(host, program)),
    /warning \| it is in other namespaces than this shell \(mnt\)/,
  );
});

Deno.test("a domain of SELinux that keeps the service from seeing launchers is named", async () => {
  const host = served({ cold: { "it does not hold its place": 5 } });
  host.file("/sys/fs/selinux/enforce", "1");
  host.file("/proc/77/attr/current", "system_u:system_r:unconfined_service_t:s0\0");
  assert.match(
    all(await checkService(host, program)),
    /warning \| SELinux keeps it, in the domain unconfined_service_t, .* 5 were sent away \| ausearch/,
  );
});

Deno.test("creates on record are counted by who planned them", async () => {
  const host = served();
  const entry = (token: string, planned: JournalEntry["planned"]) =>
    host.file(
      `/run/container-hooks/journal/${token}.json`,
      JSON.stringify({ format: 1, token, created: 1, plugins: [], planned }),
      { mode: 0o600 },
    );
  entry("a", { warm: true });
  entry("b", { warm: true });
  entry("c", { warm: false, why: "no service runs" });
  entry("d", undefined);
  assert.match(all(await checkService(host, program)), /on record 2 were warm, and cold 1: no service runs/);
});
