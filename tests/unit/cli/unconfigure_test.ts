/** What `runtime unconfigure` does where containers have the name of our runtime, on a host in memory. */
import assert from "node:assert/strict";
import { configure, unconfigure } from "../../../mod/cli/runtime/runtime.ts";
import { status } from "../../../mod/cli/runtime/status.ts";
import { launcherText } from "../../../mod/wrapper/launcher_text.ts";
import { type Dockerd, dockerHost, FILE, LAUNCHER } from "../engines/setup/docker_host.ts";
import { call, FLAGS, ORIGINAL } from "./runtime_calls.ts";

const ALL = { ...FLAGS, all: true };
const WEB = "a".repeat(64), OTHER = "b".repeat(64);

/** A docker with a container that was made through us, whether or not it runs, and one that was not. */
async function dockerWithContainers(args: string[] = [], root = "/var/lib/docker"): Promise<Dockerd> {
  const dockerd = dockerHost(ORIGINAL, args);
  const { host } = dockerd;
  host.file(
    LAUNCHER,
    launcherText({ program: "/usr/bin/container-hooks", runtime: "/usr/sbin/runc", version: "1" }),
    {
      mode: 0o755,
    },
  );
  host.file("/usr/sbin/runc", "", { mode: 0o755 });
  putContainer(dockerd, root, WEB, "web", "container-hooks");
  putContainer(dockerd, root, OTHER, "other", "runc");
  await call(dockerd, configure, { ...ALL, setAsDefault: true });
  return dockerd;
}

function putContainer({ host }: Dockerd, root: string, id: string, name: string, runtime: string): void {
  const folder = `${root}/containers/${id}`;
  host.file(`${folder}/hostconfig.json`, JSON.stringify({ Runtime: runtime }), { mode: 0o600 });
  host.file(`${folder}/config.v2.json`, JSON.stringify({ ID: id, Name: `/${name}` }), { mode: 0o600 });
}

Deno.test("unconfigure stranded containers in silence: it names them, and changes nothing", async () => {
  const dockerd = await dockerWithContainers();
  const before = dockerd.host.text(FILE);
  const { status, err } = await call(dockerd, unconfigure, ALL);
  assert.equal(status, 1);
  assert.match(
    err,
    /^container-hooks: docker has 1 container with the runtime container-hooks, "web \(aaaaaaaaaaaa\)": without that name docker cannot start them again.*--keep-name leaves a runtime of that name which is \/usr\/sbin\/runc itself/,
  );
  assert.equal(dockerd.host.text(FILE), before);
  assert.ok(dockerd.runtimes.includes("container-hooks"));
});

Deno.test("--dry-run and the overview say that it would be refused", async () => {
  const dockerd = await dockerWithContainers();
  for (const flags of [{ ...ALL, dryRun: true }, FLAGS]) {
    const { out, status } = await call(dockerd, unconfigure, flags);
    assert.match(out, /^ {2}would be refused: docker has 1 container .*web/m);
    assert.match(out, /^-.*container-hooks/m, "the diff is shown all the same");
    assert.equal(status, 0);
  }
});

Deno.test("--force takes the name out all the same, and says later who still has it", async () => {
  const dockerd = await dockerWithContainers();
  const { status } = await call(dockerd, unconfigure, { ...ALL, force: true });
  assert.equal(status, 0);
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
  const again = await call(dockerd, unconfigure, ALL);
  assert.equal(again.status, 0, again.err);
  assert.match(
    again.out,
    /1 containers still have that name, web \(aaaaaaaaaaaa\): --keep-name gives it back/,
  );
});

Deno.test("--keep-name leaves an entry that is the runtime itself, not the default; later it goes to the byte", async () => {
  const dockerd = await dockerWithContainers();
  const kept = await call(dockerd, unconfigure, { ...ALL, keepName: true });
  assert.equal(kept.status, 0, kept.err);
  const config = JSON.parse(dockerd.host.text(FILE)!);
  assert.deepEqual(config.runtimes, { "container-hooks": { path: "/usr/sbin/runc" } });
  assert.equal(config["default-runtime"], undefined);
  assert.deepEqual([dockerd.default, dockerd.runtimes], ["runc", ["container-hooks"]]);
  assert.match(kept.out, /container-hooks: told by a signal; loaded, not the default/);
  const { out } = await call(dockerd, status, FLAGS);
  assert.match(out, /kept for containers that have the name, and \/usr\/sbin\/runc itself/);

  dockerd.host.remove(`/var/lib/docker/containers/${WEB}/hostconfig.json`);
  const gone = await call(dockerd, unconfigure, ALL);
  assert.equal(gone.status, 0, gone.err);
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
});

Deno.test("configure after --keep-name puts us back in front of the runtime", async () => {
  const dockerd = await dockerWithContainers();
  await call(dockerd, unconfigure, { ...ALL, keepName: true });
  const { status, err } = await call(dockerd, configure, ALL);
  assert.equal(status, 0, err);
  assert.equal(JSON.parse(dockerd.host.text(FILE)!).runtimes["container-hooks"].path, LAUNCHER);
});

Deno.test("where docker keeps its containers is an option's, then its file's to say, with a folder for each mapping", async () => {
  const byOption = await dockerWithContainers(["--data-root", "/srv/docker"], "/srv/docker");
  assert.equal((await call(byOption, unconfigure, ALL)).status, 1);
  const mapped = await dockerWithContainers([], "/var/lib/docker/100000.100000");
  assert.equal((await call(mapped, unconfigure, ALL)).status, 1);
});

Deno.test("unconfigure ended with 0 while the engine went on with us as its default", async () => {
  const dockerd = dockerHost(ORIGINAL);
  await call(dockerd, configure, { ...ALL, setAsDefault: true });
  // There is no systemd that could restart it.
  const { status, err } = await call(dockerd, unconfigure, { ...ALL, restart: "systemd" as const });
  assert.equal(status, 1);
  assert.match(err, /docker goes on with container-hooks: docker info lists it; restart docker/);
  assert.equal(dockerd.host.text(FILE), ORIGINAL);
});

Deno.test("unconfigure ended with 0 while what the engine reads still made us the default", async () => {
  const dockerd = dockerHost('{ "default-runtime": "container-hooks" }', [
    ...["--add-runtime", "container-hooks=/usr/bin/container-hooks-runtime"],
  ]);
  const { status, err } = await call(dockerd, unconfigure, { ...ALL, restart: "none" as const });
  assert.equal(status, 1);
  assert.match(err, /what docker reads still makes container-hooks the default/);
});
