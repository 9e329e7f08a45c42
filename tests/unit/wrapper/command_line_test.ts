import assert from "node:assert/strict";
import { type Code, Failure } from "../../../mod/errors.ts";
import {
  type CommandLine,
  flavourOf,
  readCommandLine,
  readEngineLog,
  type RuntimeFlavour,
} from "../../../mod/wrapper/command_line.ts";

/** Reads a command line that is written with spaces between its words. */
function read(flavour: RuntimeFlavour, line: string): CommandLine {
  return readCommandLine(flavour, line === "" ? [] : line.split(" "));
}

function reads(flavour: RuntimeFlavour, line: string, expected: Partial<CommandLine>): void {
  const call: Partial<Record<string, unknown>> = { ...read(flavour, line) };
  const found = Object.fromEntries(Object.keys(expected).map((key) => [key, call[key]]));
  assert.deepEqual(found, expected, `${flavour} ${line}`);
}

function refuses(flavour: RuntimeFlavour, line: string, code: Code, pattern: RegExp): void {
  assert.throws(() => read(flavour, line), (thrown) => {
    assert.ok(thrown instanceof Failure);
    assert.equal(thrown.code, code);
    assert.match(thrown.message, pattern);
    return true;
  }, `${flavour} ${line}`);
}

function passesThrough(flavour: RuntimeFlavour, line: string): void {
  const { complete, id, bundle, argv } = read(flavour, line);
  assert.deepEqual({ complete, id, bundle, argv: argv.join(" ") }, {
    complete: false,
    id: undefined,
    bundle: undefined,
    argv: line,
  });
}

Deno.test("the flavour follows from the base name of the runtime", () => {
  assert.equal(flavourOf("/usr/bin/crun"), "crun");
  assert.equal(flavourOf("crun-wasm"), "crun");
  assert.equal(flavourOf("/opt/crun/bin/runc"), "runc");
  assert.equal(flavourOf("krun"), "crun");
  assert.equal(flavourOf("/usr/bin/youki"), "runc");
});

// ---- what engines really write

Deno.test("containerd's shim: create", () => {
  const line =
    "--root /run/containerd/runc/k8s.io --log /run/containerd/t/k8s.io/1f/log.json --log-format json " +
    "--systemd-cgroup create --bundle /run/containerd/t/k8s.io/1f --pid-file /run/containerd/t/k8s.io/1f/init.pid 1f";
  assert.deepEqual(read("runc", line), {
    command: "create",
    complete: true,
    id: "1f",
    bundle: "/run/containerd/t/k8s.io/1f",
    configFile: undefined,
    root: "/run/containerd/runc/k8s.io",
    log: "/run/containerd/t/k8s.io/1f/log.json",
    logFormat: "json",
    argv: line.split(" "),
    ours: [],
  });
});

Deno.test("containerd's shim: restore, with go-runc's one-dash option", () => {
  reads(
    "runc",
    "--root /r --log /l --log-format json restore --image-path /img --work-path /w --tcp-established " +
      "--manage-cgroups-mode soft --empty-ns network --detach -no-subreaper --pid-file /p --bundle /b 1f",
    { command: "restore", complete: true, id: "1f", bundle: "/b" },
  );
});

Deno.test("containerd's shim: everything else passes through", () => {
  for (
    const line of [
      "--root /r --log /l --log-format json state 1f",
      "--root /r --log /l --log-format json start 1f",
      "--root /r kill --all 1f 9",
      "--root /r delete --force 1f",
      "--root /r exec --process /tmp/runc-process1 --detach --pid-file /p 1f",
      "--root /r update --resources - 1f",
      "--version",
      "features",
    ]
  ) passesThrough("runc", line);
});

Deno.test("docker 20.10: runtimeArgs come before the global options, at every call", () => {
  const behind = "--root /var/run/docker/runtime-ours/moby --log /l --log-format json";
  reads("runc", `--hook-spec /etc/h.json ${behind} create --bundle /b --pid-file /p 1f`, {
    complete: true,
    id: "1f",
    bundle: "/b",
    log: "/l",
    argv: `${behind} create --bundle /b --pid-file /p 1f`.split(" "),
  });
  reads("runc", `--hook-spec /etc/h.json ${behind} state 1f`, {
    command: "state",
    complete: false,
    argv: `${behind} state 1f`.split(" "),
  });
  reads("runc", "--hook-spec /etc/h.json --version", { command: undefined, argv: ["--version"] });
});

Deno.test("podman's conmon: create by crun, and restore by runc", () => {
  reads(
    "crun",
    "--log-format=json --log=/run/c/oci-log --cgroup-manager=disabled --log-level=debug create " +
      "--bundle /c/userdata --pid-file /run/c/pidfile --console-socket /s 3e",
    {
      complete: true,
      id: "3e",
      bundle: "/c/userdata",
      log: "/run/c/oci-log",
      logFormat: "json",
    },
  );
  reads(
    "runc",
    "--log-format=json --log=/l --systemd-cgroup restore --image-path /i --work-path /w --detach --bundle /b " +
      "--pid-file /p 3e",
    { command: "restore", complete: true, id: "3e", bundle: "/b" },
  );
});

Deno.test("CRI-O's conmon: create", () => {
  reads("runc", "--root=/run/runc --systemd-cgroup create --bundle /b --pid-file /p 3e", {
    complete: true,
    id: "3e",
    bundle: "/b",
    log: undefined,
  });
});

Deno.test("buildkit: run --keep", () => {
  reads("runc", "--log /b/runc-log.json --log-format json run --bundle /b --keep xyz", {
    command: "run",
    complete: true,
    id: "xyz",
    bundle: "/b",
  });
});

Deno.test("podman's probe for restore --lsm-mount-context gets the runtime's own answer", () => {
  passesThrough("runc", "restore --lsm-mount-context");
  passesThrough("crun", "restore --lsm-mount-context");
});

// ---- runc

Deno.test("runc: the bundle is found in all its forms, in front of the id and behind it", () => {
  for (const bundle of ["--bundle /b", "--bundle=/b", "-bundle /b", "-b /b", "-b=/b", "--b=/b"]) {
    reads("runc", `create ${bundle} web`, { complete: true, id: "web", bundle: "/b" });
    reads("runc", `create web ${bundle}`, { complete: true, id: "web", bundle: "/b" });
  }
});

Deno.test("runc: without a bundle, or with an empty one, it is the current folder", () => {
  reads("runc", "run web", { complete: true, id: "web", bundle: undefined });
  reads("runc", "run --bundle= web", { complete: true, id: "web", bundle: undefined });
});

Deno.test("runc: the value of an option is not read as a command, an id or an option", () => {
  reads("runc", "--log create --root run state create", { command: "state", complete: false, log: "create" });
  reads("runc", "create --pid-file --bundle web", { complete: true, id: "web", bundle: undefined });
});

Deno.test("runc: behind -- there are only arguments", () => {
  reads("runc", "create --bundle /b -- --keep", { complete: true, id: "--keep", bundle: "/b" });
  reads("runc", "-- create --bundle /b web", { complete: true, id: "web", bundle: "/b" });
  passesThrough("runc", "create -- web --bundle /b");
});

Deno.test("runc: what only asks or is refused anyway passes through", () => {
  for (
    const line of [
      "",
      "--help",
      "--version create web",
      "-h create --bundle /b web",
      "create",
      "create --help",
      "create -h web",
      "create --bundle /b",
      "create --bundle",
      "create web db",
      "run --keep=perhaps web",
      "help create",
      "--log",
    ]
  ) passesThrough("runc", line);
});

Deno.test("runc: a question that is taken back is none", () => {
  reads("runc", "--help=false create --help=0 web", { complete: true, id: "web" });
  reads("runc", "create --help --help=f web", { complete: true, id: "web" });
});

Deno.test("runc: systemd's cgroups can be asked for and not asked for", () => {
  for (const asked of ["--systemd-cgroup", "--systemd-cgroup=false"]) {
    reads("runc", `${asked} create web`, { complete: true, id: "web" });
  }
});

Deno.test("two different bundles are refused, the same one twice is not", () => {
  refuses("runc", "create --bundle /a -b /b web", "bundle-ambiguous", /two bundles, \/a and \/b; name one/);
  refuses("crun", "create --bundle /a -b/b web", "bundle-ambiguous", /\/a and \/b/);
  reads("runc", "create --bundle /a --bundle=/a web", { complete: true, bundle: "/a" });
});

Deno.test("an unknown option in a call that may start a container is refused, its value joined or not", () => {
  refuses("runc", "create --new --bundle /b web", "unknown-option", /--new is not one that we know of runc/);
  refuses("runc", "run -b/b web", "unknown-option", /-b\/b/);
  refuses("runc", "--new create web", "unknown-option", /--new/);
  refuses("crun", "run -dx web", "unknown-option", /-dx/);
  refuses("crun", "--new x create web", "unknown-option", /of crun/);
  refuses("runc", "--new=1 create --bundle /b web", "unknown-option", /--new=1/);
  refuses("runc", "create --spec=/other.json --bundle /b web", "unknown-option", /--spec=/);
  refuses("crun", "--new=1 create --bundle /b web", "unknown-option", /--new=1/);
  refuses("crun", "run --newer=2 web", "unknown-option", /--newer=2/);
});

Deno.test("an unknown option in a call that cannot start one is left to the runtime", () => {
  passesThrough("runc", "--new state web");
  passesThrough("runc", "delete --new web");
  passesThrough("runc", "--new=1 delete create");
});

Deno.test("runc: an id that older releases take for the value of an option that has none is not overlooked", () => {
  refuses("runc", "create /a web --pid-file", "call-uncertain", /releases of runc read --pid-file/);
  refuses("runc", "create /a --pid-file -- web", "call-uncertain", /-- in this command line/);
  refuses("runc", "create --pid-file - --bundle=/b", "call-uncertain", /read - in/);
});

Deno.test("runc: an option in front of -- that older releases take for the id is not overlooked", () => {
  refuses("runc", "run --root --keep=false --", "unknown-option", /--root/);
  refuses("runc", "run ---new --", "unknown-option", /---new/);
});

Deno.test("runc: an option behind a space, which newer releases see and older ones do not, is refused", () => {
  assert.throws(() => readCommandLine("runc", ["create", " --bundle=/b", "web"]), { code: "call-uncertain" });
});

// ---- crun

Deno.test("crun: the bundle is found in all its forms", () => {
  for (const bundle of ["--bundle /b", "--bundle=/b", "--bun /b", "--b=/b", "-b /b", "-b/b"]) {
    reads("crun", `create ${bundle} web`, { complete: true, id: "web", bundle: "/b" });
  }
  reads("crun", "create -b=/b web", { complete: true, bundle: "=/b" });
  reads("crun", "run -db /b web", { complete: true, id: "web", bundle: "/b" });
  reads("crun", "run -db/b web", { complete: true, id: "web", bundle: "/b" });
});

Deno.test("crun: nothing behind the id is an option", () => {
  passesThrough("crun", "create web --bundle /b");
  passesThrough("crun", "create web --hook-spec /h");
  reads("crun", "restore -b /b web 1", { complete: true, id: "web", bundle: "/b" });
  passesThrough("crun", "restore -b /b web 1 2");
});

Deno.test("crun: another configuration file is found", () => {
  for (const config of ["--config /c.json", "--conf=/c.json", "-f /c.json", "-f/c.json"]) {
    reads("crun", `run ${config} web`, { complete: true, id: "web", configFile: "/c.json" });
  }
  reads("crun", "run -f config.json -b /b web", { complete: true, bundle: "/b", configFile: undefined });
  refuses("crun", "run -f /c -f /d web", "usage", /two configuration files/);
});

Deno.test("crun: an ambiguous abbreviation is refused, since for another release it may be plain", () => {
  refuses("crun", "run --co /x web", "unknown-option", /--co/);
  refuses("crun", "--log-=x create web", "unknown-option", /--log-/);
});

Deno.test("crun: what only asks or is refused anyway passes through", () => {
  for (
    const line of [
      "",
      "--version",
      "-V create web",
      "create -? web",
      "create --usage web",
      "create --hel",
      "create --no-pivot=yes web",
      "create --bundle",
      "create -b /b",
      "create web db",
    ]
  ) passesThrough("crun", line);
});

Deno.test("crun: global options are found, cut short and joined", () => {
  reads("crun", "--root=/r --log=/l --log-f json --cgroup systemd -- create web", {
    complete: true,
    id: "web",
    log: "/l",
    logFormat: "json",
  });
});

Deno.test("crun: a log that is no file is none for us", () => {
  reads("crun", "--log=file:/l create web", { log: "/l" });
  reads("crun", "--log=journald:web create web", { log: undefined });
  reads("crun", "--log /l --cgroup-manager=systemd create web", { log: "/l" });
});

// ---- our own options

Deno.test("our options are taken out in front of any command and behind create, run and restore", () => {
  reads("runc", "-hook-spec /a --add-hook=x --root /r run --hook-spec=/b web --add-hook y", {
    id: "web",
    argv: ["--root", "/r", "run", "web"],
  });
  reads("crun", "--hook-spec /a restore --hook-spec --bundle -b /b web", {
    id: "web",
    bundle: "/b",
    argv: ["restore", "-b", "/b", "web"],
  });
});

Deno.test("our options are left where they are something else", () => {
  for (
    const line of [
      "exec web prog --hook-spec /h",
      "exec -t web prog --add-hook=/h",
      "--log --hook-spec state web",
      "create -- web --hook-spec",
      "ps web --hook-spec /h",
    ]
  ) passesThrough("runc", line);
  reads("runc", "create --pid-file --hook-spec web", { id: "web", ours: [] });
});

Deno.test("our own option without a value is refused", () => {
  refuses("runc", "create web --hook-spec", "usage", /--hook-spec needs a value/);
  refuses("crun", "--add-hook", "usage", /--add-hook needs a value/);
});

Deno.test("runc's --config is a file that is relative to the current folder, and empty the one in the bundle", () => {
  reads("runc", "create --config /o/c.json --bundle /b web", { bundle: "/b", configFile: "/o/c.json" });
  reads("runc", "run --config=config.json --bundle /b web", { configFile: "config.json" });
  reads("runc", "restore --config= --bundle /b web", { configFile: undefined });
  refuses("runc", "create --config /a --config=/b web", "usage", /two configuration files/);
});

Deno.test("where the engine reads is told as the runtime understands it, and as crun does where none was found", () => {
  const crun = "/usr/bin/crun";
  const log = (line: string, runtime?: string) => readEngineLog(line.split(" "), runtime).log;
  assert.equal(log("--log journald:web create", crun), undefined);
  assert.equal(log("--log file:/l create", crun), "/l");
  assert.equal(log("--log file:/l create", "/usr/bin/runc"), "file:/l");
  assert.equal(log("--log file:/l create"), "/l");
  assert.equal(log("-log /l state web"), "/l");
  assert.equal(log("--log /l --new create web", "/usr/bin/runc"), "/l");
});
