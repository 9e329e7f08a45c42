/** The record of engine configurations, where it is not what we wrote, and where somebody else has it. */
import assert from "node:assert/strict";
import { Ledger, readLedger } from "../../../../mod/engines/setup/ledger.ts";
import { MemoryHost } from "../../memory_host.ts";

const FOLDER = "/var/lib/container-hooks";
const CONFIGURED = {
  engine: "docker",
  file: "/etc/docker/daemon.json",
  entries: [{ name: "container-hooks", path: "/usr/bin/container-hooks-runtime" }],
  files: [{ file: "/etc/docker/daemon.json", original: "absent", ours: ["a".repeat(64)], folders: ["/etc"] }],
};

function hostWith(record: unknown): MemoryHost {
  const host = new MemoryHost();
  host.file(`${FOLDER}/engines.json`, JSON.stringify(record), { mode: 0o600 });
  return host;
}

Deno.test("what we wrote is read back", () => {
  const record = { version: 1, configurations: [CONFIGURED] };
  assert.deepEqual(readLedger(hostWith(record)), [CONFIGURED]);
});

const [file] = CONFIGURED.files;
const BROKEN: [what: string, record: unknown][] = [
  ["no configurations", { version: 1 }],
  ["another version", { version: 2, configurations: [] }],
  ["a configuration without files", { version: 1, configurations: [{ ...CONFIGURED, files: undefined }] }],
  ["a file that is not a path", { version: 1, configurations: [{ ...CONFIGURED, file: "daemon.json" }] }],
  ["an entry without a path", { version: 1, configurations: [{ ...CONFIGURED, entries: [{ name: "a" }] }] }],
  [
    "a backup whose name is a path",
    {
      version: 1,
      configurations: [{
        ...CONFIGURED,
        files: [{ ...file, original: { sha256: "../../etc/shadow", uid: 0, gid: 0, mode: 0 } }],
      }],
    },
  ],
  ["a list", []],
];

for (const [what, record] of BROKEN) {
  Deno.test(`a record with ${what} was a defect of ours, and is one of the record`, () => {
    assert.throws(() => readLedger(hostWith(record)), {
      code: "engine-record",
      message:
        /engines\.json, cannot be understood: .*; move it away; `container-hooks runtime unconfigure --all`/,
    });
  });
}

Deno.test("waiting for somebody else's change was silent", async () => {
  const original = globalThis.setTimeout;
  const patience: number[] = [];
  // Whoever waits has lost his patience at once.
  globalThis.setTimeout = ((action: () => void, milliseconds: number) => {
    patience.push(milliseconds);
    action();
  }) as typeof setTimeout;
  try {
    const host = hostWith({ version: 1, configurations: [] });
    await Ledger.locked(host, () => Promise.resolve());
    assert.deepEqual(patience, [1000]);
    assert.match(
      host.err,
      /waiting for another configure or unconfigure to end, which holds .*engines\.lock\n$/,
    );
  } finally {
    globalThis.setTimeout = original;
  }
});
