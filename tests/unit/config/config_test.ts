import assert from "node:assert/strict";
import { type Config, configPath, policyOf, readConfig, whereSet } from "../../../mod/config/config.ts";
import { ENGINE_NAMES } from "../../../mod/core/engines.ts";
import { valuesOf } from "../../../mod/config/key.ts";
import { KEYS } from "../../../mod/config/keys.ts";
import { MemoryHost } from "../memory_host.ts";

const FOLDER = "/etc/container-hooks";
const PATH = `${FOLDER}/config.toml`;

/** What holds where no file sets anything. */
const DEFAULTS = await settingsOf({});

const POLICY = {
  mode: "enforce",
  onError: "fail",
  timeout: 10,
  isolation: undefined,
  order: 0,
  when: undefined,
  bypassable: true,
  options: {},
};

function hostWith(files: Record<string, string | Uint8Array>): MemoryHost {
  const host = new MemoryHost();
  host.folder(FOLDER);
  for (const [name, content] of Object.entries(files)) host.file(`${FOLDER}/${name}`, content);
  return host;
}

/** What the files say, without where it was read. */
async function settingsOf(files: Record<string, string | Uint8Array>) {
  const { path: _, sources: __, ...settings } = await readConfig(hostWith(files));
  return settings;
}

async function refusalOf(host: MemoryHost): Promise<string> {
  return await readConfig(host).then(() => "accepted", (error) => `${error.code}: ${error.message}`);
}

Deno.test("without any file every key has its default", () => {
  const { hooksPathNamed, plugins, ...values } = DEFAULTS;
  assert.deepEqual(values, valuesOf(KEYS, (key) => key.default));
  assert.deepEqual({ hooksPathNamed, plugins }, { hooksPathNamed: false, plugins: {} });
});

Deno.test("the older toolkit's default file is valid as it is", async () => {
  const text = `
[container-hooks]
path = "/etc/container-hooks/hooks.json"

[container-hooks-ctk]
path = "/usr/bin/container-hooks-ctk"

[container-hooks-runtime]
debug = "/etc/container-hooks/container-hooks-runtime.log"
log-level = "info"
runtimes = ["runc", "docker-runc"]
`;
  assert.deepEqual(await settingsOf({ "config.toml": text }), {
    ...DEFAULTS,
    hooksPathNamed: true,
    log: { file: "/etc/container-hooks/container-hooks-runtime.log", level: "info", format: "text" },
    runtimes: ["runc", "docker-runc"],
    ctkPath: "/usr/bin/container-hooks-ctk",
  });
});

Deno.test("every key of ours is read", async () => {
  const text = `
[container-hooks]
path = "/srv/hooks.json"
plugin-dirs = ["/srv/plugins", "/opt/plugins"]
deadline = 90.5
concurrency = 4

[container-hooks-runtime]
debug = ""
log-level = "WARNING"
log-format = "json"
runtimes = ["crun", "/opt/runc"]

[plugins.verify]
mode = "audit"
on-error = "warn"
timeout = 2.5
isolation = "worker"
order = -3
bypassable = false

[plugins.verify.when]
annotations = { "^org[.]example$" = "^yes$" }
role = ["workload", "sandbox"]
always = true

[plugins.verify.options]
key = "/etc/keys/a.pub"
depth = 3
strict = true
names = ["a", "b"]
`;
  assert.deepEqual(await settingsOf({ "config.toml": text }), {
    ...DEFAULTS,
    hooksPath: "/srv/hooks.json",
    hooksPathNamed: true,
    pluginDirs: ["/srv/plugins", "/opt/plugins"],
    deadline: 90.5,
    concurrency: 4,
    log: { file: "", level: "warn", format: "json" },
    runtimes: ["crun", "/opt/runc"],
    plugins: {
      verify: {
        mode: "audit",
        onError: "warn",
        timeout: 2.5,
        isolation: "worker",
        order: -3,
        bypassable: false,
        when: { annotations: { "^org[.]example$": "^yes$" }, role: ["workload", "sandbox"], always: true },
        options: { key: "/etc/keys/a.pub", depth: 3, strict: true, names: ["a", "b"] },
      },
    },
  });
});

Deno.test("a later file wins key by key, and its lists are taken whole", async () => {
  const settings = await settingsOf({
    "conf.d/20-b.toml": '[plugins.a]\nmode = "off"\n[plugins.a.options]\ntwo = "b"\nthree = "b"\n',
    "conf.d/10-a.toml": '[plugins.a]\nmode = "audit"\norder = 1\n[plugins.a.options]\none = "a"\ntwo = "a"\n',
    "config.toml":
      '[container-hooks-runtime]\nruntimes = ["a", "b"]\nlog-level = "debug"\n[plugins.a]\norder = 9\n',
    "conf.d/9.toml": '[container-hooks-runtime]\nruntimes = ["c"]\n',
  });
  assert.deepEqual(settings, {
    ...DEFAULTS,
    log: { ...DEFAULTS.log, level: "debug" },
    runtimes: ["c"],
    plugins: { a: { ...POLICY, mode: "off", order: 1, options: { one: "a", two: "b", three: "b" } } },
  });
});

Deno.test("a table when without conditions narrows nothing, so that it cannot switch a gate off", async () => {
  const settings = await settingsOf({ "config.toml": "[plugins.a.when]\n# always = true\n" });
  assert.deepEqual(settings, { ...DEFAULTS, plugins: { a: POLICY } });
});

Deno.test("conf.d counts without config.toml", async () => {
  const settings = await settingsOf({ "conf.d/a.toml": "[container-hooks]\ndeadline = 5\n" });
  assert.deepEqual(settings, { ...DEFAULTS, deadline: 5 });
});

Deno.test("files of conf.d with another ending or a leading dot do not count", async () => {
  const settings = await settingsOf({
    "conf.d/.#a.toml": "nonsense",
    "conf.d/a.toml~": "nonsense",
    "conf.d/README": "nonsense",
  });
  assert.deepEqual(settings, DEFAULTS);
});

Deno.test("a byte order mark in front and CR LF line ends are accepted", async () => {
  const settings = await settingsOf({ "config.toml": "\ufeff[container-hooks]\r\ndeadline = 5\r\n" });
  assert.deepEqual(settings, { ...DEFAULTS, deadline: 5 });
});

Deno.test("a plugin that no file names has the default policy, whatever its name", async () => {
  const config = await readConfig(hostWith({}));
  for (const name of ["audit", "constructor", "__proto__"]) assert.deepEqual(policyOf(config, name), POLICY);
});

Deno.test("a configuration survives being kept as JSON", async () => {
  const config = await readConfig(hostWith({ "conf.d/a.toml": '[plugins.constructor]\nmode = "off"\n' }));
  const kept = JSON.parse(JSON.stringify(config)) as Config;
  assert.deepEqual(JSON.stringify(kept), JSON.stringify(config));
  assert.equal(policyOf(kept, "constructor").mode, "off");
});

Deno.test("sources are all that was looked at, with what was there", async () => {
  const host = hostWith({ "conf.d/b.toml": "", "conf.d/a.toml": "" });
  const { sources } = await readConfig(host);
  assert.deepEqual(
    sources,
    [PATH, `${FOLDER}/conf.d`, `${FOLDER}/conf.d/a.toml`, `${FOLDER}/conf.d/b.toml`]
      .map((path) => ({ path, status: host.lstat(path) })),
  );
  assert.equal(sources[0]!.status, undefined);
});

Deno.test("a key's place is the line of the last file that mentions it", async () => {
  const host = hostWith({
    "config.toml": "[container-hooks]\n\ndeadline = 5\n",
    "conf.d/a.toml": 'plugins.audit = { mode = "off",\n  order = 1 }\n[container-hooks]\n"concurrency" = 2\n',
    "conf.d/b.toml": "# nothing\n[plugins.audit.options]\n\nlevel = 1\n",
  });
  const { sources } = await readConfig(host);
  const place = (key: string) => whereSet(host, sources, key.split("."));
  assert.deepEqual(await place("container-hooks.deadline"), { file: PATH, line: 3 });
  assert.deepEqual(await place("plugins.audit.mode"), { file: `${FOLDER}/conf.d/a.toml`, line: 1 });
  assert.deepEqual(await place("plugins.audit.order"), { file: `${FOLDER}/conf.d/a.toml`, line: 2 });
  assert.deepEqual(await place("container-hooks.concurrency"), { file: `${FOLDER}/conf.d/a.toml`, line: 4 });
  assert.deepEqual(await place("plugins.audit.options.level"), { file: `${FOLDER}/conf.d/b.toml`, line: 4 });
  assert.deepEqual(await place("plugins.audit"), { file: `${FOLDER}/conf.d/b.toml`, line: 2 });
  assert.equal(await place("container-hooks.path"), undefined);
});

const BYPASS = "`container-hooks bypass on` lets containers start without us meanwhile";

/** The file, and the message about it after its path. */
const refused: Record<string, [text: string, message: string]> = {
  "a mistyped key": [
    "[container-hooks-runtime]\nlog_level = 1\n",
    ":2 has an unknown key container-hooks-runtime.log_level; " +
    "did you mean container-hooks-runtime.log-level? Otherwise remove it",
  ],
  "a mistyped table": [
    "\n[container-hook]\npath = 1\n",
    ":2 has an unknown key container-hook; did you mean container-hooks? Otherwise remove it",
  ],
  "a key in the wrong table": [
    '[container-hooks]\nruntimes = ["runc"]\n',
    ":2 has an unknown key container-hooks.runtimes; " +
    "did you mean container-hooks-runtime.runtimes? Otherwise remove it",
  ],
  "a key before any table": [
    "deadline = 5\n",
    ":1 has an unknown key deadline; did you mean container-hooks.deadline? Otherwise remove it",
  ],
  "a key like no other": [
    "[container-hooks]\ncolour = 5\n",
    ":2 has an unknown key container-hooks.colour; remove it",
  ],
  "a key that every object of JavaScript has": [
    "[container-hooks]\nconstructor = 1\n",
    ":2 has an unknown key container-hooks.constructor; remove it",
  ],
  "the key __proto__": [
    '[plugins.a]\n__proto__ = { mode = "off" }\n',
    ":2 has an unknown key plugins.a.__proto__; did you mean plugins.a.options.__proto__? Otherwise remove it",
  ],
  "an option beside the policy": [
    '[plugins.audit]\nmode = "audit"\nsocket = "/run/a"\n',
    ":3 has an unknown key plugins.audit.socket; did you mean plugins.audit.options.socket? Otherwise remove it",
  ],
  "a plugin's name in capitals": [
    '[plugins.Audit_Mount]\nmode = "off"\n',
    ":1 has an unknown key plugins.Audit_Mount; did you mean plugins.audit-mount? Otherwise remove it",
  ],
  "a key with a line break": [
    '"a\\nb" = 1\n',
    ':1 has an unknown key "a\\nb"; remove it',
  ],
  "a relative path": [
    '[container-hooks]\npath = "hooks.json"\n',
    ":2 sets container-hooks.path to the text hooks.json, and it takes an absolute path; correct that line",
  ],
  "a relative path in a list": [
    '[container-hooks]\nplugin-dirs = [\n  "/a",\n  "b",\n]\n',
    ":2 sets container-hooks.plugin-dirs to a list with the text b, and it takes a list of absolute paths; " +
    "correct that line",
  ],
  "a text for a list": [
    '[container-hooks-runtime]\nruntimes = "runc"\n',
    ":2 sets container-hooks-runtime.runtimes to the text runc, and it takes a list of at least one name or " +
    "absolute path of an OCI runtime; correct that line",
  ],
  "no runtime": [
    "[container-hooks-runtime]\nruntimes = []\n",
    ":2 sets container-hooks-runtime.runtimes to an empty list, and it takes a list of at least one name or " +
    "absolute path of an OCI runtime; correct that line",
  ],
  "a relative path of a runtime": [
    '[container-hooks-runtime]\nruntimes = ["bin/runc"]\n',
    ":2 sets container-hooks-runtime.runtimes to a list with the text bin/runc, and it takes a list of at least " +
    "one name or absolute path of an OCI runtime; correct that line",
  ],
  "a deadline too long for kubelet": [
    "[container-hooks]\ndeadline = 111\n",
    ":2 sets container-hooks.deadline to the number 111, and it takes a number of seconds from 1 to 110; " +
    "correct that line",
  ],
  "a deadline that is no number": [
    "[container-hooks]\ndeadline = nan\n",
    ":2 sets container-hooks.deadline to the number NaN, and it takes a number of seconds from 1 to 110; " +
    "correct that line",
  ],
  "a deadline that is a time": [
    "[container-hooks]\ndeadline = 00:01:00\n",
    ":2 sets container-hooks.deadline to a date or time, and it takes a number of seconds from 1 to 110; " +
    "correct that line",
  ],
  "half a plan": [
    "[container-hooks]\nconcurrency = 0.5\n",
    ":2 sets container-hooks.concurrency to the number 0.5, and it takes a whole number from 0 to 1024; " +
    "correct that line",
  ],
  "a level that logrus does not know": [
    '[container-hooks-runtime]\nlog-level = "verbose"\n',
    ":2 sets container-hooks-runtime.log-level to the text verbose, and it takes one of " +
    '"panic", "fatal", "error", "warn", "info", "debug", "trace", "warning"; correct that line',
  ],
  "a mode that does not exist": [
    '[plugins.a]\nmode = "disabled"\n',
    ':2 sets plugins.a.mode to the text disabled, and it takes "enforce" or "audit" or "off"; correct that line',
  ],
  "a value for a table": [
    "[plugins]\naudit = false\n",
    ":2 sets plugins.audit to false, and it takes a table; correct that line",
  ],
  "a list of tables": [
    '[[plugins.audit]]\nmode = "off"\n',
    ":1 sets plugins.audit to a list, and it takes a table; correct that line",
  ],
  "a table for an option": [
    "[plugins.a.options]\nx.y = 1\n",
    ":2 sets plugins.a.options.x to a table, and it takes a text, a whole number, true or false, " +
    "or a list of texts; correct that line",
  ],
  "an unknown condition": [
    '[plugins.a.when]\nalways = true\ncommand = ["x"]\n',
    ":3: when.command is unknown; known are always, annotations, labels, env, commands, hasBindMounts, image, " +
    "engine, operation, role; correct that condition",
  ],
  "a pattern that is not linear": [
    '[plugins.a.when]\nimage = ["(?=a)"]\n',
    ':2: when.image[0] is the pattern "(?=a)", which has (?=, and looking around is not linear; ' +
    "correct that condition",
  ],
  "an engine that does not exist": [
    '[plugins.a]\nwhen = { engine = ["lxc"] }\n',
    `:2: when.engine[0] must be one of ${ENGINE_NAMES.join(", ")}, not "lxc"; correct that condition`,
  ],
  "a key set twice": [
    "[container-hooks]\ndeadline = 1\ndeadline = 2\n",
    ":3:1 is not TOML: trying to redefine an already defined table or value; correct that line",
  ],
  "a table opened twice": [
    "[container-hooks]\ndeadline = 1\n[container-hooks]\nconcurrency = 2\n",
    ":3:2 is not TOML: trying to redefine an already defined table or value; correct that line",
  ],
  "a text without its end": [
    '[container-hooks]\npath = "/etc\n',
    ":2:13 is not TOML: control characters are not allowed in strings; correct that line",
  ],
  "a number that JavaScript would round": [
    "[plugins.a]\norder = 9007199254740993\n",
    ":2:9 is not TOML: integer value cannot be represented losslessly; correct that line",
  ],
};

for (const [name, [text, message]] of Object.entries(refused)) {
  Deno.test(`${name} is refused with its file, line and remedy`, async () => {
    const error = await readConfig(hostWith({ "conf.d/a.toml": text })).then(
      () => undefined,
      (error) => error,
    );
    assert.equal(error?.message, `${FOLDER}/conf.d/a.toml${message}; ${BYPASS}`);
  });
}

Deno.test("a file that is not UTF-8 is refused with the place of the byte", async () => {
  const bytes = new Uint8Array([...new TextEncoder().encode("# \u00e9\n# \u00e9 "), 0xe9, 0x0a]);
  assert.equal(
    await refusalOf(hostWith({ "config.toml": bytes })),
    `config-syntax: ${PATH}:2:5 is not TOML: it is not UTF-8; correct that line; ${BYPASS}`,
  );
});

Deno.test("a key nested ten thousand levels deep is refused like any other", async () => {
  const text = `[plugins.a.options]\nx${".x".repeat(10_000)} = 1\n`;
  assert.match(
    await refusalOf(hostWith({ "config.toml": text })),
    /^config-value: .*sets plugins\.a\.options\.x to a table/,
  );
});

Deno.test("more than a mebibyte is refused unread", async () => {
  const host = hostWith({ "config.toml": "#".repeat(1024 * 1024 + 1) });
  assert.match(await refusalOf(host), /^file-too-large: configuration file .*config\.toml is 1\.0 MiB/);
});

Deno.test("a file that others can write is refused", async () => {
  const host = hostWith({});
  host.file(`${FOLDER}/conf.d/a.toml`, "", { mode: 0o664 });
  assert.match(
    await refusalOf(host),
    /^untrusted: configuration file .*a\.toml is not trusted: it can be written/,
  );
});

Deno.test("an empty conf.d that others can write is refused, since they could have removed a policy", async () => {
  const host = hostWith({});
  host.folder(`${FOLDER}/conf.d`, { mode: 0o777 });
  assert.match(await refusalOf(host), /^untrusted: .*conf\.d can be written by others/);
});

Deno.test("a missing config.toml in a folder of somebody else is refused", async () => {
  const host = hostWith({});
  host.folder(FOLDER, { uid: 1000 });
  assert.match(await refusalOf(host), /^untrusted: .*container-hooks belongs to user 1000/);
});

Deno.test("a link in place of a file or of conf.d is refused", async () => {
  const file = hostWith({ "real.toml": "" });
  file.symlink(PATH, "real.toml");
  assert.match(await refusalOf(file), /^file-kind: .*config\.toml is a symbolic link/);
  const folder = hostWith({ "real.d/a.toml": "" });
  folder.symlink(`${FOLDER}/conf.d`, "real.d");
  assert.match(await refusalOf(folder), /^file-kind: .*conf\.d is a symbolic link, not a folder/);
});

Deno.test("a folder that cannot be listed is a failure, not an empty one", async () => {
  const host = hostWith({ "conf.d/a.toml": "" });
  host.fault = (call) => {
    if (call === "readFolder") throw new Error("Input/output error (os error 5)");
  };
  assert.match(
    await refusalOf(host),
    /^file-unreadable: configuration folder .*conf\.d cannot be read: input\/output/,
  );
});

Deno.test("CONTAINER_HOOKS_CONFIG names the file, with the conf.d beside it", async () => {
  const host = hostWith({ "config.toml": "nonsense" });
  host.file("/srv/ch.toml", "[container-hooks]\ndeadline = 5\n");
  host.file("/srv/conf.d/a.toml", "[container-hooks]\nconcurrency = 5\n");
  host.variables.CONTAINER_HOOKS_CONFIG = "/srv/ch.toml";
  const config = await readConfig(host);
  assert.deepEqual([config.path, config.deadline, config.concurrency], ["/srv/ch.toml", 5, 5]);
});

Deno.test("a file that CONTAINER_HOOKS_CONFIG names must be there", async () => {
  const host = hostWith({});
  host.variables.CONTAINER_HOOKS_CONFIG = "/etc/none.toml";
  assert.match(await refusalOf(host), /^file-missing: configuration file \/etc\/none\.toml does not exist/);
});

Deno.test("a relative CONTAINER_HOOKS_CONFIG is refused, an empty one is none", async () => {
  const host = hostWith({});
  host.variables.CONTAINER_HOOKS_CONFIG = "config.toml";
  assert.match(await refusalOf(host), /^config-place: CONTAINER_HOOKS_CONFIG is config\.toml, which is not/);
  host.variables.CONTAINER_HOOKS_CONFIG = "";
  assert.equal(configPath(host), PATH);
});

/** Whose process, its variables, and which file it takes; the user's own stands in both places. */
const places: [string, { user: number; namespaced?: boolean }, Record<string, string>, string][] = [
  ["root", { user: 0 }, { HOME: "/home/u", XDG_CONFIG_HOME: "/home/u/xdg" }, PATH],
  ["a user", { user: 1000 }, { HOME: "/home/u" }, "/home/u/.config/container-hooks/config.toml"],
  [
    "a user with XDG_CONFIG_HOME",
    { user: 1000 },
    { HOME: "/home/u", XDG_CONFIG_HOME: "/home/u/xdg" },
    "/home/u/xdg/container-hooks/config.toml",
  ],
  [
    "a user with a relative XDG_CONFIG_HOME",
    { user: 1000 },
    { HOME: "/home/u", XDG_CONFIG_HOME: "xdg" },
    "/home/u/.config/container-hooks/config.toml",
  ],
  ["a user with another's home", { user: 1000 }, { HOME: "/root" }, PATH],
  ["a user without a file", { user: 1000 }, { HOME: "/home/none" }, PATH],
  ["a user without a home", { user: 1000 }, {}, PATH],
  [
    "root of a user namespace",
    { user: 0, namespaced: true },
    { HOME: "/home/u" },
    "/home/u/.config/container-hooks/config.toml",
  ],
];

for (const [who, process, variables, path] of places) {
  Deno.test(`${who} takes ${path}`, () => {
    const host = hostWith({});
    host.folder("/root", { mode: 0o700 });
    for (const folder of ["/home/u/.config", "/home/u/xdg", "/root/.config"]) {
      host.file(`${folder}/container-hooks/config.toml`, "");
    }
    Object.assign(host, process, { variables });
    assert.equal(configPath(host), path);
  });
}
