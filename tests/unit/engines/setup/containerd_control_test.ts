/** How containerd is asked, with a stand-in for its program. */
import assert from "node:assert/strict";
import { firstDifference } from "../../../../mod/engines/containerd/compare_dumps.ts";
import { configureEngine, unconfigureEngine } from "../../../../mod/engines/setup/configure_engine.ts";
import { containerdControl } from "../../../../mod/engines/containerd/control.ts";
import type { Site } from "../../../../mod/engines/setup/engine_control.ts";
import { findSite } from "../../../../mod/engines/setup/find_sites.ts";
import type { MemoryHost } from "../../memory_host.ts";
import { hostWith, PID } from "./engine_host.ts";
import { putProcess } from "./processes.ts";

const ENTRY = { name: "container-hooks", path: "/usr/bin/hooks", setAsDefault: true };
const FILE = "/etc/containerd/config.toml";

const siteOf = (host: MemoryHost) => findSite(host, containerdControl);

/** What containerd prints of a file without anything of ours. */
const BARE = '[plugins."io.containerd.cri.v1.runtime".containerd.runtimes]\n';

/** What containerd prints once it has our runtime as the default. */
const DUMP = `[plugins."io.containerd.cri.v1.runtime".containerd]
default_runtime_name = "container-hooks"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.container-hooks]
runtime_type = "io.containerd.runc.v2"
`;

Deno.test("a change after which containerd would read anything else differently is not made", async () => {
  const host = hostWith("containerd", (args) => {
    if (args[0] === "--version") return "containerd c 1.6.20 x\n";
    const isStaged = args[1]!.includes(".container-hooks");
    return `version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "${
      isStaged ? "lost" : "pause"
    }"\n`;
  });
  host.file(FILE, "version = 2\n");
  const site = await siteOf(host);
  await assert.rejects(
    () => configureEngine(host, site, ENTRY),
    /it would also change plugins\.io\.containerd\.grpc\.v1\.cri\.sandbox_image, as containerd config dump shows/,
  );
  assert.equal(host.text(FILE), "version = 2\n");
});

Deno.test("from 2.0 on, containerd judges our drop-in together with the main file as it is to become", async () => {
  let judged = "";
  const host = hostWith("containerd", (args) => {
    if (args[0] === "--version") return "containerd c 2.1.0 x\n";
    const file = args[1]!;
    if (file.endsWith("containerd-check.toml")) judged = host.text(file)!;
    const text = host.text(file) ?? "";
    return `version = 3\n${text.includes("imports") ? DUMP : BARE}`;
  });
  host.file(FILE, "version = 3\n");
  const site = await siteOf(host);
  await configureEngine(host, site, ENTRY);
  assert.equal(
    judged,
    'version = 3\nimports = ["/etc/containerd/.config.toml.container-hooks",' +
      '"/etc/containerd/.zz-container-hooks.toml.container-hooks"]\n',
  );
  assert.equal(host.lstat("/var/lib/container-hooks/containerd-check.toml"), undefined);
  await unconfigureEngine(host, site, ENTRY);
  assert.equal(host.text(FILE), "version = 3\n");
  assert.equal(host.lstat("/etc/containerd/conf.d"), undefined);
});

Deno.test("without systemd, a containerd that runs is left to be restarted by hand, and that is said", async () => {
  const host = hostWith("containerd", () => DUMP, []);
  host.file(FILE, "version = 2\n");
  const done = await configureEngine(host, await siteOf(host), ENTRY);
  assert.match(done.remedy!, /restart containerd: until then it goes on with what it read when it started/);
});

Deno.test("with systemd, containerd is restarted and then asked", async () => {
  const host = hostWith("containerd", () => DUMP, []);
  host.folder("/run/systemd/system");
  host.file("/usr/bin/systemctl", "", { mode: 0o755 });
  host.programs["/usr/bin/systemctl"] = ({ args }) => {
    assert.deepEqual(args, ["restart", "containerd.service"]);
    // It was started a second ago, after the file was changed.
    host.time += 60_000;
    putProcess(host, { pid: PID, program: "containerd", args: [], started: 99900 });
    return {};
  };
  host.file(FILE, "version = 2\n");
  const done = await configureEngine(host, await siteOf(host), ENTRY);
  assert.deepEqual([done.by, done.answer.loaded, done.answer.isDefault], ["systemd", true, true]);
});

/** A containerd that dumps one text of a file without ours and another of one with it. */
function dumping(now: string | Error, then: string): MemoryHost {
  const host = hostWith("containerd", ([option, file]) => {
    if (option === "--version") return "containerd c 1.6.20 x\n";
    const dump = host.text(file!)?.includes("container-hooks") ? then : now;
    if (dump instanceof Error) throw dump;
    return dump;
  });
  host.file(FILE, "version = 2\n");
  return host;
}

Deno.test("an entry that containerd does not see in its files was called configured", async () => {
  const host = dumping(BARE, BARE);
  await assert.rejects(
    async () => configureEngine(host, await siteOf(host), ENTRY),
    /containerd config dump does not show container-hooks then, .*its configuration is as it was/,
  );
  assert.equal(host.text(FILE), "version = 2\n");
});

Deno.test("a default that a file which is imported sets anew is not called ours", async () => {
  const host = dumping(DUMP, DUMP.replace('"container-hooks"', '"kata"'));
  await assert.rejects(
    async () => configureEngine(host, await siteOf(host), ENTRY),
    /containerd config dump shows the default kata then, which another file sets/,
  );
});

Deno.test("a containerd that was told nothing is not restarted when its files are put back", async () => {
  const host = hostWith("containerd", () => BARE, []);
  host.folder("/run/systemd/system");
  host.file(FILE, "version = 2\n");
  await assert.rejects(async () => configureEngine(host, await siteOf(host), ENTRY), /does not show/);
  assert.equal(host.text(FILE), "version = 2\n");
});

Deno.test("a file that containerd refuses was edited without a word", async () => {
  const host = dumping(new Error("Can't convert 5(int64)"), DUMP);
  await assert.rejects(
    async () => configureEngine(host, await siteOf(host), ENTRY),
    /containerd fails with the configuration that it has now: Can't convert 5\(int64\); mend that first/,
  );
  assert.equal(host.text(FILE), "version = 2\n");
});

Deno.test("ours goes out of a file that somebody has made one which containerd refuses", async () => {
  const host = dumping(BARE, DUMP);
  await configureEngine(host, await siteOf(host), ENTRY);
  host.file(FILE, `imports = ["/gone"]\n${host.text(FILE)}`);
  host.programs["/usr/bin/containerd"] = () => ({ status: 1 });
  await unconfigureEngine(host, await siteOf(host), ENTRY);
  assert.equal(host.text(FILE), 'imports = ["/gone"]\nversion = 2\n');
});

Deno.test("a main file that is not there has no dump, and is made all the same", async () => {
  const host = dumping(new Error("no such file"), DUMP);
  host.remove(FILE);
  await configureEngine(host, await siteOf(host), ENTRY);
  assert.match(host.text(FILE)!, /runtimes\.container-hooks\]/);
});

Deno.test("what the file says was taken for what containerd made of it", async () => {
  const host = hostWith(
    "containerd",
    ([option]) => option === "--version" ? "containerd c 1.6.20 x\n" : "",
    [],
  );
  host.file(FILE, DUMP);
  const earlier = await siteOf(host);
  host.time += 60_000;
  putProcess(host, { pid: PID, program: "containerd", args: [], started: 99900 });
  const [before, after] = [await askNow(host, earlier), await askNow(host, await siteOf(host))];
  assert.deepEqual([before.loaded, after.loaded], [undefined, false]);
  assert.match(
    before.how,
    /has not read its files as they are: it was started before its files were changed last$/,
  );
  assert.match(
    after.how,
    /was started after its files were changed last, and they do not give it container-hooks$/,
  );
});

const askNow = (host: MemoryHost, site: Site) => containerdControl.ask(host, site, ENTRY.name);

Deno.test("dumps are compared but for what is ours", () => {
  const dump = (sandbox: string, ours: string) =>
    `imports = ["/x"]\n[plugins."io.containerd.cri.v1.images"]\nsandbox = "${sandbox}"\n${ours}`;
  const ours =
    '[plugins."io.containerd.cri.v1.runtime".containerd]\ndefault_runtime_name = "container-hooks"\n' +
    '[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.container-hooks]\nruntime_type = "x"\n';
  const base = '[plugins."io.containerd.cri.v1.runtime".containerd]\n' +
    'default_runtime_name = "runc"\n[plugins."io.containerd.cri.v1.runtime".containerd.runtimes]\n';
  assert.equal(firstDifference(dump("a", base), dump("a", ours), ENTRY.name), undefined);
  assert.equal(
    firstDifference(dump("a", base), dump("b", ours), ENTRY.name),
    "plugins.io.containerd.cri.v1.images.sandbox",
  );
  assert.match(firstDifference(dump("a", base), dump("a", ours), "other")!, /runtimes\.container-hooks$/);
});
