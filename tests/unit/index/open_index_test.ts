import assert from "node:assert/strict";
import type { Plugin } from "../../../mod/api/plugin.ts";
import { MANIFEST_COMMAND } from "../../../mod/entry_points.ts";
import { Failure } from "../../../mod/errors.ts";
import { denoHost } from "../../../mod/host/deno_host.ts";
import type { FileStatus, Host } from "../../../mod/host/host.ts";
import { brokenFailure, type Index, type IndexedPlugin } from "../../../mod/index/entries.ts";
import { openIndex } from "../../../mod/index/open_index.ts";
import { hostWith, PluginPlace, pluginText, PROGRAM } from "../plugin/plugin_place.ts";

const OWN: Plugin = { api: 1, name: "own", version: "1.0.0", brief: "Part of the program", plan() {} };
const BUILTIN = { own: { load: () => Promise.resolve({ default: OWN }) } };

/** Milliseconds; for so long a file that has just changed is looked at again at each create. */
const SETTLED = 3000;

/** A place with a configuration, and a clock for which every change was made some time ago. */
class IndexPlace extends PluginPlace {
  readonly config = `${this.folder}/config.toml`;
  readonly program = { ...PROGRAM, file: `${this.folder}/program`, builtin: BUILTIN };
  /** How many children read a manifest. */
  children = 0;

  constructor(files: Record<string, string> = {}, config = "") {
    super(files);
    // Beforehand: the folder that it lies in is looked at where a plugin is broken.
    Deno.mkdirSync(this.state, { mode: 0o700 });
    this.configure(config);
    Deno.writeTextFileSync(this.program.file, "program");
  }

  configure(text: string): void {
    Deno.writeTextFileSync(
      this.config,
      `[container-hooks]\nplugin-dirs = ["${this.plugins}"]\n${text}\n[plugins.own]\n`,
    );
  }

  open(changed: Partial<Host> = {}): Promise<Index> {
    return openIndex(this.host(changed), this.program);
  }

  host(changed: Partial<Host> = {}): Host {
    const env: Record<string, string> = {
      CONTAINER_HOOKS_CONFIG: this.config,
      CONTAINER_HOOKS_STATE: this.state,
    };
    return hostWith({
      env: (name) => env[name],
      now: () => Date.now() + SETTLED,
      run: (command) => {
        if (command.args.includes(MANIFEST_COMMAND)) this.children++;
        return denoHost.run(command);
      },
      ...changed,
    });
  }
}

function named(index: Index, name: string): IndexedPlugin {
  const plugin = index.plugins.find((plugin) => plugin.name === name);
  assert(plugin, `no plugin ${name}`);
  return plugin;
}

function errorOf(index: Index, name: string): string {
  const plugin = named(index, name);
  assert.equal(plugin.state, "broken");
  return plugin.state === "broken" ? brokenFailure(plugin).message : "";
}

function states(index: Index): Record<string, string> {
  return Object.fromEntries(index.plugins.map(({ name, state }) => [name, state]));
}

Deno.test("the index has the configuration, and manifest, options and place of every plugin", async () => {
  using place = new IndexPlace(
    { "a.ts": pluginText("a", 'options: { b: { type: "integer", default: 3, brief: "b" } }, plan() {},') },
    "deadline = 7\n[plugins.a.options]\nb = 4\n",
  );
  const index = await place.open();
  assert.equal(index.config.deadline, 7);
  assert.deepEqual(states(index), { own: "ready", a: "ready" });
  const a = named(index, "a");
  assert(a.state === "ready" && a.cached);
  assert.deepEqual(a.options, { b: 4 });
  assert.equal(a.file, `${place.plugins}/a.ts`);
  assert(a.cached.folder.startsWith(`${place.state}/plugins/`));
  assert.equal(denoHost.lstat(`${place.state}/index.json`)!.mode, 0o600);
});

Deno.test("while nothing changes, one file is read and nothing is written or run", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a") });
  const first = await place.open();
  const opened: string[] = [];
  const second = await place.open({
    open(path) {
      opened.push(path);
      return denoHost.open(path);
    },
    createNew: () => assert.fail("nothing to write"),
    run: () => assert.fail("nothing to run"),
  });
  assert.deepEqual(second, JSON.parse(JSON.stringify(first)));
  assert.deepEqual(opened, [`${place.state}/index.json`]);
});

Deno.test("writing the plugin cache while the index is made does not make it count as changed", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a") });
  const lstat = (path: string) => {
    const status = denoHost.lstat(path);
    // What the program writes has the time of the program's clock.
    return status && path.startsWith(place.state) ? { ...status, changed: status.changed + SETTLED } : status;
  };
  const first = await place.open({ lstat });
  assert.equal((await place.open({ lstat })).builtAt, first.builtAt);
});

/** [what changes, how, what the index shows then]. */
const CHANGES: [string, (place: IndexPlace) => void, (index: Index) => void][] = [
  [
    "a plugin",
    (place) => place.write("a.ts", pluginText("a", 'when: { engine: ["podman"] }, plan() {},')),
    (index) => {
      const a = named(index, "a");
      assert.deepEqual(a.state === "ready" && a.manifest.when, { engine: ["podman"] });
    },
  ],
  [
    "a file that a plugin imports",
    (place) => place.write("_lib/b.ts", "throw 1;"),
    (index) => assert.equal(named(index, "a").state, "broken"),
  ],
  [
    "the folder of plugins, by a new one",
    (place) => place.write("b/plugin.ts", pluginText("b")),
    (index) => assert.equal(named(index, "b").state, "ready"),
  ],
  [
    "the folder of plugins, by one less",
    (place) => Deno.removeSync(`${place.plugins}/a.ts`),
    (index) => assert.deepEqual(states(index), { own: "ready" }),
  ],
  [
    "the mode of a plugin's file",
    (place) => Deno.chmodSync(`${place.plugins}/a.ts`, 0o666),
    (index) => assert.match(errorOf(index, "a"), /is not trusted/),
  ],
  [
    "config.toml",
    (place) => place.configure('[plugins.a]\nmode = "off"\n'),
    (index) => assert.equal(named(index, "a").state, "off"),
  ],
  [
    "conf.d, which was not there",
    (place) => {
      Deno.mkdirSync(`${place.folder}/conf.d`);
      Deno.writeTextFileSync(`${place.folder}/conf.d/a.toml`, "[container-hooks]\ndeadline = 9\n");
    },
    (index) => assert.equal(index.config.deadline, 9),
  ],
  [
    "the plugin cache, by being emptied",
    (place) => Deno.removeSync(`${place.state}/plugins`, { recursive: true }),
    (index) => {
      const a = named(index, "a");
      assert(a.state === "ready" && denoHost.lstat(`${a.cached!.folder}/load.js`));
    },
  ],
  [
    "the index, by being cut off",
    (place) => Deno.truncateSync(`${place.state}/index.json`, 100),
    (index) => assert.equal(named(index, "a").state, "ready"),
  ],
];

for (const [what, change, check] of CHANGES) {
  Deno.test(`the index is made anew after a change of ${what}`, async () => {
    using place = new IndexPlace({
      "a.ts": `import "./_lib/b.ts"; ${pluginText("a")}`,
      "_lib/b.ts": "export {};",
    });
    await place.open();
    change(place);
    check(await place.open());
  });
}

Deno.test("an update of the program makes the index anew, with every plugin looked at again", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a") });
  const first = await place.open();
  Deno.writeTextFileSync(place.program.file, "another program");
  const opened: string[] = [];
  const second = await place.open({
    open(path) {
      opened.push(path);
      return denoHost.open(path);
    },
  });
  assert.notEqual(second.builtAt, first.builtAt);
  assert(opened.includes(`${place.plugins}/a.ts`));
});

Deno.test("another configuration file makes the index anew", async () => {
  using place = new IndexPlace();
  await place.open();
  const other = `${place.folder}/other.toml`;
  Deno.writeTextFileSync(other, "[container-hooks]\ndeadline = 8\n");
  const env = (name: string) => name === "CONTAINER_HOOKS_CONFIG" ? other : place.host().env(name);
  assert.equal((await place.open({ env })).config.deadline, 8);
});

Deno.test("a plugin that has not changed is neither read nor described again", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a"), "b.ts": pluginText("b") });
  const first = await place.open();
  assert.equal(place.children, 2);
  place.write("b.ts", pluginText("b", "plan() { return; },"));
  const second = await place.open({
    open: (path) => path.endsWith("/a.ts") ? assert.fail("a.ts is known") : denoHost.open(path),
  });
  assert.equal(place.children, 3);
  assert.deepEqual(named(second, "a"), JSON.parse(JSON.stringify(named(first, "a"))));
});

Deno.test("a file that changed just before the index was made is looked at once more", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a") });
  const { changed } = denoHost.lstat(`${place.plugins}/a.ts`)!;
  // A second change within this second could leave all that is compared as it is.
  const first = await place.open({ now: () => changed + 900 });
  const second = await place.open({ now: () => changed + 5000 });
  assert.notEqual(second.builtAt, first.builtAt);
  assert.equal((await place.open({ now: () => changed + 6000 })).builtAt, second.builtAt);
});

Deno.test("plugins that take all the time there is are bounded together, and not looked at again at once", async () => {
  const names = Array.from({ length: 12 }, (_, at) => `p${at}`);
  using place = new IndexPlace(
    Object.fromEntries(names.map((name) => [`${name}.ts`, pluginText(name)])),
    "deadline = 30\n",
  );
  let clock = Date.now() + SETTLED;
  const limits: number[] = [];
  const run: Host["run"] = ({ timeout = 0 }) => {
    limits.push(timeout);
    clock += timeout;
    return Promise.resolve({
      status: 137,
      stdout: new Uint8Array(),
      stderr: new Uint8Array(),
      timedOut: true,
    });
  };
  // Of a broken plugin the folders above count too, and in those other tests make files.
  const above = new Map<string, FileStatus | undefined>();
  const lstat = (path: string) => {
    if (!place.folder.startsWith(`${path}/`)) return denoHost.lstat(path);
    if (!above.has(path)) above.set(path, denoHost.lstat(path));
    return above.get(path);
  };
  const host = { now: () => clock, uptime: () => clock, run, lstat };
  const began = clock;
  const index = await place.open(host);
  assert.deepEqual(names.map((name) => named(index, name).state), names.map(() => "broken"));
  assert.equal(clock - began, 15_000);
  assert.equal(limits.reduce((sum, limit) => sum + limit), 15_000);
  clock += 60_000;
  assert.equal((await place.open(host)).builtAt, index.builtAt);
  clock += 100_000;
  assert.notEqual((await place.open(host)).builtAt, index.builtAt);
});

Deno.test("a broken plugin is an error at its own name and leaves the others alone", async () => {
  using place = new IndexPlace({ "a.ts": "const a = = 1;", "b.ts": pluginText("b") });
  const index = await place.open();
  assert.deepEqual(states(index), { own: "ready", a: "broken", b: "ready" });
  assert.match(errorOf(index, "a"), /plugins\/a\.ts:1:11 does not parse/);
});

Deno.test("a wrong option is an error of its plugin, with the line that sets it", async () => {
  const text = pluginText("a", 'options: { b: { type: "integer", brief: "b" } }, plan() {},');
  using place = new IndexPlace({ "a.ts": text }, '[plugins.a.options]\nb = "four"\n');
  assert.match(errorOf(await place.open(), "a"), /config\.toml:4 .*plugins\.a\.options\.b/);
});

Deno.test("a plugin that has a policy and no file is broken, so that its removal does not open a gate", async () => {
  using place = new IndexPlace({ "audit.ts": pluginText("audit") }, "[plugins.audti]\ntimeout = 3\n");
  const message = errorOf(await place.open(), "audti");
  assert.match(message, /config\.toml:3 has a policy for plugin audti.*did you mean audit\?/);
});

Deno.test("a plugin that is part of the program waits for a policy, unless it works unasked", async () => {
  using place = new IndexPlace();
  Deno.writeTextFileSync(place.config, "");
  const always = {
    load: () => Promise.resolve({ default: { ...OWN, name: "always" } }),
    unasked: true,
  } as const;
  const index = await openIndex(place.host(), { ...place.program, builtin: { ...BUILTIN, always } });
  assert.deepEqual(states(index), { own: "off", always: "ready" });
});

Deno.test("a plugin that is off is not even read", async () => {
  using place = new IndexPlace({ "a.ts": "(" }, '[plugins.a]\nmode = "off"\n[plugins.gone]\nmode = "off"\n');
  assert.deepEqual(states(await place.open()), { own: "ready", a: "off", gone: "off" });
});

Deno.test("a broken plugin is tried again after ten seconds, since its trouble may have been the machine's", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a") });
  const start = Date.now() + SETTLED;
  const now = () => start;
  const run = () => Promise.reject(new Error("no memory"));
  const failing = await place.open({ now, uptime: () => 1000, run });
  assert.match(errorOf(failing, "a"), /no memory/);
  const after = async (seconds: number, clock = now) =>
    named(await place.open({ now: clock, uptime: () => 1000 + seconds * 1000 }), "a").state;
  assert.equal(await after(9), "broken");
  assert.equal(await after(9, () => start + 3_600_000), "broken", "the clock was set");
  assert.equal(await after(11), "ready");
});

Deno.test("a folder whose mode is mended is noticed at once", async () => {
  using place = new IndexPlace({ "a/plugin.ts": pluginText("a") });
  Deno.chmodSync(place.folder, 0o777);
  Deno.chmodSync(`${place.plugins}/a`, 0o777);
  // The configuration lies in the same folder and is refused first.
  await assert.rejects(place.open(), /is not trusted/);
  Deno.chmodSync(place.folder, 0o700);
  assert.match(errorOf(await place.open(), "a"), /is not trusted/);
  Deno.chmodSync(`${place.plugins}/a`, 0o755);
  assert.equal(named(await place.open(), "a").state, "ready");
});

Deno.test("creates that make the index at once all get it, and no half-made file stays", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a") });
  const indexes = await Promise.all(Array.from({ length: 4 }, () => place.open()));
  for (const index of indexes) assert.deepEqual(states(index), { own: "ready", a: "ready" });
  assert.deepEqual([...Deno.readDirSync(place.state)].map(({ name }) => name).sort(), [
    "index.json",
    "plugins",
  ]);
});

Deno.test("an index that cannot be kept is used all the same", async () => {
  using place = new IndexPlace();
  const full = () => {
    throw new Error("No space left on device (os error 28)");
  };
  assert.deepEqual(states(await place.open({ openFolder: full })), { own: "ready" });
  assert.deepEqual(states(await place.open({ makeFolder: full })), { own: "ready" });
  assert.equal(denoHost.lstat(`${place.state}/index.json`), undefined);
});

Deno.test("an index that others may write is refused, not made anew over it", async () => {
  using place = new IndexPlace();
  await place.open();
  Deno.chmodSync(`${place.state}/index.json`, 0o666);
  await assert.rejects(place.open(), (error) => error instanceof Failure && error.code === "untrusted");
});

Deno.test("a configuration that is wrong is a failure, and the last index does not stand in for it", async () => {
  using place = new IndexPlace();
  await place.open();
  place.configure("dedline = 3\n");
  await assert.rejects(place.open(), /config\.toml:3 has an unknown key/);
});

/** Names of the contents in the plugin cache. */
function cachedContents({ state }: IndexPlace): string[] {
  return Array.from(Deno.readDirSync(`${state}/plugins`), ({ name }) => name);
}

Deno.test("old contents of the plugin cache were kept for ever", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a") });
  const later = (minutes: number) => ({
    now: () => Date.now() + SETTLED + minutes * 60_000,
    uptime: () => minutes * 60_000,
  });
  const folderOf = (index: Index) => {
    const a = named(index, "a");
    assert(a.state === "ready" && a.cached);
    return a.cached.folder.slice(a.cached.folder.lastIndexOf("/") + 1);
  };
  const versions: string[] = [];
  for (
    const [at, text] of ["plan() {},", "plan() { return {}; },", "plan() { return { edits: [] }; },"]
      .entries()
  ) {
    Deno.writeTextFileSync(`${place.plugins}/a.ts`, pluginText("a", text));
    versions.push(folderOf(await place.open(later(at * 60))));
  }
  // A create that began before the last change may still go by the one before.
  assert.deepEqual(cachedContents(place).sort(), versions.slice(1).sort());
});

Deno.test("a clock that was set forward took away contents that creates still went by", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a") });
  for (const [at, text] of ["plan() {},", "plan() { return {}; },"].entries()) {
    Deno.writeTextFileSync(`${place.plugins}/a.ts`, pluginText("a", text));
    await place.open({ now: () => Date.now() + at * 86_400_000, uptime: () => 1000 + at });
  }
  const now = () => Date.now() + 2 * 86_400_000;
  Deno.writeTextFileSync(`${place.plugins}/a.ts`, pluginText("a", "plan() { return { edits: [] }; },"));
  await place.open({ now, uptime: () => 1002 });
  assert.equal(cachedContents(place).length, 3);
});

Deno.test("a clock that was set back had every create make the index anew", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a") });
  const before = (hours: number) => ({ now: () => Date.now() - hours * 3_600_000 });
  const first = await place.open(before(24));
  assert.equal((await place.open(before(23))).builtAt, first.builtAt);
  place.configure("deadline = 40\n");
  assert.equal((await place.open(before(22))).config.deadline, 40, "what changes is seen all the same");
});

Deno.test("contents of the cache that creates may still go by stay", async () => {
  using place = new IndexPlace({ "a.ts": pluginText("a") });
  for (const text of ["plan() {},", "plan() { return {}; },", "plan() { return { edits: [] }; },"]) {
    Deno.writeTextFileSync(`${place.plugins}/a.ts`, pluginText("a", text));
    await place.open();
  }
  assert.equal(cachedContents(place).length, 3, "all of it was made a moment ago");
});
