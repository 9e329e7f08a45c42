/** Bundles that belong to somebody else than root, and what their owner can do while a container is created. */
import assert from "node:assert/strict";
import { type Bundle, makeBundle } from "../harness/bundle.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { PROBE_STATUS, type ProbeRuntime, probeRuntime } from "../harness/probe.ts";
import { type Ran, run, which } from "../harness/run.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

const USER = 1000;

const RACER = new URL("../harness/exchange_names.sh", import.meta.url);

const GATE = `import { definePlugin } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "no-root",
  version: "1.0.0",
  brief: "Refuses containers with an annotation",
  gate: true,
  when: { annotations: { "org.example.bad": "." } },
  plan: () => ({ deny: ["bad"] }),
});
`;

const TAG = `import { definePlugin, setEnv } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "tag",
  version: "1.0.0",
  brief: "Sets a variable",
  plan: () => ({ edits: [setEnv("TAG", "1")] }),
});
`;

interface Scene {
  work: WorkFolder;
  probe: ProbeRuntime;
  installed: Installation;
  bundle: Bundle;
  create(bundle?: string): Promise<Ran>;
}

async function makeScene({ form, work }: Subject, plugin?: string, more = ""): Promise<Scene> {
  const probe = probeRuntime(work);
  work.folder("plugins");
  if (plugin !== undefined) work.file(`plugins/${/name: "(.*)"/.exec(plugin)![1]}.ts`, plugin);
  const config = `[container-hooks]
plugin-dirs = ["${work.path}/plugins"]
${more}
[container-hooks-runtime]
debug = "${work.path}/own.log"
runtimes = [${JSON.stringify(probe.path)}]
`;
  const installed = await install(form, work, { config, runtimes: [probe.path] });
  const bundle = await makeBundle(work, { name: "outer/bundle" });
  const create = (path = bundle.path) =>
    run([installed.runtime, "create", "--bundle", path, "c1"], { env: installed.env });
  return { work, probe, installed, bundle, create };
}

/** Each makes the bundle one that others than root can exchange; what is given back is its name then. */
const FOREIGN: Record<string, { make: (scene: Scene) => string | void; says: RegExp }> = {
  "whose folder is a user's": {
    make: ({ bundle }) => Deno.chownSync(bundle.path, USER, USER),
    says: /outer\/bundle belongs to user 1000;/,
  },
  "whose config.json is a user's": {
    make: ({ bundle }) => Deno.chownSync(bundle.config, USER, USER),
    says: /config\.json belongs to user 1000;/,
  },
  "whose config.json a group may write": {
    make: ({ bundle }) => Deno.chmodSync(bundle.config, 0o664),
    says: /config\.json can be written by others than root \(mode 0664\);/,
  },
  "that everybody may write": {
    make: ({ bundle }) => Deno.chmodSync(bundle.path, 0o777),
    says: /outer\/bundle can be written by others than root \(mode 0777\);/,
  },
  "below a user's folder": {
    make: ({ work }) => Deno.chownSync(`${work.path}/outer`, USER, USER),
    says: /\/outer belongs to user 1000;/,
  },
  "reached by a user's link": {
    make({ work, bundle }) {
      const link = `${work.folder("links", 0o1777)}/link`;
      Deno.symlinkSync(bundle.path, link);
      return link;
    },
    says: /links\/link is a symbolic link in a folder that everybody can write;/,
  },
};

for (const [name, { make, says }] of Object.entries(FOREIGN)) {
  specTest(
    `a config.json that was exchanged after the rename reached the runtime, in a bundle ${name}`,
    ["root"],
    async (subject) => {
      const scene = await makeScene(subject, TAG);
      const path = make(scene) ?? undefined;
      const before = scene.bundle.text();
      const ran = await scene.create(path);
      assert.deepEqual([ran.status, scene.probe.calls()], [1, []], ran.stderr);
      assert.match(ran.stderr, /can be exchanged after plugin tag has looked at it: /);
      assert.match(ran.stderr, says);
      assert.match(ran.stderr, /foreign-bundles = "accept"$/m);
      assert.equal(scene.bundle.text(), before);
    },
  );
}

specTest(
  "a gate whose condition does not hold yet was not asked of a user's bundle",
  ["root"],
  async (subject) => {
    const scene = await makeScene(subject, GATE);
    assert.equal((await scene.create()).status, PROBE_STATUS, "root's own bundle");
    Deno.chownSync(scene.bundle.path, USER, USER);
    const ran = await scene.create();
    assert.match(ran.stderr, /after plugin no-root has looked at it/);
    assert.equal(ran.status, 1);
  },
);

specTest(
  "a sticky folder on the way, as /tmp is, and a link of root's are safe",
  ["root"],
  async (subject) => {
    const scene = await makeScene(subject, TAG);
    Deno.chmodSync(`${scene.work.path}/outer`, 0o1777);
    Deno.symlinkSync(scene.bundle.path, `${scene.work.path}/link`);
    for (const path of [scene.bundle.path, `${scene.work.path}/link`]) {
      const ran = await scene.create(path);
      assert.equal(ran.status, PROBE_STATUS, ran.stderr);
    }
    assert.ok(scene.bundle.spec().process!.env!.includes("TAG=1"));
  },
);

specTest(
  "where no plugin decides, or the administrator accepts it, a user's bundle starts",
  ["root"],
  async (subject) => {
    const plain = await makeScene(subject);
    Deno.chownSync(plain.bundle.path, USER, USER);
    assert.equal((await plain.create()).status, PROBE_STATUS);
    plain.work.file("plugins/tag.ts", TAG);
    assert.equal((await plain.create()).status, 1);
    const text = Deno.readTextFileSync(plain.installed.configFile);
    Deno.writeTextFileSync(plain.installed.configFile, text.replace("\n", '\nforeign-bundles = "accept"\n'));
    const ran = await plain.create();
    assert.equal(ran.status, PROBE_STATUS, ran.stderr);
    assert.match(
      Deno.readTextFileSync(`${plain.work.path}/own.log`),
      /level=warning .*it is accepted by foreign-bundles/,
    );
  },
);

specTest(
  "an owner who exchanged names was given root's file",
  ["root", "strace", "busybox"],
  async (subject) => {
    const scene = await makeScene(subject, TAG, 'foreign-bundles = "accept"');
    const { work, bundle, installed } = scene;
    // What its owner has, so that nothing of root's lies in his folder.
    for (const path of [bundle.path, bundle.config]) Deno.chownSync(path, USER, USER);
    Deno.chmodSync(bundle.config, 0o666);
    const secret = work.file("secret", "root's alone\n", 0o600);
    await installed.command(["version"]);
    // A copy that the user may read, wherever the project lies.
    const script = work.program("exchange_names.sh", Deno.readTextFileSync(RACER));
    const child = new Deno.Command(which("busybox")!, {
      args: ["sh", script, secret],
      cwd: bundle.path,
      uid: USER,
      gid: USER,
      clearEnv: true,
      stdin: "null",
      stderr: "null",
    }).spawn();
    try {
      // Time for the racer between the making of the file and each use of it; on a busy machine, more than once.
      const calls = "chown,fchown,fchownat,chmod,fchmod,fchmodat,rename,renameat,renameat2";
      const slow = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", `trace=${calls}`, "-e"];
      const create = [installed.runtime, "create", "-b", bundle.path, "c1"];
      for (let tries = 0; tries < 20 && !exists(`${bundle.path}/exchanged`); tries++) {
        await run([...slow, `inject=${calls}:delay_enter=300000`, ...create], { env: installed.env });
      }
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
    assert.ok(Deno.readTextFileSync(`${bundle.path}/exchanged`).length > 0, "the racer exchanged nothing");
    const { uid, gid, mode } = Deno.statSync(secret);
    assert.deepEqual([uid, gid, mode! & 0o7777], [0, 0, 0o600]);
    assert.equal(
      Deno.statSync(`${bundle.path}/taken`).uid,
      USER,
      "the new file itself was to be its owner's",
    );
  },
);

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
