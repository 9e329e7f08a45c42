/** Configuring docker and taking that back, on a host in memory: what is written, kept, restored and told. */
import assert from "node:assert/strict";
import { Failure } from "../../../../mod/errors.ts";
import { configureEngine, unconfigureEngine } from "../../../../mod/engines/setup/configure_engine.ts";
import { dockerControl } from "../../../../mod/engines/docker/control.ts";
import { findSite } from "../../../../mod/engines/setup/find_sites.ts";
import { readLedger } from "../../../../mod/engines/setup/ledger.ts";
import { type Dockerd, dockerHost, FILE, LAUNCHER } from "./docker_host.ts";

const ORIGINAL = '{\n\t"debug": false\n}';
const ENTRY = { name: "container-hooks", path: LAUNCHER, setAsDefault: true };
const STATE = "/var/lib/container-hooks";

const site = ({ host }: Dockerd) => findSite(host, dockerControl);
const configure = async (dockerd: Dockerd, entry = ENTRY) =>
  configureEngine(dockerd.host, await site(dockerd), entry);
const unconfigure = async (dockerd: Dockerd, name = ENTRY.name) =>
  unconfigureEngine(dockerd.host, await site(dockerd), { name, path: LAUNCHER });

const names = ({ host }: Dockerd, folder: string) =>
  host.lstat(folder) ? host.readFolder(folder).map(({ name }) => name).sort() : [];

Deno.test("configured, docker has it as its default; unconfigured, nothing is left of it", async () => {
  const dockerd = dockerHost(ORIGINAL);
  const done = await configure(dockerd);
  assert.deepEqual(done.answer, { loaded: true, isDefault: true, how: "docker info lists it" });
  assert.equal(done.by, "signal");
  assert.deepEqual([dockerd.runtimes, dockerd.default], [["container-hooks"], "container-hooks"]);
  assert.equal(dockerd.host.text(done.changes[0]!.backup!), ORIGINAL);
  assert.equal(dockerd.host.lstat(done.changes[0]!.backup!)!.mode, 0o600);
  assert.equal(dockerd.host.lstat(`${STATE}/backups`)!.mode, 0o700);

  await unconfigure(dockerd);
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
  assert.deepEqual([dockerd.running, dockerd.runtimes, dockerd.default], [true, [], "runc"]);
  assert.deepEqual(readLedger(dockerd.host), []);
  assert.deepEqual(names(dockerd, `${STATE}/backups`), []);
  assert.deepEqual(names(dockerd, "/etc/docker"), ["daemon.json"]);
});

Deno.test("a dockerd of 20.10 crashed when the default was taken out under it by a signal", async () => {
  const dockerd = dockerHost('{"runtimes":{"kata":{"path":"/opt/kata"}}}');
  await configure(dockerd);
  await unconfigure(dockerd);
  assert.deepEqual([dockerd.running, dockerd.runtimes, dockerd.default], [true, ["kata"], "runc"]);
});

Deno.test("owner and mode of the file stay", async () => {
  const dockerd = dockerHost(ORIGINAL);
  await configure(dockerd);
  const { mode, gid } = dockerd.host.lstat(FILE)!;
  assert.deepEqual([mode, gid], [0o640, 7]);
  await unconfigure(dockerd);
  assert.deepEqual([dockerd.host.lstat(FILE)!.mode, dockerd.host.lstat(FILE)!.gid], [0o640, 7]);
});

Deno.test("a file that was not there is made, with its folder, and both go again", async () => {
  const dockerd = dockerHost(undefined);
  const done = await configure(dockerd);
  assert.equal(done.changes[0]!.backup, undefined);
  assert.equal(dockerd.host.lstat(FILE)!.mode, 0o644);
  await unconfigure(dockerd);
  assert.equal(dockerd.host.lstat("/etc/docker"), undefined);
});

Deno.test("a symbolic link stays one, and the file that it leads to is changed", async () => {
  const dockerd = dockerHost(undefined);
  dockerd.host.file("/srv/daemon.json", ORIGINAL);
  dockerd.host.symlink(FILE, "/srv/daemon.json");
  const done = await configure(dockerd);
  assert.equal(done.changes[0]!.real, "/srv/daemon.json");
  assert.equal(dockerd.host.lstat(FILE)!.kind, "a symbolic link");
  assert.match(dockerd.host.text("/srv/daemon.json")!, /container-hooks/);
  await unconfigure(dockerd);
  assert.equal(dockerd.host.lstat(FILE)!.kind, "a symbolic link");
  assert.equal(dockerd.host.text("/srv/daemon.json"), ORIGINAL);
});

Deno.test("a second configure changes nothing and signals nobody", async () => {
  const dockerd = dockerHost(ORIGINAL);
  await configure(dockerd);
  const [text, signals] = [dockerd.host.text(FILE), dockerd.signals];
  assert.deepEqual((await configure(dockerd)).changes, []);
  assert.deepEqual([dockerd.host.text(FILE), dockerd.signals], [text, signals]);
});

Deno.test("made the default later, it still gives the original back", async () => {
  const dockerd = dockerHost(ORIGINAL);
  await configure(dockerd, { ...ENTRY, setAsDefault: false });
  assert.equal(dockerd.default, "runc");
  await configure(dockerd);
  assert.equal(dockerd.default, ENTRY.name);
  await unconfigure(dockerd);
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
});

Deno.test("an entry of ours with another path could neither be changed nor taken out", async () => {
  const dockerd = dockerHost(
    '{"debug":true,"runtimes":{"container-hooks":{"path":"/usr/local/bin/container-hooks-runtime"}}}',
  );
  const signals = dockerd.signals;
  await configure(dockerd, { ...ENTRY, setAsDefault: false });
  assert.match(dockerd.host.text(FILE)!, /"path":"\/usr\/bin\/container-hooks-runtime"/);
  assert.equal(dockerd.signals, signals + 1, "docker lists the name already, with the path of before");
  await configure(dockerd, { ...ENTRY, path: "/opt/launcher", setAsDefault: false });
  await configure(dockerd, { ...ENTRY, setAsDefault: false });
  await unconfigure(dockerd);
  assert.equal(dockerd.host.text(FILE), '{"debug":true}');
});

Deno.test("of two names, each goes by itself, and the last one gives the original back", async () => {
  const dockerd = dockerHost(ORIGINAL);
  await configure(dockerd);
  await configure(dockerd, { ...ENTRY, name: "second", setAsDefault: false });
  await unconfigure(dockerd);
  assert.deepEqual(dockerd.runtimes, ["second"]);
  await unconfigure(dockerd, "second");
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
});

Deno.test("where others have changed the file since, only what is ours is taken out", async () => {
  const dockerd = dockerHost(
    '{\n\t"default-runtime": "kata",\n\t"runtimes": {"kata": {"path": "/opt/kata"}}\n}',
  );
  await configure(dockerd);
  const edited = dockerd.host.text(FILE)!.replace("{\n", '{\n\t"debug": true,\n');
  dockerd.host.file(FILE, edited, { mode: 0o600 });
  await unconfigure(dockerd);
  assert.equal(
    dockerd.host.text(FILE),
    '{\n\t"debug": true,\n\t"default-runtime": "kata",\n\t"runtimes": {"kata": {"path": "/opt/kata"}}\n}',
  );
  assert.equal(dockerd.host.lstat(FILE)!.mode, 0o600);
  assert.deepEqual(readLedger(dockerd.host), []);
});

Deno.test("what others changed between two of our changes is not lost with the original", async () => {
  const dockerd = dockerHost(ORIGINAL);
  await configure(dockerd, { ...ENTRY, setAsDefault: false });
  dockerd.host.file(FILE, dockerd.host.text(FILE)!.replace("false", "true"));
  await configure(dockerd);
  await unconfigure(dockerd);
  assert.equal(dockerd.host.text(FILE), ORIGINAL.replace("false", "true"));
});

/** What waits waits no time at all. */
function impatient(): Disposable {
  const original = globalThis.setTimeout;
  globalThis.setTimeout = ((action: () => void) => original(action, 0)) as typeof setTimeout;
  return { [Symbol.dispose]: () => void (globalThis.setTimeout = original) };
}

Deno.test("an engine that does not load the new file gets the old one back", async () => {
  using _ = impatient();
  const dockerd = dockerHost(ORIGINAL);
  dockerd.accepts = false;
  await assert.rejects(
    () => configure(dockerd),
    /dockerd does not take .*docker info does not list it; its configuration is as it was/,
  );
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
  assert.equal(dockerd.host.lstat(FILE)!.mode, 0o640);
  assert.deepEqual(readLedger(dockerd.host), []);
});

Deno.test("made the default where docker does not take that, it is what it was before, and still loaded", async () => {
  using _ = impatient();
  const dockerd = dockerHost(ORIGINAL);
  await configure(dockerd, { ...ENTRY, setAsDefault: false });
  const text = dockerd.host.text(FILE);
  dockerd.accepts = false;
  await assert.rejects(() => configure(dockerd), /its configuration is as it was/);
  assert.equal(dockerd.host.text(FILE), text);
  await unconfigure(dockerd);
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
});

Deno.test("what dockerd was told by an option its file does not tell too: it would not start again", async () => {
  const dockerd = dockerHost(ORIGINAL, ["--add-runtime", "a=/b"]);
  await assert.rejects(() => configure(dockerd), /was started with --add-runtime/);
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
  assert.deepEqual(names(dockerd, "/etc/docker"), ["daemon.json"]);
});

Deno.test("without a dockerd the file is changed, and it is said that one is to start", async () => {
  const dockerd = dockerHost(ORIGINAL);
  dockerd.host.remove("/proc/42/comm");
  const { answer, by } = await configure(dockerd);
  assert.deepEqual([answer.loaded, by, dockerd.signals], [undefined, "none", 0]);
  assert.match(answer.how, /no dockerd that reads \/etc\/docker\/daemon\.json is running/);
});

Deno.test("a dockerd in a container, with files of its own, is not signalled", async () => {
  const dockerd = dockerHost(ORIGINAL);
  dockerd.host.folder("/elsewhere/etc");
  dockerd.host.symlink("/proc/42/root", "/elsewhere");
  await configure(dockerd);
  assert.equal(dockerd.signals, 0);
});

Deno.test("a file that others than root can write is not believed", async () => {
  const dockerd = dockerHost(undefined);
  dockerd.host.file(FILE, ORIGINAL, { mode: 0o666 });
  await assert.rejects(() => configure(dockerd), /daemon\.json is not trusted/);
});

Deno.test("two configures at once do not interleave", async () => {
  const dockerd = dockerHost(ORIGINAL);
  await Promise.all(
    ["a", "b", "c"].map((name) => configure(dockerd, { ...ENTRY, name, setAsDefault: false })),
  );
  assert.deepEqual(dockerd.runtimes.toSorted(), ["a", "b", "c"]);
  for (const name of ["a", "b", "c"]) await unconfigure(dockerd, name);
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
});

// ---- killed

/** Lets `action` live until its `last`th change to a file; gives back whether it died. */
async function killedAfter(dockerd: Dockerd, last: number, action: () => Promise<unknown>): Promise<boolean> {
  const changing = [
    "createNew",
    "write",
    "link",
    "rename",
    "remove",
    "chown",
    "chmod",
    "makeFolder",
    "hangUp",
  ];
  let changes = 0;
  dockerd.host.fault = (call) => {
    if (changes >= last && (changing.includes(call) || changes > last)) {
      changes = Infinity;
      throw new Error("killed");
    }
    if (changing.includes(call)) changes++;
  };
  try {
    await action();
    return false;
  } catch (error) {
    assert.ok(error instanceof Failure || /killed/.test(String(error)));
    return true;
  } finally {
    dockerd.host.fault = () => {};
  }
}

/** What is there before anything of ours: a file, or not even its folder. */
const ORIGINALS = [ORIGINAL, undefined];

for (const original of ORIGINALS) {
  const before = original === undefined ? "no file" : "a file";

  Deno.test(`killed at any step of configure on ${before}, it is whole, and the next call puts it right`, async () => {
    const whole = dockerHost(original);
    await configure(whole);
    const texts = [original, whole.host.text(FILE)];
    for (const next of [configure, unconfigure]) {
      for (let step = 0, died = true; died; step++) {
        const dockerd = dockerHost(original);
        died = await killedAfter(dockerd, step, () => configure(dockerd));
        assert.ok(texts.includes(dockerd.host.text(FILE)), `${step}: ${dockerd.host.text(FILE)}`);
        await next(dockerd);
        if (next === configure) {
          assert.equal(dockerd.host.text(FILE), texts[1], `${step}`);
          assert.equal(dockerd.default, ENTRY.name, `${step}`);
          await unconfigure(dockerd);
        }
        assertUntouched(dockerd, original, `killed after ${step}, then ${next.name}`);
      }
    }
  });

  Deno.test(`killed at any step of unconfigure to ${before}, it is whole, and the next call puts it right`, async () => {
    for (const next of [configure, unconfigure]) {
      for (let step = 0, died = true; died; step++) {
        const dockerd = dockerHost(original);
        await configure(dockerd);
        died = await killedAfter(dockerd, step, () => unconfigure(dockerd));
        assert.doesNotThrow(() => JSON.parse(dockerd.host.text(FILE) ?? "{}"), `${step}`);
        await next(dockerd);
        assert.ok(dockerd.running, `${step}`);
        if (next === configure) await unconfigure(dockerd);
        assertUntouched(dockerd, original, `killed after ${step}, then ${next.name}`);
      }
    }
  });
}

function assertUntouched(dockerd: Dockerd, original: string | undefined, when: string): void {
  assert.equal(dockerd.host.text(FILE), original, when);
  assert.deepEqual([dockerd.running, dockerd.runtimes, dockerd.default], [true, [], "runc"], when);
  assert.deepEqual(names(dockerd, "/etc/docker"), original === undefined ? [] : ["daemon.json"], when);
  if (original === undefined) assert.equal(dockerd.host.lstat("/etc/docker"), undefined, when);
  assert.deepEqual(names(dockerd, `${STATE}/backups`), [], when);
  assert.deepEqual(readLedger(dockerd.host), [], when);
}
