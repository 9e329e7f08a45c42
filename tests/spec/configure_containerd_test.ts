/** `container-hooks runtime` on a real containerd, which reads its file when it starts. */
import assert from "node:assert/strict";
import { Daemon } from "../harness/engines.ts";
import { install } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { mustRun, run } from "../harness/run.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

specTest(
  "containerd: configured, one that is started again has it; unconfigured, not a byte is left",
  ["root", "runc", "containerd"],
  async ({ form, work }) => {
    const installed = await install(form, work);
    const file = work.file("containerd.toml", ORIGINAL(work));
    const ours = (verb: string, ...args: string[]) =>
      installed.command(["runtime", verb, "--runtime", "containerd", "--config", file, ...args]);
    const before = Deno.readTextFileSync(file);
    {
      await using _ = await startContainerd(work, file);
      const configured = await ours(
        "configure",
        "--path",
        installed.runtime,
        "--set-as-default",
        "--restart",
        "none",
      );
      assert.equal(configured.status, 0, configured.stderr);
      assert.match(configured.stdout, /has not read its files as they are: .*\)\n {2}restart containerd/);
    }
    const dump = await mustRun(["containerd", "--config", file, "config", "dump"]);
    // 2.0 and later print other quotation marks.
    const said = dump.stdout.replaceAll("'", '"');
    assert.match(said, /default_runtime_name = "container-hooks"/);
    assert.ok(said.includes(`BinaryName = "${installed.runtime}"`), "the shim is told to call us");
    assert.match(said, /NoPivotRoot = true/, "runc's own options stay");

    await using _ = await startContainerd(work, file);
    const status = await ours("status", "--json");
    assert.equal(status.status, 0, status.stdout);
    assert.deepEqual(JSON.parse(status.stdout).map((one: { loaded: boolean }) => one.loaded), [true]);

    const unconfigured = await ours("unconfigure", "--restart", "none");
    assert.equal(unconfigured.status, 0, unconfigured.stderr);
    assert.equal(Deno.readTextFileSync(file), before);
    assert.throws(
      () => Deno.statSync(`${work.path}/conf.d`),
      Deno.errors.NotFound,
      "2.0 and later: our drop-in",
    );
  },
  "files",
);

specTest(
  "containerd: an entry that a file which is imported hides was called configured",
  ["root", "runc", "containerd"],
  async ({ form, work }) => {
    const installed = await install(form, work);
    const table = '[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "pause"\n';
    work.file("conf.d.more/1.toml", `version = 2\n${table}`);
    const text = `version = 2\nimports = ["${work.path}/conf.*/*.toml"]\n`;
    const file = work.file("containerd.toml", text);
    const flags = ["--runtime", "containerd", "--config", file, "--path", installed.runtime];
    const configured = await installed.command(["runtime", "configure", ...flags]);
    const dump = await mustRun(["containerd", "--config", file, "config", "dump"]);
    const isThere = /runtimes\.['"]?container-hooks/.test(dump.stdout);
    // 2.0 and later add what files say to each other.
    assert.equal(configured.status === 0, isThere, configured.stderr);
    if (isThere) return;
    assert.match(configured.stderr, /containerd config dump does not show container-hooks then/);
    assert.equal(Deno.readTextFileSync(file), text);
  },
  "files",
);

specTest(
  "containerd: a file that it refuses was edited without a word",
  ["root", "runc", "containerd"],
  async ({ form, work }) => {
    const installed = await install(form, work);
    const file = work.file("containerd.toml", "root = 5\n");
    const flags = ["--runtime", "containerd", "--config", file, "--path", installed.runtime];
    const configured = await installed.command(["runtime", "configure", ...flags]);
    assert.equal(configured.status, 1);
    assert.match(
      configured.stderr,
      /containerd fails with the configuration that it has now: .*; mend that first/,
    );
    assert.equal(Deno.readTextFileSync(file), "root = 5\n");
  },
  "files",
);

/** As an administrator may have it: a comment, a runc entry with an option, odd indentation. */
const ORIGINAL = (work: WorkFolder) =>
  `# ours
version = 2
root = "${work.folder("containerd")}"
state = "${work.folder("containerd-run")}"
[grpc]
  address = "${work.path}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
   disable_apparmor = true # a sandbox
   [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
     runtime_type = "io.containerd.runc.v2"
     [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
       NoPivotRoot = true
`;

/** A containerd that reads the file as it is now. */
async function startContainerd(work: WorkFolder, file: string): Promise<AsyncDisposable> {
  const daemon = new Daemon(work, "containerd", {}, ["--config", file, "--log-level", "warn"]);
  await daemon.ready(() => run(["ctr", "--address", `${work.path}/containerd.sock`, "version"]));
  return { [Symbol.asyncDispose]: () => daemon.stop() };
}
