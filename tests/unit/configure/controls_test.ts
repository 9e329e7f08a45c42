/** How containerd, CRI-O and podman are asked, with stand-ins for their programs. */
import assert from "node:assert/strict";
import { firstDifference } from "../../../mod/configure/compare_dumps.ts";
import { configureEngine, unconfigureEngine } from "../../../mod/configure/configure_engine.ts";
import { CONTROLS } from "../../../mod/configure/controls.ts";
import { optionValue } from "../../../mod/configure/daemons.ts";
import { findSite } from "../../../mod/configure/find_sites.ts";
import { MemoryHost } from "../memory_host.ts";

const ENTRY = { name: "container-hooks", path: "/usr/bin/hooks", setAsDefault: true };
const PID = 7;

/** A host with one program, and with a process of it where `args` are given. */
function hostWith(program: string, run: (args: string[]) => string, args?: string[]): MemoryHost {
  const host = new MemoryHost();
  host.file(`/usr/bin/${program}`, "", { mode: 0o755 });
  host.programs[`/usr/bin/${program}`] = (command) => {
    try {
      return { stdout: new TextEncoder().encode(run(command.args)) };
    } catch (error) {
      return { status: 1, stderr: new TextEncoder().encode((error as Error).message) };
    }
  };
  host.folder("/proc");
  host.folder("/etc");
  if (!args) return host;
  host.file("/proc/uptime", "1000.00 1.00\n");
  host.file(`/proc/${PID}/comm`, `${program}\n`);
  host.file(`/proc/${PID}/cmdline`, [program, ...args, ""].join("\0"));
  host.file(`/proc/${PID}/stat`, `${PID} (${program}) S ${"0 ".repeat(18)}99000 0\n`);
  host.symlink(`/proc/${PID}/root`, "/");
  return host;
}

Deno.test("CRI-O's running configuration is asked of it, by the socket that it listens on", async () => {
  const host = hostWith("crio", (args) => {
    if (args[0] === "--version") return "crio version 1.30.1\n";
    assert.deepEqual(args, ["status", "--socket", "/run/c.sock", "config"]);
    return '[crio.runtime]\ndefault_runtime = "runc"\n[crio.runtime.runtimes.container-hooks]\nruntime_path = "/x"\n';
  }, ["--config", "/etc/crio/crio.conf", "--listen=/run/c.sock"]);
  const site = await findSite(host, CONTROLS.crio!);
  assert.deepEqual([site.version, site.daemon?.pid], ["1.30.1", PID]);
  assert.deepEqual(await CONTROLS.crio!.ask(host, site, ENTRY.name), {
    loaded: true,
    isDefault: false,
    how: "crio status config lists it",
  });
});

Deno.test("a drop-in's successor is not written where CRI-O reads whatever lies there", async () => {
  const seen: string[] = [];
  const host = hostWith("crio", () => "");
  host.fault = (call, path) => void (call === "createNew" && seen.push(path));
  const site = await findSite(host, CONTROLS.crio!);
  await configureEngine(host, site, ENTRY);
  assert.ok(seen.includes("/etc/crio/.zz-container-hooks.conf.container-hooks"), seen.join());
  assert.deepEqual(host.readFolder("/etc/crio/crio.conf.d").map(({ name }) => name), [
    "zz-container-hooks.conf",
  ]);
  await unconfigureEngine(host, site, ENTRY);
  assert.equal(host.lstat("/etc/crio"), undefined);
});

Deno.test("a drop-in that podman does not take is not put in place", async () => {
  const host = hostWith("podman", (args) => {
    if (args[0] === "--version") return "podman version 4.3.1\n";
    throw new Error("Error: toml: line 3");
  });
  const site = await findSite(host, CONTROLS.podman!);
  await assert.rejects(
    () => configureEngine(host, site, ENTRY),
    /podman does not take .*: Error: toml: line 3/,
  );
  assert.equal(host.lstat("/etc/containers"), undefined);
});

Deno.test("a drop-in by which podman does not find the runtime is taken away again", async () => {
  const host = hostWith("podman", (args) => {
    if (args[0] === "--runtime") throw new Error("Error: not found");
    return "runc\n";
  });
  const site = await findSite(host, CONTROLS.podman!);
  await assert.rejects(() => configureEngine(host, site, ENTRY), /podman says: Error: not found/);
  assert.equal(host.lstat("/etc/containers"), undefined);
});

Deno.test("a change after which containerd would read anything else differently is not made", async () => {
  const host = hostWith("containerd", (args) => {
    if (args[0] === "--version") return "containerd c 1.6.20 x\n";
    const isStaged = args[1]!.includes(".container-hooks");
    return `version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "${
      isStaged ? "lost" : "pause"
    }"\n`;
  });
  host.file("/etc/containerd/config.toml", "version = 2\n");
  const site = await findSite(host, CONTROLS.containerd!);
  await assert.rejects(
    () => configureEngine(host, site, ENTRY),
    /it would also change plugins\.io\.containerd\.grpc\.v1\.cri\.sandbox_image, as containerd config dump shows/,
  );
  assert.equal(host.text("/etc/containerd/config.toml"), "version = 2\n");
});

Deno.test("from 2.0 on, containerd judges our drop-in together with the main file as it is to become", async () => {
  let judged = "";
  const host = hostWith("containerd", (args) => {
    if (args[0] === "--version") return "containerd c 2.1.0 x\n";
    if (args[1]!.endsWith("containerd-check.toml")) judged = host.text(args[1]!)!;
    return "version = 3\n";
  });
  host.file("/etc/containerd/config.toml", "version = 3\n");
  const site = await findSite(host, CONTROLS.containerd!);
  await configureEngine(host, site, ENTRY);
  assert.equal(
    judged,
    'version = 3\nimports = ["/etc/containerd/.config.toml.container-hooks",' +
      '"/etc/containerd/.zz-container-hooks.toml.container-hooks"]\n',
  );
  assert.equal(host.lstat("/var/lib/container-hooks/containerd-check.toml"), undefined);
  await unconfigureEngine(host, site, ENTRY);
  assert.equal(host.text("/etc/containerd/config.toml"), "version = 3\n");
  assert.equal(host.lstat("/etc/containerd/conf.d"), undefined);
});

Deno.test("without systemd, a containerd that runs is left to be restarted by hand, and that is said", async () => {
  const host = hostWith("containerd", () => "", []);
  host.file("/etc/containerd/config.toml", "version = 2\n");
  const done = await configureEngine(host, await findSite(host, CONTROLS.containerd!), ENTRY);
  assert.match(done.remedy!, /restart containerd: until then it goes on with what it read when it started/);
});

Deno.test("with systemd, containerd is restarted and then asked", async () => {
  const host = hostWith("containerd", () => "", []);
  host.folder("/run/systemd/system");
  host.file("/usr/bin/systemctl", "", { mode: 0o755 });
  host.programs["/usr/bin/systemctl"] = ({ args }) => {
    assert.deepEqual(args, ["restart", "containerd.service"]);
    // It was started a second ago, after the file was changed.
    host.time += 60_000;
    host.file(`/proc/${PID}/stat`, `${PID} (containerd) S ${"0 ".repeat(18)}99900 0\n`);
    return {};
  };
  host.file("/etc/containerd/config.toml", "version = 2\n");
  const done = await configureEngine(host, await findSite(host, CONTROLS.containerd!), ENTRY);
  assert.deepEqual([done.by, done.answer.loaded, done.answer.isDefault], ["systemd", true, true]);
});

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

Deno.test("the last of an option's values counts, joined to it or not", () => {
  assert.equal(optionValue(["-c", "/a", "--config=/b"], ["--config", "-c"]), "/b");
  assert.equal(optionValue(["--configure", "/a"], ["--config"]), undefined);
});
