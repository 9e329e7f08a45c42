/**
 * Each kind of bad input has its sentence: what happened, where, why, and what to do. The runtime is never
 * reached, config.json stays as it was, and the engine's log holds exactly that sentence.
 */
import assert from "node:assert/strict";
import { type Bundle, makeBundle } from "../harness/bundle.ts";
import type { Form } from "../harness/forms.ts";
import { install, type Installation, type InstallSettings } from "../harness/installation.ts";
import { type Need, specTest, type Subject } from "../harness/needs.ts";
import { PROBE_STATUS, type ProbeRuntime, probeRuntime } from "../harness/probe.ts";
import { mustRun, type Ran, run } from "../harness/run.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

/** A bundle, us, and a runtime that would tell if it was reached. */
interface Scene {
  form: Form;
  work: WorkFolder;
  bundle: Bundle;
  probe: ProbeRuntime;
  installed: Installation;
}

async function makeScene({ form, work }: Subject, settings: InstallSettings = {}): Promise<Scene> {
  const probe = probeRuntime(work);
  const hooks = { prestart: [{ path: "/bin/true" }] };
  const installed = await install(form, work, { runtimes: [probe.path], hooks, ...settings });
  return { form, work, probe, installed, bundle: await makeBundle(work) };
}

/** What differs from one bad input to the next. */
interface BadInput {
  name: string;
  /** Makes it bad. */
  spoil?: (scene: Scene) => void | Promise<void>;
  /** Arguments after `create`, in place of the bundle and an id. */
  args?: (scene: Scene) => string[];
  /** Words in front of the whole command line. */
  prefix?: string[];
  settings?: (work: WorkFolder) => InstallSettings;
  /** The sentence, from its first word to its last, without folders. */
  says: RegExp;
  needs?: Need[];
}

const WRITE = "chown root .*; chmod go-w .*";
const BYPASS = "`container-hooks bypass on` lets containers start without us meanwhile";

const BAD_INPUT: BadInput[] = [
  {
    name: "a bundle that is missing",
    args: ({ work }) => ["--bundle", `${work.path}/nowhere`, "c1"],
    says: /bundle \S+\/nowhere does not exist; give the folder that holds config\.json with --bundle$/,
  },
  {
    name: "a bundle that is a file",
    args: ({ bundle }) => ["--bundle", bundle.config, "c1"],
    says: /bundle \S+\/config\.json is not a folder; give the folder that holds config\.json with --bundle$/,
  },
  {
    name: "a bundle without config.json",
    spoil: ({ bundle }) => Deno.removeSync(bundle.config),
    says: /bundle \S+\/bundle has no config\.json; give the folder that holds config\.json with --bundle$/,
  },
  {
    name: "two bundles",
    args: ({ bundle }) => ["--bundle", bundle.path, "-b", "/elsewhere", "c1"],
    says: /the command line names two bundles, \S+\/bundle and \/elsewhere; name one$/,
  },
  {
    name: "an empty config.json",
    spoil: ({ bundle }) => Deno.writeTextFileSync(bundle.config, ""),
    says: /\S+\/config\.json is empty; put back what it held; an empty object is \{\}$/,
  },
  {
    name: "a config.json in which runc reads another user than a gate is shown",
    spoil: ({ bundle }) => {
      const text = Deno.readTextFileSync(bundle.config);
      Deno.writeTextFileSync(bundle.config, text.replace(/\}\s*$/, ',"Process":{"user":{"uid":0,"gid":0}}}'));
    },
    says:
      /config\.json has a field Process, which some runtimes take for process and others do not; spell it process, .*$/,
  },
  {
    name: "an option that may name another config.json",
    args: ({ bundle }) => ["--spec=/elsewhere.json", "--bundle", bundle.path, "c1"],
    says: /option --spec=\/elsewhere\.json is not one that we know of runc.*$/,
  },
  {
    name: "a config.json whose field has the wrong type",
    spoil: ({ bundle }) => Deno.writeTextFileSync(bundle.config, '{"process":{"env":{"A":"1"}}}'),
    says: /\S+\/config\.json has a field process\.env that is not an array of strings; correct it; /,
  },
  {
    name: "a config.json that is not JSON",
    spoil: ({ bundle }) => Deno.writeTextFileSync(bundle.config, '{\n  "process": {,\n}'),
    says: /\S+\/config\.json is not JSON: .+ at line 2, column 15; correct it there$/,
  },
  {
    name: "a config.json that is not an object",
    spoil: ({ bundle }) => Deno.writeTextFileSync(bundle.config, "[]\n"),
    says:
      /config\.json holds an array where an object belongs; correct it: it is to begin with \{ and to end with \}/,
  },
  {
    name: "a config.json with a key twice",
    spoil: ({ bundle }) => Deno.writeTextFileSync(bundle.config, '{"process": {"env": [], "env": []}}'),
    says: /config\.json has the key env twice in one object \(.*process.*, the second at line 1, column 25\)/,
  },
  {
    name: "a config.json with a byte order mark",
    spoil: ({ bundle }) => Deno.writeTextFileSync(bundle.config, "\ufeff{}"),
    says:
      /config\.json begins with a byte order mark, which no runtime accepts; save it as UTF-8 without one$/,
  },
  {
    name: "a config.json of 20 MB",
    spoil: ({ bundle }) => Deno.writeTextFileSync(bundle.config, `{"x": "${"y".repeat(20_000_000)}"}`),
    says: /config\.json \S+ is 19\.1 MiB, more than the limit of 16\.0 MiB; make it smaller$/,
  },
  {
    name: "a config.json that is a named pipe",
    spoil: async ({ bundle }) => {
      Deno.removeSync(bundle.config);
      await mustRun(["mkfifo", bundle.config]);
    },
    says: /config\.json \S+ is a named pipe, not a regular file; put a regular file in its place$/,
  },
  {
    name: "a config.json that is a symbolic link",
    spoil: ({ bundle }) => {
      Deno.renameSync(bundle.config, `${bundle.path}/other.json`);
      Deno.symlinkSync("other.json", bundle.config);
    },
    says: /config\.json \S+ is a symbolic link, not a regular file; put a regular file in its place$/,
  },
  {
    name: "a config.json that cannot be read",
    // root reads everything, unless it has lost that right.
    spoil: ({ bundle }) => {
      Deno.chownSync(bundle.config, 12, 34);
      Deno.chmodSync(bundle.config, 0o600);
    },
    prefix: ["setpriv", "--bounding-set=-dac_override,-dac_read_search"],
    needs: ["setpriv"],
    says: /config\.json \S+ cannot be read: permission denied; check its owner and mode$/i,
  },
  {
    name: "a container id that climbs out of its folder",
    args: ({ bundle }) => ["--bundle", bundle.path, "../../x"],
    says:
      /"?\.\.\/\.\.\/x"? has characters that no runtime accepts; use letters, digits, and _ \+ - \. after the first/,
  },
  {
    name: "a hooks.json that is missing",
    spoil: ({ installed }) => Deno.removeSync(installed.hooksFile),
    says: /hooks-json.* \S+\/hooks\.json does not exist; /,
  },
  {
    name: "a hooks.json that is not JSON",
    spoil: ({ installed }) => installed.setHooks('{\n"prestart": [}'),
    says: /hooks-json.*\S+\/hooks\.json is not JSON: .+ at line 2, column \d+; /,
  },
  {
    name: "a hooks.json with an unknown stage",
    spoil: ({ installed }) => installed.setHooks({ preStart: [] }),
    says: /hooks\.json has an unknown stage "preStart"; use one of prestart, createRuntime/,
  },
  {
    name: "a hooks.json with a relative path",
    spoil: ({ installed }) => installed.setHooks({ prestart: [{ path: "bin/true" }] }),
    says: /hooks\.json: prestart\[0\]\.path is not an absolute path; name the program by its whole path$/,
  },
  {
    name: "a hooks.json that names a missing program",
    spoil: ({ installed }) => installed.setHooks({ prestart: [{ path: "/nonexistent/hook" }] }),
    says:
      /prestart hook of plugin hooks-json: program \/nonexistent\/hook does not exist; create it or correct the path$/,
  },
  {
    name: "a hooks.json that names a program that anybody can write",
    spoil: ({ installed, work }) => {
      const path = work.program("loose", "#!/bin/sh\n");
      Deno.chmodSync(path, 0o777);
      installed.setHooks({ poststop: [{ path }] });
    },
    says: new RegExp(
      `/loose is not trusted: it can be written by others than root \\(mode 0777\\); .*${WRITE}`,
    ),
  },
  {
    name: "a hooks.json that names a program in a folder of somebody else",
    spoil: ({ installed, work }) => {
      Deno.chownSync(work.folder("theirs"), 12, 34);
      installed.setHooks({ poststop: [{ path: work.program("theirs/hook", "#!/bin/sh\n") }] });
    },
    says: new RegExp(`/theirs/hook is not trusted: \\S+/theirs belongs to user 12; .*${WRITE}`),
  },
  {
    name: "a hooks.json that names a file that is not executable",
    spoil: ({ installed, work }) => installed.setHooks({ prestart: [{ path: work.file("plain", "") }] }),
    says: /\/plain is not executable; chmod \+x \S+\/plain$/,
  },
  {
    name: "a hook that brings LD_PRELOAD",
    spoil: ({ installed }) =>
      installed.setHooks({ prestart: [{ path: "/bin/true", env: ["LD_PRELOAD=/x.so"] }] }),
    says: /hooks\.json: prestart\[0\]\.env sets LD_PRELOAD, a variable of the program loader/,
  },
  {
    name: "a config.toml that is not TOML",
    settings: () => ({ config: "[container-hooks]\npath = \n" }),
    says: new RegExp(`config\\.toml:2:\\d+ is not TOML: .+; correct that line; ${BYPASS}$`),
  },
  {
    name: "a config.toml with a misspelt key",
    settings: (work) => ({
      config: `[container-hooks-runtime]\nruntimes = ["${work.path}/probe/runc"]\nlog-levle = "info"\n`,
    }),
    says: /config\.toml:3 has an unknown key \S*log-levle; did you mean \S*log-level\?/,
  },
];

for (const { name, spoil, args, prefix = [], settings, says, needs = [] } of BAD_INPUT) {
  specTest(`${name} stops the container with its sentence`, ["root", "runc", ...needs], async (subject) => {
    const scene = await makeScene(subject, settings?.(subject.work));
    await spoil?.(scene);
    const { bundle, installed } = scene;
    const before = identityOf(bundle.config);
    const rest = args?.(scene) ?? ["--bundle", bundle.path, "c1"];
    for (const format of ["json", "text"]) {
      const log = `${scene.work.path}/engine.${format}`;
      const argv = [installed.runtime, "--log", log, "--log-format", format, "create", ...rest];
      const ran = await run([...prefix, ...argv], { env: installed.env });
      const sentence = refusal(scene, ran);
      assert.match(sentence, says);
      assertLogged(Deno.readTextFileSync(log), format, sentence);
    }
    assert.deepEqual(identityOf(bundle.config), before);
    assert.deepEqual(leftovers(bundle), []);
  });
}

/** The one sentence on stderr of a call that did not reach the runtime. */
function refusal({ probe }: Scene, ran: Ran): string {
  assert.deepEqual([ran.status, ran.stdout, probe.calls()], [1, "", []], ran.stderr);
  assert.match(ran.stderr, /^container-hooks: [^\n]+\n$/);
  return ran.stderr.trimEnd();
}

/** podman reads the whole file as one object, containerd the last line of level error. */
function assertLogged(text: string, format: string, sentence: string): void {
  if (format === "json") {
    const { level, msg, time, ...others } = JSON.parse(text);
    assert.deepEqual([level, msg, others], ["error", sentence, {}]);
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < 600_000, time);
  } else {
    assert.match(text, /^time="[^"]+" level=error msg="[^\n]+"\n$/);
    assert.ok(text.includes(JSON.stringify(sentence)), text);
  }
}

/** Inode and content: a file that was written anew with the same text is not the same. */
function identityOf(path: string): unknown {
  try {
    const { ino, mtime, isFile, size } = Deno.lstatSync(path);
    return [ino, mtime, isFile, size];
  } catch {
    return "missing";
  }
}

function leftovers(bundle: Bundle): string[] {
  return Array.from(Deno.readDirSync(bundle.path), (entry) => entry.name)
    .filter((name) => name !== "config.json" && name !== "other.json");
}

specTest(
  "a config.json in a read-only folder stops the container with its sentence",
  ["root", "runc"],
  async (subject) => {
    const scene = await makeScene(subject);
    const { bundle, installed } = scene;
    await mustRun(["mount", "--bind", bundle.path, bundle.path]);
    await mustRun(["mount", "-o", "remount,bind,ro", bundle.path]);
    const before = bundle.text();
    const ran = await installed.asRuntime(["create", "--bundle", bundle.path, "c1"]);
    assert.match(
      refusal(scene, ran),
      /config\.json \S+ cannot be written: read-only file system; make the folder/i,
    );
    assert.equal(bundle.text(), before);
  },
);

specTest("no command at all is the runtime's to answer", ["root", "runc"], async (subject) => {
  const { installed, probe } = await makeScene(subject);
  assert.equal((await installed.asRuntime([])).status, PROBE_STATUS);
  assert.deepEqual(probe.calls(), [[]]);
});

specTest("an unknown command is the runtime's to answer", ["root", "runc"], async (subject) => {
  const { installed } = await makeScene(subject, { runtimes: ["runc"] });
  const ours = await installed.asRuntime(["frobnicate"]);
  const theirs = await mustRun(["sh", "-c", "runc frobnicate; echo $?"]);
  // runc tells the second in which it was called.
  const [our, their] = [ours, theirs].map(({ stderr }) => stderr.replace(/^time="[^"]*"/gm, "time"));
  assert.deepEqual([ours.stdout + `${ours.status}\n`, our], [theirs.stdout, their]);
});

specTest("an unknown command of container-hooks is refused with a hint", ["root"], async ({ form, work }) => {
  const installed = await install(form, work);
  const ran = await installed.command(["versoin"]);
  assert.notEqual(ran.status, 0);
  assert.match(ran.stderr, /versoin.*version/s);
});

specTest("bad input does not stop what makes no container", ["root", "runc"], async (subject) => {
  const { installed } = await makeScene(subject, { config: "[broken", runtimes: ["runc"] });
  assert.match((await installed.asRuntime(["--version"])).stdout, /^runc version/);
});

const BAD_RUNTIMES: { name: string; runtime: (work: WorkFolder) => string; says: RegExp }[] = [
  { name: "missing", runtime: () => "/nonexistent/runc", says: /\/nonexistent\/runc does not exist/ },
  { name: "not on PATH", runtime: () => "no-such-runc", says: /no-such-runc is not on PATH/ },
  {
    name: "not executable",
    runtime: (work) => work.file("plain-runc", "#!/bin/sh\n"),
    says: /plain-runc is not executable/,
  },
  {
    name: "writable by anybody",
    runtime(work) {
      const path = work.program("loose-runc", "#!/bin/sh\n");
      Deno.chmodSync(path, 0o777);
      return path;
    },
    says: /OCI runtime \S+\/loose-runc is not trusted: it can be written by others than root/,
  },
];

for (const { name, runtime, says } of BAD_RUNTIMES) {
  specTest(`a runtime that is ${name} is an error that names it`, ["root", "runc"], async (subject) => {
    const scene = await makeScene(subject, { runtimes: [runtime(subject.work)] });
    const before = scene.bundle.text();
    for (const args of [["create", "--bundle", scene.bundle.path, "c1"], ["state", "c1"]]) {
      assert.match(refusal(scene, await scene.installed.asRuntime(args)), says);
    }
    assert.equal(scene.bundle.text(), before);
  }, "files");
}
