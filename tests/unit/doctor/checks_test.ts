import assert from "node:assert/strict";
import { type Finding, thrownFinding, warning } from "../../../mod/cli/kit/finding.ts";
import { failure } from "../../../mod/errors.ts";
import { checkBypass } from "../../../mod/doctor/bypass.ts";
import { checkCgroups } from "../../../mod/doctor/cgroups.ts";
import { checkConfiguration } from "../../../mod/doctor/configuration.ts";
import { checkDenials } from "../../../mod/doctor/denials.ts";
import { checkPlugins } from "../../../mod/doctor/plugins.ts";
import { checkRootless } from "../../../mod/doctor/rootless.ts";
import { runChecks, statusOf } from "../../../mod/doctor/run_checks.ts";
import { checkExecutable, checkStorage } from "../../../mod/doctor/storage.ts";
import type { Command } from "../../../mod/host/host.ts";
import { switchBypassOn } from "../../../mod/state/bypass.ts";
import { MemoryHost } from "../memory_host.ts";
import { programWith } from "../program.ts";

/** State and sentence, and that whatever is wrong says what mends it. */
function told(findings: readonly Finding[]): string[] {
  for (const { state, remedy, what } of findings) {
    assert.equal(remedy !== undefined, state !== "ok", what);
  }
  return findings.map(({ state, subject, what }) => `${state} ${subject}: ${what}`);
}

const CONFIG = "/etc/container-hooks/config.toml";

Deno.test("a configuration that is wrong is an error with its line", async () => {
  const host = new MemoryHost();
  host.file(CONFIG, "[container-hooks]\ndeadline = 900\n");
  const [finding] = told(await checkConfiguration(host));
  assert.match(finding!, /^error configuration: .*config\.toml:2 sets container-hooks\.deadline/);
  host.file(CONFIG, "");
  assert.match(told(await checkConfiguration(host))[0]!, /^ok configuration/);
});

Deno.test("isolation, which has no effect any more, is read and told with its line", async () => {
  const host = new MemoryHost();
  host.file(CONFIG, '[plugins.audit]\nisolation = "process"\n[plugins.other]\nmode = "audit"\n');
  const [, ...notices] = told(await checkConfiguration(host));
  assert.deepEqual(notices, [
    `warning configuration: ${CONFIG}:2: isolation of plugin audit has no effect any more: code from the disk always runs in an isolate`,
  ]);
});

Deno.test("a check that breaks is a finding, and the others go on", async () => {
  const broken = {
    name: "moon",
    check: () => {
      throw new TypeError("no such thing");
    },
  };
  const whole = { name: "sun", check: () => [{ subject: "sun", state: "ok" as const, what: "shines" }] };
  const findings = await runChecks(new MemoryHost(), [broken, whole], () => {});
  const [first, second] = told(findings);
  assert.match(first!, /^error moon: could not be looked at: .*TypeError: no such thing/);
  assert.equal(second, "ok sun: shines");
});

Deno.test("what keeps several checks from looking was told by each of them", async () => {
  const failing = (name: string, throws: boolean) => ({
    name,
    check: (): Finding[] => {
      const thrown = failure("file-missing", { what: "record", path: "/r" });
      if (throws) throw thrown;
      return [thrownFinding(name, thrown)];
    },
  });
  const lines = (...checks: ReturnType<typeof failing>[]) => runChecks(new MemoryHost(), checks, () => {});
  const once = /record \/r does not exist$/;
  for (const [first, second] of [[true, true], [true, false], [false, true], [false, false]] as const) {
    const found = told(await lines(failing("sun", first), failing("moon", second)));
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0]!, once);
  }
});

Deno.test("two findings of one check that read alike are both told", async () => {
  const check = () => ["a", "b"].map((subject) => warning(subject, "is gone", "container-hooks install"));
  assert.equal((await runChecks(new MemoryHost(), [{ name: "both", check }], () => {})).length, 2);
});

Deno.test("the exit status is that of the gravest finding", () => {
  const of = (...states: Finding["state"][]) =>
    statusOf(states.map((state) => ({ subject: "", state, what: "" })));
  assert.deepEqual([of(), of("ok"), of("ok", "warning"), of("error", "warning")], [0, 0, 1, 2]);
});

Deno.test("the bypass is a warning while it is on, and ended by its own command", async () => {
  const host = new MemoryHost();
  assert.equal((await checkBypass(host))[0]?.state, "ok");
  switchBypassOn(host, { duration: 60_000 });
  const [finding] = await checkBypass(host);
  assert.equal(finding?.state, "warning");
  assert.equal(finding?.remedy, "container-hooks bypass off");
  host.time += 60_001;
  assert.equal((await checkBypass(host))[0]?.state, "ok");
});

Deno.test("a bypass switch that others could have set is an error", async () => {
  const host = new MemoryHost();
  host.file("/run/container-hooks/bypass", "{}", { uid: 1000 });
  assert.match(told(await checkBypass(host))[0]!, /^error bypass: .*is not trusted/);
});

/** What df prints, with `blocks` and `inodes` left. */
function withRoom(blocks: string, inodes: string): MemoryHost {
  const host = new MemoryHost();
  host.folder("/run/container-hooks/journal");
  host.folder("/var/lib/container-hooks");
  host.programs["/bin/sh"] = ({ args }: Command) => ({
    stdout: new TextEncoder().encode(
      `Filesystem 1024-blocks Used Available Capacity Mounted on\n${
        args.includes("-Pi") ? inodes : blocks
      } 10% /\n`,
    ),
  });
  return host;
}

const ROOM: [name: string, blocks: string, inodes: string, state: string, says: RegExp][] = [
  ["with room", "/dev/sda1 9000000 10 8999990", "/dev/sda1 90000 10 89990", "ok", /has room/],
  ["full", "/dev/sda1 9000000 9000000 12", "/dev/sda1 90000 10 89990", "error", /is full$/],
  ["without inodes", "/dev/sda1 9000000 10 8999990", "/dev/sda1 90000 90000 0", "error", /full of files/],
  ["nearly full", "/dev/sda1 9000000 10 30000", "/dev/sda1 90000 10 89990", "warning", /30000 KiB are left/],
  ["that counts no inodes", "/dev/sda1 9000000 10 8999990", "/dev/sda1 0 0 0", "ok", /has room/],
];

for (const [name, blocks, inodes, state, says] of ROOM) {
  Deno.test(`a disk ${name} is told as ${state}`, async () => {
    for (const finding of told(await checkStorage(withRoom(blocks, inodes)))) {
      assert.ok(finding.startsWith(state), finding);
      assert.match(finding, says);
    }
  });
}

Deno.test("a folder that cannot be written is an error that says what it keeps from happening", async () => {
  const host = withRoom("/dev/sda1 9000000 10 8999990", "/dev/sda1 90000 10 89990");
  host.fault = (call, path) => {
    if (call === "createNew" && path.startsWith("/run/")) {
      throw new Error("Read-only file system (os error 30): ''");
    }
  };
  const [journal, cache] = told(await checkStorage(host));
  assert.match(
    journal!,
    /^error journal: .*read-only file system, so no container that is edited can start$/,
  );
  assert.match(cache!, /^ok plugin cache/);
});

Deno.test("looking at a folder leaves nothing in it", async () => {
  const host = withRoom("/dev/sda1 9000000 10 8999990", "/dev/sda1 90000 10 89990");
  await checkStorage(host);
  assert.deepEqual(host.readFolder("/run/container-hooks/journal"), []);
});

/** Mounts as the kernel lists them, each on the one before: point, options, type. */
function withMounts(...mounts: [point: string, options: string, type: string][]): MemoryHost {
  const host = new MemoryHost();
  const lines = mounts.map(([point, options, type], index) =>
    `${index + 20} ${index + 19} 0:${index} / ${point} ${options} shared:1 - ${type} none rw`
  );
  host.file("/proc/self/mountinfo", `${lines.join("\n")}\n`);
  return host;
}

Deno.test("a program on a noexec mount is an error, by the deepest mount", () => {
  const host = withMounts(["/", "rw", "ext4"], ["/var", "rw,noexec", "ext4"], [
    "/var/lib/a\\040b",
    "rw",
    "ext4",
  ]);
  assert.match(told(checkExecutable(host, ["/var/lib/x"]))[0]!, /lies on \/var, which is mounted noexec/);
  assert.deepEqual(checkExecutable(host, ["/usr/bin/x", "/variable/x", "/var/lib/a b/x"]), []);
});

const LAYOUTS: [mounts: [string, string, string][], runtime: string, says: string][] = [
  [[["/sys/fs/cgroup", "rw", "cgroup2"]], "/usr/bin/crun", "ok cgroups: the layout is version 2"],
  [[["/sys/fs/cgroup/memory", "rw", "cgroup"]], "/usr/bin/crun", "ok cgroups: the layout is version 1"],
  [
    [["/sys/fs/cgroup/memory", "rw", "cgroup"], ["/sys/fs/cgroup/unified", "rw", "cgroup2"]],
    "/usr/bin/runc",
    "ok cgroups: the layout is hybrid",
  ],
  [
    [["/sys/fs/cgroup/memory", "rw", "cgroup"], ["/sys/fs/cgroup/unified", "rw", "cgroup2"]],
    "/usr/bin/crun",
    "warning cgroups: the layout is hybrid (version 1, with version 2 beside it), which /usr/bin/crun refuses " +
    "in some releases",
  ],
  [[["/proc", "rw", "proc"]], "/usr/bin/runc", "warning cgroups: no cgroup file system is mounted"],
];

for (const [mounts, runtime, says] of LAYOUTS) {
  Deno.test(`with ${mounts.map(([point]) => point).join(", ")} and ${runtime}: ${says.split(":")[0]}`, () => {
    assert.ok(told(checkCgroups(withMounts(...mounts), runtime))[0]!.startsWith(says));
  });
}

Deno.test("a denial of ours is found in the audit log, and nobody else's counts", async () => {
  const host = new MemoryHost();
  const line = (path: string) => `type=AVC msg=audit(1): avc:  denied  { execute } for path="${path}"\n`;
  host.file("/var/log/audit/audit.log", line("/opt/other"));
  assert.match(told(await checkDenials(host))[0]!, /^ok .*nothing of ours was denied/);
  host.file(
    "/var/log/audit/audit.log",
    line("/opt/other") + line("/usr/bin/container-hooks-runtime").repeat(2),
  );
  const [finding] = await checkDenials(host);
  assert.match(finding!.what, /^2 denials name our files, the last: .*container-hooks-runtime/);
  assert.match(finding!.remedy!, /^restorecon /);
});

Deno.test("AppArmor's denials are found in the kernel's own log", async () => {
  const host = new MemoryHost();
  host.programs["/bin/sh"] = () => ({
    stdout: new TextEncoder().encode(
      'audit: apparmor="DENIED" operation="exec" name="/usr/bin/container-hooks"\n',
    ),
  });
  assert.match(told(await checkDenials(host))[0]!, /^warning SELinux, AppArmor: 1 denials name our files/);
});

Deno.test("without a log that can be read, that is said", async () => {
  assert.match(told(await checkDenials(new MemoryHost()))[0]!, /^ok .*no log of the kernel can be read/);
});

Deno.test("root of the host hears nothing of rootless, everybody else does", async () => {
  const host = new MemoryHost();
  assert.deepEqual(await checkRootless(host), []);
  host.user = 1000;
  const [who, folder] = told(await checkRootless(host));
  assert.match(who!, /^ok rootless: .*user 1000, who can go around every policy.*podman unshare/);
  assert.match(folder!, /^error rootless: XDG_RUNTIME_DIR is not set.*no container starts/);
  host.variables = { XDG_RUNTIME_DIR: "/run/user/1000", HOME: "/home/u" };
  host.folder("/home/u/.config/container-hooks/plugins", { uid: 1000 });
  const [, plugins] = told(await checkRootless(host));
  assert.match(
    plugins!,
    /^warning rootless: plugins in \/home\/u\/\.config\/container-hooks\/plugins are not asked/,
  );
});

Deno.test("a policy without its plugin is an error, and one that may fail a warning", async () => {
  const host = new MemoryHost();
  host.file("/p", "program");
  host.file(CONFIG, '[plugins.gone]\n[plugins.lost]\non-error = "warn"\n');
  const findings = await checkPlugins(host, programWith());
  assert.deepEqual(
    told(findings).map((text) => text.split(":")[0]),
    ["error plugin gone", "warning plugin lost"],
  );
});

Deno.test("an index that cannot be kept is a warning, since every create pays for it", async () => {
  const host = new MemoryHost();
  host.file("/p", "program");
  host.file(CONFIG, "");
  host.fault = (call, path) => {
    if (call === "createNew" && path.startsWith("/var/lib/")) throw new Error("No space left on device");
  };
  assert.match(told(await checkPlugins(host, programWith()))[0]!, /^warning plugin index: it cannot be kept/);
});

Deno.test("a plugin folder that others could write is told once, as the plugins' error", async () => {
  const host = new MemoryHost();
  host.file("/p", "program");
  host.file(CONFIG, "");
  host.file("/etc/container-hooks/plugins/mine.ts", "export default 1;", { uid: 1000 });
  assert.match(told(await checkPlugins(host, programWith())).at(-1)!, /^error plugin mine: .*is not trusted/);
});

Deno.test("doctor advised to make the journal writable for the user that runs the engine", async () => {
  for (const [user, owner] of [[0, "root"], [1000, "user 1000"]] as const) {
    const host = new MemoryHost();
    host.user = user;
    host.variables = { CONTAINER_HOOKS_RUN: "/run/ours", CONTAINER_HOOKS_STATE: "/var/ours" };
    host.fault = (call) => {
      if (call === "createNew") throw new Error("Read-only file system (os error 30)");
    };
    const [journal] = await checkStorage(host);
    assert.equal(journal?.state, "error");
    assert.match(journal!.remedy!, new RegExp(`^its owner alone writes there, ${owner}: mount its disk`));
  }
});

Deno.test("a remedy or a page of the documentation told to open files to others", async () => {
  const opening =
    /writable for (the|any|every|all|other)|chmod (-R )?([0-7]?[0-7]([2367][0-7]|[0-7][2367])\b|[ugoa]*[oa][ugo]*\+\w*w|\+\w*w)/;
  for (const seen of ["chmod 777 /x", "chmod a+rw x", "chmod -R go+w x", "chmod +w", "chmod 0622 x"]) {
    assert.match(seen, opening);
  }
  const root = new URL("../../../", import.meta.url);
  const texts = ["mod", "plugins", "docs", "README.md"].flatMap((name) => filesBelow(new URL(name, root)));
  assert.ok(texts.length > 200);
  for (const file of texts) assert.doesNotMatch(await Deno.readTextFile(file), opening, file.pathname);
});

function filesBelow(url: URL): URL[] {
  if (!Deno.statSync(url).isDirectory) return [url];
  return [...Deno.readDirSync(url)].flatMap(({ name }) => filesBelow(new URL(`${url}/${name}`)));
}
