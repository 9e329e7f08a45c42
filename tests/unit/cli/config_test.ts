import assert from "node:assert/strict";
import { check, get, path, show } from "../../../mod/cli/config/config.ts";
import { set } from "../../../mod/cli/config/set.ts";
import { inContext } from "./program_context.ts";
import { readConfig } from "../../../mod/config/config.ts";
import { MemoryHost } from "../memory_host.ts";

const FOLDER = "/etc/container-hooks";
const MAIN = `${FOLDER}/config.toml`;

function hostWith(files: Record<string, string>): MemoryHost {
  const host = new MemoryHost();
  for (const [name, text] of Object.entries(files)) host.file(`${FOLDER}/${name}`, text);
  return host;
}

/** What the configuration is after these assignments; the message where they are refused. */
async function setIn(host: MemoryHost, ...words: string[]): Promise<string> {
  host.out = "";
  return await set.call(inContext(host), { json: false, dryRun: false }, ...words)
    .then(() => host.out, (error) => error.message);
}

async function shown(host: MemoryHost, command: () => Promise<void>): Promise<string> {
  host.out = "";
  await command();
  return host.out;
}

Deno.test("config check says what has no effect, and is content with it", async () => {
  const host = hostWith({ "config.toml": '[plugins.own]\nmode = "off"\nisolation = "worker"\n' });
  const text = await shown(host, () => check.call(inContext(host), { json: false }));
  assert.match(text, /config\.toml:3: isolation of plugin own has no effect any more/);
  assert.match(text, /the configuration is valid/);
});

Deno.test("show names each key with its value and the line of the file that has the last word", async () => {
  const host = hostWith({
    "config.toml": "[container-hooks]\ndeadline = 90\nconcurrency = 2\n",
    "conf.d/20-b.toml": "# b\n[container-hooks]\ndeadline = 30\n",
  });
  const text = await shown(host, () => show.call(inContext(host), { json: false, quiet: false }));
  const cells = text.trim().split("\n").map((line) => line.split(/ {2,}/));
  assert.deepEqual(cells.find(([key]) => key === "container-hooks.deadline"), [
    "container-hooks.deadline",
    "30",
    `${FOLDER}/conf.d/20-b.toml:3`,
  ]);
  assert.deepEqual(cells.find(([key]) => key === "container-hooks.concurrency")?.slice(1), [
    "2",
    `${MAIN}:3`,
  ]);
  assert.deepEqual(cells.find(([key]) => key === "container-hooks-runtime.log-level")?.slice(1), [
    '"info"',
    "(default)",
  ]);
});

Deno.test("get prints a text without quotation marks, so that a script can use it", async () => {
  const host = hostWith({ "config.toml": '[container-hooks-runtime]\nlog-level = "debug"\n' });
  const printed = (key: string) => shown(host, () => get.call(inContext(host), { json: false }, key));
  assert.equal(await printed("container-hooks-runtime.log-level"), "debug\n");
  assert.equal(await printed("container-hooks-runtime.runtimes"), '["runc", "docker-runc", "crun"]\n');
  assert.equal(await printed("plugins.unheard-of.mode"), "enforce\n");
});

Deno.test("get of a key that is not there says which one was meant", async () => {
  const host = hostWith({});
  const asked = get.call(inContext(host), { json: false }, "container-hooks-runtime.loglevel");
  await assert.rejects(asked, { message: /did you mean container-hooks-runtime\.log-level\?$/ });
});

Deno.test("set keeps comments, blanks and order, and says where it wrote", async () => {
  const host = hostWith({ "config.toml": "# ours\n\n[container-hooks]\n  deadline = 90   # long\n" });
  assert.equal(
    await setIn(host, "container-hooks.deadline=20"),
    `container-hooks.deadline = 20 in ${MAIN}:4\n`,
  );
  assert.equal(host.text(MAIN), "# ours\n\n[container-hooks]\n  deadline = 20   # long\n");
});

Deno.test("set writes into the file of conf.d that has the last word, so that the value holds", async () => {
  const host = hostWith({
    "config.toml": "[container-hooks]\ndeadline = 90\n",
    "conf.d/10-a.toml": "[container-hooks]\ndeadline = 30\n",
    "conf.d/20-b.toml": "[container-hooks]\nconcurrency = 1\n",
  });
  await setIn(host, "container-hooks.deadline=20");
  assert.equal(host.text(`${FOLDER}/conf.d/10-a.toml`), "[container-hooks]\ndeadline = 20\n");
  assert.equal(host.text(MAIN), "[container-hooks]\ndeadline = 90\n");
  assert.equal((await readConfig(host)).deadline, 20);
});

Deno.test("set makes config.toml where there is none, readable by all", async () => {
  const host = new MemoryHost();
  await setIn(host, "plugins.audit.mode=audit", "plugins.audit.options.names=['a', 'b']");
  assert.deepEqual((await readConfig(host)).plugins.audit?.options, { names: ["a", "b"] });
  assert.equal(host.lstat(MAIN)?.mode, 0o644);
});

Deno.test("set keeps owner and mode, and leaves nothing beside the file", async () => {
  const host = new MemoryHost();
  host.file(MAIN, "[container-hooks]\n", { mode: 0o640, gid: 7 });
  await setIn(host, "container-hooks.deadline=20");
  const { mode, uid, gid } = host.lstat(MAIN)!;
  assert.deepEqual({ mode, uid, gid }, { mode: 0o640, uid: 0, gid: 7 });
  assert.deepEqual(host.readFolder(FOLDER).map(({ name }) => name), ["config.toml"]);
});

Deno.test("set writes none of the values where one is wrong", async () => {
  const files = { "config.toml": "[container-hooks]\ndeadline = 90\n" };
  const host = hostWith(files);
  const refusals: [string, RegExp][] = [
    ["container-hooks.deadline=800", /^nothing was written.* takes a number of seconds from 1 to 110/],
    ["container-hooks.dedline=8", /^nothing was written.* did you mean|unknown key container-hooks.dedline/],
    ["container-hooks=8", /cannot be given a new container-hooks: a table stands where the value belongs/],
    ["a\nb=1", /is not KEY=VALUE/],
    ["a.b", /is not KEY=VALUE/],
  ];
  for (const [word, message] of refusals) {
    assert.match(await setIn(host, "container-hooks.concurrency=3", word), message);
    assert.equal(host.text(MAIN), files["config.toml"]);
  }
});

Deno.test("set mends a value that keeps every container from starting", async () => {
  const host = hostWith({ "config.toml": '[container-hooks-runtime]\nlog-level = "loud"\n' });
  await setIn(host, "container-hooks-runtime.log-level=debug");
  assert.equal((await readConfig(host)).log.level, "debug");
});

Deno.test("a text is not taken for a line of its own, whatever it holds", async () => {
  const host = hostWith({});
  await setIn(host, 'plugins.audit.options.text=x"\nmode = "off');
  assert.deepEqual((await readConfig(host)).plugins.audit?.options, { text: 'x"\nmode = "off' });
});

Deno.test("line ends and a byte order mark stay as they are", async () => {
  const host = hostWith({ "config.toml": "\ufeff[container-hooks]\r\ndeadline = 90\r\n" });
  await setIn(host, "container-hooks.deadline=20", "container-hooks.concurrency=3");
  using file = host.open(MAIN);
  const bytes = new Uint8Array(100);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, file.read(bytes)));
  assert.equal(text, "\ufeff[container-hooks]\r\ndeadline = 20\r\nconcurrency = 3\r\n");
});

Deno.test("a disk that is full leaves the file as it was", async () => {
  const host = hostWith({ "config.toml": "[container-hooks]\ndeadline = 90\n" });
  host.fault = (call) => {
    if (call === "write") throw new Error("No space left on device (os error 28)");
  };
  assert.match(
    await setIn(host, "container-hooks.deadline=20"),
    /cannot be written: no space left on device/,
  );
  assert.equal(host.text(MAIN), "[container-hooks]\ndeadline = 90\n");
  assert.deepEqual(host.readFolder(FOLDER).map(({ name }) => name), ["config.toml"]);
});

Deno.test("whichever call fails, the old file or the new one is there whole", async () => {
  const [before, after] = ["[container-hooks]\ndeadline = 90\n", "[container-hooks]\ndeadline = 20\n"];
  for (let failing = 1;; failing++) {
    const host = hostWith({ "config.toml": before });
    let calls = 0;
    host.fault = () => {
      if (++calls === failing) throw new Error("Input/output error (os error 5)");
    };
    const said = await setIn(host, "container-hooks.deadline=20");
    host.fault = () => {};
    const isSet = said.startsWith("container-hooks.deadline = 20");
    assert.equal(host.text(MAIN), isSet ? after : before, said);
    if (calls < failing) return assert.ok(failing > 5, "the test itself has lost the calls");
  }
});

Deno.test("a dry run prints what would change, and changes nothing", async () => {
  const text = "[container-hooks]\ndeadline = 90\n";
  const host = hostWith({ "config.toml": text });
  await set.call(inContext(host), { json: false, dryRun: true }, "container-hooks.deadline=20");
  assert.match(host.out, /^-deadline = 90$/m);
  assert.match(host.out, /^\+deadline = 20$/m);
  assert.equal(host.text(MAIN), text);
});

Deno.test("path names the files that count in the order in which they are read", async () => {
  const host = hostWith({ "conf.d/20.toml": "", "conf.d/10.toml": "" });
  const text = await shown(host, () => path.call(inContext(host), { json: false }));
  assert.deepEqual(text.trim().split("\n"), [
    `${FOLDER}/conf.d/10.toml`,
    `${FOLDER}/conf.d/20.toml`,
    `${MAIN} (not there: defaults)`,
  ]);
});

Deno.test("a key that was set twice in one command was told twice, the first time with a value that is not set", async () => {
  const host = hostWith({ "config.toml": "[container-hooks]\n" });
  assert.equal(
    await setIn(host, "container-hooks.deadline=20", "container-hooks.deadline=30"),
    `container-hooks.deadline = 30 in ${MAIN}:2\n`,
  );
});

Deno.test("a dry run on a terminal was not in colour, and NO_COLOR and TERM=dumb were not heeded", async () => {
  const host = hostWith({ "config.toml": "[container-hooks]\ndeadline = 90\n" });
  const shownWith = async (terminal: boolean, variables: Record<string, string>) => {
    Object.assign(host, { terminal, variables, out: "" });
    await set.call(inContext(host), { json: false, dryRun: true }, "container-hooks.deadline=20");
    return host.out.includes("\x1b[32m+deadline = 20\x1b[0m");
  };
  assert.equal(await shownWith(true, { TERM: "xterm" }), true);
  assert.equal(await shownWith(false, { TERM: "xterm" }), false);
  assert.equal(await shownWith(true, { NO_COLOR: "1" }), false);
  assert.equal(await shownWith(true, { TERM: "dumb" }), false);
});

const REFUSED: [what: string, word: string, says: RegExp][] = [
  [
    "a policy for a plugin that is not there",
    "plugins.my-plug.mode=audit",
    /has a policy for plugin my-plug, and there is none of that name in .*; put it there, or set/,
  ],
  ["a plugin's name with a slip", "plugins.adit.order=3", /policy for plugin adit, .*; did you mean audit\?/],
  [
    "an unknown option",
    "plugins.audit.options.foo=1",
    /unknown key plugins\.audit\.options\.foo; remove it$/,
  ],
  [
    "an option's name with a slip",
    "plugins.audit.options.nemes=['a']",
    /unknown key plugins\.audit\.options\.nemes; did you mean plugins\.audit\.options\.names\?/,
  ],
  [
    "a file of hooks that is not there",
    "container-hooks.path=/nonexistent/hooks.json",
    /file \/nonexistent\/hooks\.json does not exist; create it or correct the path$/,
  ],
];

for (const [what, word, says] of REFUSED) {
  Deno.test(`set wrote ${what}, with which creates fail`, async () => {
    const text = "[container-hooks]\ndeadline = 90\n";
    const host = hostWith({ "config.toml": text });
    const said = await setIn(host, "container-hooks.deadline=20", word);
    assert.match(said, /^nothing was written, since the configuration would be wrong: /);
    assert.match(said, says);
    assert.doesNotMatch(said, /bypass/);
    assert.equal(host.text(MAIN), text);
  });
}

Deno.test("set refuses in config check's own words", async () => {
  const host = hostWith({});
  const refusal = await setIn(host, "plugins.gone.mode=audit");
  host.file(MAIN, '[plugins.gone]\nmode = "audit"\n');
  const complaint = await check.call(inContext(host), { json: false }).then(() => "", (error) => error.what);
  assert.ok(complaint !== "" && refusal.includes(complaint), `${refusal}\n${complaint}`);
});

Deno.test("a policy that switches off a plugin which is not there can be set", async () => {
  const host = hostWith({});
  assert.match(await setIn(host, "plugins.gone.mode=off"), /^plugins\.gone\.mode = "off" in/);
});

Deno.test("of two things that are wrong, set mends one and then the other", async () => {
  const host = hostWith({ "config.toml": "[plugins.gone]\n[plugins.lost]\n" });
  assert.match(await setIn(host, "plugins.lost.mode=off"), /^plugins\.lost\.mode = "off"/);
  assert.match(await setIn(host, "plugins.third.order=1"), /^nothing was written/);
  assert.match(await setIn(host, "plugins.gone.mode=off"), /^plugins\.gone\.mode = "off"/);
  assert.equal(await shown(host, () => check.call(inContext(host), { json: false })), VALID);
});

const VALID = "the configuration is valid: 1 file, 4 plugins\n";

Deno.test("config check said nothing of a file of hooks that is broken", async () => {
  const host = hostWith({ "config.toml": "", "hooks.json": "{ broken" });
  const asked = check.call(inContext(host), { json: false });
  await assert.rejects(asked, { message: /hooks\.json is not JSON: .* at line 1/ });
});

Deno.test("config check said nothing of a hook whose program is gone", async () => {
  const host = hostWith({ "config.toml": "", "hooks.json": '{"poststop":[{"path":"/usr/bin/gone"}]}' });
  const asked = check.call(inContext(host), { json: false });
  await assert.rejects(asked, {
    message: /^poststop hook of plugin hooks-json: program \/usr\/bin\/gone does not exist/,
  });
});

Deno.test("a new key stood at the head of its table, away from the line that shows its default", async () => {
  const host = hostWith({ "config.toml": "[container-hooks]\n# Seconds.\n#deadline = 60\n# At once.\n" });
  await setIn(host, "container-hooks.deadline=20");
  assert.equal(
    host.text(MAIN),
    "[container-hooks]\n# Seconds.\n#deadline = 60\ndeadline = 20\n# At once.\n",
  );
});
