/** The first start of the portable form: at once with others, killed, and where it cannot succeed. */
import assert from "node:assert/strict";
import type { Bundle } from "../../tools/build/bundle.ts";
import { bundleProgram, type Told, writePortableProgram } from "../harness/portable_program.ts";
import { type Ran, run, type RunOptions, which } from "../harness/run.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";

/** Every POSIX shell that may be a system's /bin/sh. */
const SHELLS = [["dash"], ["busybox", "ash"], ["bash"]].filter(([program]) => which(program!));

/** Mounting and giving files away is root's. */
const needsRoot = { ignore: Deno.uid() !== 0 };

const shared = workFolder();
globalThis.addEventListener("unload", () => shared[Symbol.dispose]());
const modules: Bundle = await bundleProgram(shared);
const program = await writePortableProgram(shared, modules);

/** Runs the program with `target` to unpack into. */
function start(
  target: string,
  args: string[],
  options: RunOptions & { file?: string; shell?: string[] } = {},
) {
  const env = { CONTAINER_HOOKS_PORTABLE_DIR: target, ...options.env };
  return run([...(options.shell ?? []), options.file ?? program.path, ...args], { ...options, env });
}

function told(ran: Ran): Told {
  assert.equal(ran.stderr, "");
  assert.equal(ran.status, 0);
  return JSON.parse(ran.stdout);
}

/** Names in `target`, those that begin with a dot included. */
function namesIn(target: string): string[] {
  return [...Deno.readDirSync(target)].map(({ name }) => name).sort();
}

/** One sentence on stderr with what happened and what to do, status 1, nothing on stdout. */
function assertRefused(ran: Ran, what: RegExp, remedy: RegExp): void {
  assert.match(ran.stderr, /^container-hooks: [^\n]+; [^\n]+\n$/);
  const [happened = "", todo = ""] = ran.stderr.split("; ");
  assert.match(happened, what);
  assert.match(todo, remedy);
  assert.equal(ran.stdout, "");
  assert.equal(ran.status, 1);
}

function mountTmpfs(folder: WorkFolder, name: string, options: string): string {
  const path = folder.folder(name);
  const mounted = new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", options, "none", path] })
    .outputSync();
  assert.ok(mounted.success, new TextDecoder().decode(mounted.stderr));
  return path;
}

for (const shell of SHELLS) {
  const name = shell.join(" ");

  Deno.test(`under ${name}, arguments reach the program as they were given, at the first start and later`, async () => {
    using folder = workFolder();
    const args = ["a b", "", "line\nbreak\n", "\"double\" 'single'", "*", "$HOME", "\\n", "--", "-e"];
    for (const _ of ["first", "later"]) {
      assert.deepEqual(told(await start(folder.path, args, { shell })).start.args, args);
    }
  });

  Deno.test(`under ${name}, working folder, umask, exit status and standard input are the caller's`, async () => {
    using folder = workFolder();
    const script = 'umask 027; cd /usr; exec "$@"';
    const asked = await start(folder.path, ["x"], { shell: ["sh", "-c", script, "sh", ...shell] });
    assert.equal(told(asked).cwd, "/usr");
    // Its own, and the runtime gets the caller's.
    assert.deepEqual([told(asked).umask, told(asked).start.inherited?.umask], [0o022, 0o027]);
    assert.equal((await start(folder.path, ["exit", "37"], { shell })).status, 37);
    assert.equal((await start(folder.path, ["echo"], { shell, stdin: "state\n" })).stdout, "state\n");
  });

  Deno.test(`under ${name}, the soft limit of descriptors and an ignored SIGPIPE are handed on`, async () => {
    using folder = workFolder();
    const changed = await start(folder.path, ["x"], {
      shell: ["sh", "-c", 'umask 026; ulimit -Sn 333; trap "" PIPE; exec "$@"', "sh", ...shell],
    });
    assert.deepEqual(told(changed).start.inherited, { softNofile: 333, sigpipeIgnored: true, umask: 0o026 });
    const plain = await start(folder.path, ["x"], {
      shell: ["sh", "-c", 'umask 0; ulimit -Sn 444; exec "$@"', "sh", ...shell],
    });
    assert.deepEqual(told(plain).start.inherited, { softNofile: 444, sigpipeIgnored: false, umask: 0 });
  });

  Deno.test(`under ${name}, a hostile PATH and the variables of Deno neither matter nor are changed`, async () => {
    using folder = workFolder();
    const home = folder.folder("home");
    const env = { PATH: "relative:", HOME: home, DENO_DIR: "/a=b c", IFS: "/", CDPATH: "/", GZIP: "" };
    const { DENO_DIR, DENO_NO_UPDATE_CHECK, PATH } = told(
      await start(folder.path, ["x"], { env, shell: shell.map((word, i) => i === 0 ? which(word)! : word) }),
    ).env;
    assert.deepEqual({ DENO_DIR, DENO_NO_UPDATE_CHECK, PATH }, {
      DENO_DIR: "/a=b c",
      DENO_NO_UPDATE_CHECK: undefined,
      PATH: "relative:",
    });
    assert.deepEqual(namesIn(home), []);
  });

  Deno.test(`under ${name}, called without arguments as a hook it does nothing, and as the runtime it goes on`, async () => {
    using folder = workFolder();
    const target = `${folder.path}/target`;
    assert.deepEqual((await start(target, [], { shell, stdin: "{}" })).status, 0);
    assert.throws(() => Deno.statSync(target), Deno.errors.NotFound);
    Deno.symlinkSync(program.path, `${folder.path}/container-hooks-runtime`);
    const asked = told(await start(target, [], { shell, file: `${folder.path}/container-hooks-runtime` }));
    assert.equal(asked.start.calledAs, "container-hooks-runtime");
    assert.equal(asked.start.file, program.path);
  });

  Deno.test(`under ${name}, a truncated file is told, whichever part is missing`, async () => {
    using folder = workFolder();
    const whole = Deno.readFileSync(program.path);
    for (const missing of [1, 40, whole.length - headerLength(whole)]) {
      const file = folder.program("container-hooks", "");
      Deno.writeFileSync(file, whole.subarray(0, whole.length - missing));
      assertRefused(
        await start(`${folder.path}/target`, ["x"], { shell, file }),
        /cannot unpack/,
        /copy the file anew/,
      );
      assert.deepEqual(namesIn(`${folder.path}/target`), []);
    }
  });

  Deno.test(`under ${name}, a damaged module is told by its checksum`, async () => {
    using folder = workFolder();
    const bytes = Deno.readFileSync(program.path);
    const text = new TextDecoder("latin1").decode(bytes);
    const at = text.indexOf('"sha256":"', text.indexOf('"name":"main.js"')) + '"sha256":"'.length;
    bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30;
    const file = folder.program("container-hooks", "");
    Deno.writeFileSync(file, bytes);
    const ran = await start(`${folder.path}/target`, ["x"], { shell, file });
    assertRefused(ran, /the file is damaged: main.js/, /copy the file anew/);
  });

  Deno.test(`under ${name}, 20 starts at once all work and leave one folder and nothing else`, async () => {
    using folder = workFolder();
    const target = `${folder.path}/deep/target`;
    const starts = Array.from({ length: 20 }, (_, i) => start(target, [String(i)], { shell }));
    const ran = await Promise.all(starts);
    assert.deepEqual(ran.map((one) => told(one).start.args), ran.map((_, i) => [String(i)]));
    assert.deepEqual(namesIn(target), [program.checksum]);
  });
}

/** The header's last line is its last `exit 1`. */
function headerLength(bytes: Uint8Array): number {
  const end = 'main "$@"\nexit 1\n';
  return new TextDecoder("latin1").decode(bytes).indexOf(end) + end.length;
}

Deno.test("the program runs in the process that was started", async () => {
  using folder = workFolder();
  const ran = await start(folder.path, ["x"]);
  assert.equal(told(ran).pid, ran.pid);
});

Deno.test("modules that are loaded lazily, from the disk, and in an isolate are found", async () => {
  using folder = workFolder();
  const plugin = folder.file("outside.js", 'export default "from the disk";');
  assert.equal((await start(folder.path, ["lazily"])).stdout, "shared, shared, it's a module of its own\n");
  assert.equal((await start(folder.path, ["import", plugin])).stdout, "from the disk\n");
  assert.equal((await start(folder.path, ["isolate"])).stdout, "shared, from the isolate\n");
});

Deno.test("a name without a folder is looked up as the shell did", async () => {
  using folder = workFolder();
  const here = await start(folder.path, ["x"], { shell: ["sh"], file: "container-hooks", cwd: shared.path });
  assert.equal(told(here).start.file, program.path);
  const found = await start(folder.path, ["x"], {
    file: "container-hooks",
    env: { PATH: `${shared.path}:/usr/bin` },
  });
  assert.equal(told(found).start.file, program.path);
});

/**
 * What the Deno that was just unpacked does instead of placing the modules. The start leads its own process
 * group, so `kill -9 0` kills all of it and nothing else; its number stands in the temporary folder's name.
 */
const KILLED_AT = {
  "before anything is checked": "kill -9 0",
  "after the folder was renamed into place": `'${Deno.execPath()}' "$@"; kill -9 0`,
  "alone, so that its unpacking goes on": 'start=${9##*/.unpack.}; kill -9 "${start%%.*}"',
};

for (const [moment, action] of Object.entries(KILLED_AT)) {
  Deno.test(`killed ${moment}, the next start works and nothing of size is left`, async () => {
    using folder = workFolder();
    const once =
      `[ "$1" = eval ] && [ ! -e '${folder.path}/killed' ] && { : >'${folder.path}/killed'; ${action}; }`;
    const { path: file, checksum } = await writePortableProgram(folder, modules, { before: once });
    const target = `${folder.path}/target`;
    const killed = await start(target, ["x"], { file, shell: ["setsid", "--wait"] });
    assert.notEqual(killed.status, 0);
    told(await start(target, ["x"], { file }));
    assert.deepEqual(namesIn(target).filter((name) => name !== ".lock"), [checksum]);
  });
}

Deno.test("killed while Deno is being written, the next start works and clears up", async () => {
  using folder = workFolder();
  const { path: file, checksum } = await writePortableProgram(folder, modules, { padding: 16 * 1024 * 1024 });
  const target = folder.folder("target");
  const child = new Deno.Command("setsid", {
    args: ["--wait", file, "x"],
    env: { CONTAINER_HOOKS_PORTABLE_DIR: target },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  // By number through the system call: the kill of procps 4.0.2 takes `-9 -12345` for -1, which is everybody.
  assert.equal(leaderOf(await firstWritten(target)), child.pid);
  Deno.kill(-child.pid, "SIGKILL");
  await child.status;
  told(await start(target, ["x"], { file }));
  assert.deepEqual(namesIn(target), [checksum]);
});

/** Waits for the temporary folder of an unpacking that has begun to write. */
async function firstWritten(target: string): Promise<string> {
  while (true) {
    const temporary = namesIn(target).find((name) => name.startsWith(".unpack."));
    if (temporary && sizeOf(`${target}/${temporary}/deno`) > 0) return temporary;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

/** The temporary folder is named after the process, which leads its own group here. */
function leaderOf(temporary: string): number {
  return Number(temporary.split(".")[2]);
}

/** Number of the PID namespace that the tests run in. */
const NAMESPACE = Deno.readLinkSync("/proc/self/ns/pid").replace(/^pid:\[(\d+)\]$/, "$1");

const LEFT_BEHIND: Record<string, (target: WorkFolder) => void> = {
  "a lock whose holder is gone": (target) => target.file(".lock/holder", `${gone()}\n`),
  "a lock whose holder's number is another process now": (target) =>
    target.file(".lock/holder", `${Deno.pid}.1.${NAMESPACE}\n`),
  "a lock without a holder": (target) => target.folder(".lock"),
  "half a Deno": (target) => target.file(`.unpack.${gone()}/deno`, "half"),
  "what was about to be removed": (target) => target.file(`.dead.${gone()}.0/deno`, "half"),
};

/** Name of a process that has ended. */
function gone(): string {
  const child = new Deno.Command("true").spawn();
  return `${child.pid}.1.${NAMESPACE}`;
}

for (const [what, leave] of Object.entries(LEFT_BEHIND)) {
  Deno.test(`${what}, left by a killed start, is no hindrance and is removed`, async () => {
    using folder = workFolder();
    leave(folder);
    told(await start(folder.path, ["x"]));
    assert.deepEqual(namesIn(folder.path), [program.checksum]);
  });
}

Deno.test("temporary folders of a start that runs, here or in another PID namespace, are left alone", async () => {
  using folder = workFolder();
  const fields = Deno.readTextFileSync("/proc/self/stat").replace(/^.*\) /, "").split(" ");
  const running = [`.unpack.${Deno.pid}.${fields[19]}.${NAMESPACE}`, `.unpack.${gone()}0`];
  for (const name of running) folder.folder(name);
  told(await start(folder.path, ["x"]));
  assert.deepEqual(namesIn(folder.path), [...running, program.checksum].sort());
});

const UNUSABLE: Record<string, { make(place: string): void; what: RegExp; remedy: RegExp }> = {
  "a symbolic link": {
    make(place) {
      Deno.mkdirSync(`${place}.real`);
      Deno.writeTextFileSync(`${place}.real/deno`, "#!/bin/sh\necho hijacked\n", { mode: 0o755 });
      Deno.symlinkSync(`${place}.real`, place);
    },
    what: /is a symbolic link/,
    remedy: /find out who made it and remove it/,
  },
  "somebody else's folder": {
    make(place) {
      Deno.mkdirSync(place);
      Deno.writeTextFileSync(`${place}/deno`, "#!/bin/sh\necho hijacked\n", { mode: 0o755 });
      Deno.chownSync(place, 12345, 12345);
    },
    what: /belongs to somebody else/,
    remedy: /find out who made it and remove it/,
  },
  "a folder without its Deno": {
    make(place) {
      Deno.mkdirSync(place);
      Deno.writeTextFileSync(`${place}/main.js`, "");
    },
    what: /is incomplete/,
    remedy: /remove that folder/,
  },
  "a folder whose Deno lost its mode": {
    make(place) {
      Deno.mkdirSync(place);
      Deno.writeTextFileSync(`${place}/deno`, "", { mode: 0o644 });
    },
    what: /cannot be executed/,
    remedy: /remove/,
  },
};

for (const [what, { make, what: said, remedy }] of Object.entries(UNUSABLE)) {
  Deno.test({
    name: `${what} in the unpacked program's place is refused`,
    ...needsRoot,
    async fn() {
      using folder = workFolder();
      make(`${folder.path}/${program.checksum}`);
      assertRefused(await start(folder.path, ["x"]), said, remedy);
    },
  });
}

Deno.test({
  name: "a folder that others may write, anywhere on the way, is refused before anything is unpacked there",
  ...needsRoot,
  async fn() {
    using folder = workFolder();
    const everybodys = folder.folder("everybody's", 0o777);
    const groups = folder.folder("group's", 0o775);
    const foreign = folder.folder("foreign", 0o755);
    Deno.chownSync(foreign, 12345, 12345);
    for (
      const [on, what] of [[everybodys, /everybody may write/], [groups, /its group may write/], [
        foreign,
        /12345/,
      ]]
    ) {
      assertRefused(await start(`${on}/target`, ["x"]), what as RegExp, /CONTAINER_HOOKS_PORTABLE_DIR/);
      assert.deepEqual(namesIn(`${on}/target`), []);
    }
    const sticky = folder.folder("sticky", 0o1777);
    told(await start(`${sticky}/target`, ["x"]));
  },
});

Deno.test({
  name: "a full disk is told, nothing is left on it, and the next start works once there is space",
  ...needsRoot,
  async fn() {
    using folder = workFolder();
    const { path: file, checksum } = await writePortableProgram(folder, modules, {
      padding: 2 * 1024 * 1024,
    });
    const target = mountTmpfs(folder, "full", "size=1m,mode=755");
    assertRefused(await start(target, ["x"], { file }), /No space left/, /free \d+ MB there/);
    assert.deepEqual(namesIn(target), []);
    new Deno.Command("mount", { args: ["-o", "remount,size=8m", target] }).outputSync();
    told(await start(target, ["x"], { file }));
    assert.deepEqual(namesIn(target), [checksum]);
  },
});

Deno.test({
  name: "a disk that is full when the modules are written is told as well",
  ...needsRoot,
  async fn() {
    using folder = workFolder();
    const { path: file } = await writePortableProgram(folder, modules, { padding: 1020 * 1024 });
    const target = mountTmpfs(folder, "full", "size=1m,mode=755");
    assertRefused(await start(target, ["x"], { file }), /No space left/, /free \d+ MB there/);
    assert.deepEqual(namesIn(target), []);
  },
});

Deno.test({
  name: "a folder on a noexec mount is told",
  ...needsRoot,
  async fn() {
    using folder = workFolder();
    const target = mountTmpfs(folder, "noexec", "noexec,mode=755");
    assertRefused(await start(target, ["x"]), /noexec/, /CONTAINER_HOOKS_PORTABLE_DIR/);
    assert.deepEqual(namesIn(target), []);
  },
});

Deno.test({
  name: "an unpacked program whose mount became noexec is told",
  ...needsRoot,
  async fn() {
    using folder = workFolder();
    const target = mountTmpfs(folder, "noexec", "mode=755");
    told(await start(target, ["x"]));
    new Deno.Command("mount", { args: ["-o", "remount,noexec", target] }).outputSync();
    assertRefused(await start(target, ["x"]), /cannot be executed/, /CONTAINER_HOOKS_PORTABLE_DIR/);
  },
});

Deno.test({
  name: "a read-only folder is told, and does not matter once the program is there",
  ...needsRoot,
  async fn() {
    using folder = workFolder();
    const target = mountTmpfs(folder, "read-only", "mode=755");
    new Deno.Command("mount", { args: ["-o", "remount,ro", target] }).outputSync();
    assertRefused(await start(target, ["x"]), /Read-only file system/, /make .* writable/);
    new Deno.Command("mount", { args: ["-o", "remount,rw", target] }).outputSync();
    told(await start(target, ["x"]));
    new Deno.Command("mount", { args: ["-o", "remount,ro", target] }).outputSync();
    told(await start(target, ["x"]));
  },
});

/** The program with another PATH for its own tools, of the same length so that nothing in the file moves. */
function withTools(folder: WorkFolder, tools: string): string {
  const bytes = Deno.readFileSync(program.path);
  const [line, path] = /^ {2}PATH=(\S+)$/m.exec(
    new TextDecoder().decode(bytes.subarray(0, headerLength(bytes))),
  )!;
  const at = new TextDecoder("latin1").decode(bytes).indexOf(line);
  bytes.set(new TextEncoder().encode(`  PATH=${`${tools}:/`.padEnd(path!.length, "/")}`), at);
  const file = folder.program("container-hooks", "");
  Deno.writeFileSync(file, bytes);
  return file;
}

Deno.test({
  name: "where there is only busybox, its commands unpack",
  ignore: which("busybox") === undefined,
  async fn() {
    using folder = workFolder();
    Deno.symlinkSync(which("busybox")!, `${folder.folder("bin")}/busybox`);
    const file = withTools(folder, `${folder.path}/bin`);
    told(await start(`${folder.path}/target`, ["x"], { file }));
    assert.deepEqual(namesIn(`${folder.path}/target`), [program.checksum]);
  },
});

Deno.test("where there is no gzip and no busybox, that is told", async () => {
  using folder = workFolder();
  const file = withTools(folder, folder.folder("bin"));
  assertRefused(
    await start(`${folder.path}/target`, ["x"], { file }),
    /neither tail nor busybox/,
    /install gzip/,
  );
});

Deno.test("a relative folder to unpack into is refused", async () => {
  assertRefused(
    await start("relative", ["x"]),
    /not an absolute path/,
    /correct CONTAINER_HOOKS_PORTABLE_DIR/,
  );
});

Deno.test("a Deno that does not run here is told with its own words", async () => {
  using folder = workFolder();
  const { path: file } = await writePortableProgram(folder, modules, {
    before: "echo out of order >&2; exit 9",
  });
  assertRefused(await start(`${folder.path}/target`, ["x"], { file }), /out of order/, /another form/);
});
