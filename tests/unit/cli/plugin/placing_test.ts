/** Taking plugins away and switching them, on a host whose disk may fail at any step. */
import assert from "node:assert/strict";
import { remove } from "../../../../mod/cli/plugin/remove.ts";
import { stage, targetOf } from "../../../../mod/cli/plugin/placing.ts";
import { findSubject } from "../../../../mod/cli/plugin/subject.ts";
import { disable, enable } from "../../../../mod/cli/plugin/switch.ts";
import { MemoryHost } from "../../memory_host.ts";
import { programWith } from "../../program.ts";
import { inContext } from "../program_context.ts";

const CONFIG = "/etc/container-hooks/config.toml";
const PLUGINS = "/etc/container-hooks/plugins";
const BEFORE = `# ours
[container-hooks-runtime]
log-level = "debug" # why

[plugins.team]
order = 5

[plugins.team.options]
teams = ["a"]
# of the next
[plugins.audit]
`;
const FLAGS = { json: false, dryRun: false };

function hostWithTeam(): MemoryHost {
  const host = new MemoryHost();
  host.file(CONFIG, BEFORE);
  host.file("/etc/container-hooks/conf.d/10-team.toml", '[plugins.team]\nmode = "off"\n');
  host.file(`${PLUGINS}/team/plugin.ts`, "text");
  host.file(`${PLUGINS}/team/lib/a.ts`, "text");
  return host;
}

function namesIn(host: MemoryHost, folder: string): string[] {
  return host.readFolder(folder).map(({ name }) => name).sort();
}

/** Everything below /etc, to compare. */
function everything(host: MemoryHost): Record<string, string | undefined> {
  const files: Record<string, string | undefined> = {};
  const look = (folder: string) => {
    for (const { name, kind } of host.readFolder(folder)) {
      const path = `${folder}/${name}`;
      if (kind === "a folder") look(path);
      else files[path] = host.text(path);
    }
  };
  look("/etc");
  return files;
}

async function messageOf(action: Promise<void>): Promise<string> {
  return await action.then(() => assert.fail("it worked"), (thrown) => thrown.message);
}

Deno.test("plugin remove takes the plugin and its tables away, and leaves all else to the byte", async () => {
  const host = hostWithTeam();
  await remove.call(inContext(host), FLAGS, "team");
  assert.deepEqual(namesIn(host, PLUGINS), []);
  assert.equal(
    host.text(CONFIG),
    '# ours\n[container-hooks-runtime]\nlog-level = "debug" # why\n# of the next\n[plugins.audit]\n',
  );
  assert.equal(host.text("/etc/container-hooks/conf.d/10-team.toml"), "");
  assert.match(host.out, /^plugin team is gone from \S+\/team; containers that run keep what they have$/m);
});

Deno.test("plugin remove --dry-run changes nothing, and shows the change", async () => {
  const host = hostWithTeam();
  const before = everything(host);
  await remove.call(inContext(host), { ...FLAGS, dryRun: true }, "team");
  assert.deepEqual(everything(host), before);
  assert.match(host.out, /would be gone from/);
  assert.match(host.out, /^-order = 5$/m);
});

Deno.test("wherever plugin remove fails, all is as it was", async () => {
  let steps = 0;
  for (let failing = 1;; failing++) {
    const host = hostWithTeam();
    const before = everything(host);
    steps = 0;
    let broken = false;
    host.fault = (call) => {
      if (!["rename", "createNew", "write"].includes(call) || broken) return;
      if (++steps === failing) {
        broken = true;
        throw new Error("No space left on device (os error 28)");
      }
    };
    const failed = await remove.call(inContext(host), FLAGS, "team").then(
      () => undefined,
      (thrown) => thrown.message,
    );
    if (!broken) break;
    assert.match(
      failed ?? "",
      /^plugin team was not removed, and all is as it was: .*no space left/,
      `step ${failing}`,
    );
    assert.deepEqual(everything(host), before, `step ${failing}`);
  }
  assert.ok(steps > 6, `${steps} steps were tried`);
});

Deno.test("a policy that is left without its plugin is taken away, too", async () => {
  const host = hostWithTeam();
  host.remove(`${PLUGINS}/team/lib/a.ts`);
  host.remove(`${PLUGINS}/team/lib`);
  host.remove(`${PLUGINS}/team/plugin.ts`);
  await remove.call(inContext(host), FLAGS, "team");
  assert.doesNotMatch(host.text(CONFIG)!, /team/);
});

Deno.test("plugin remove says what it does not remove", async () => {
  const host = hostWithTeam();
  const said = (name: string) => messageOf(remove.call(inContext(host), FLAGS, name));
  assert.match(await said("taem"), /^there is no plugin "taem"; did you mean team\?$/);
  assert.match(
    await said("audit"),
    /^audit is a built-in plugin, and is not taken out .*plugin disable audit/,
  );
});

Deno.test("plugin disable and enable write the mode alone, and say where", async () => {
  const host = new MemoryHost();
  host.file(CONFIG, "# ours\n[plugins.audit] # this one\norder = 2\n");
  await disable.call(inContext(host), FLAGS, "audit");
  assert.equal(host.text(CONFIG), '# ours\n[plugins.audit] # this one\norder = 2\nmode = "off"\n');
  assert.match(host.out, /^plugin audit is off now, by \S+config\.toml:4; /);
  host.out = "";
  await disable.call(inContext(host), FLAGS, "audit");
  assert.equal(host.out, "plugin audit is off already\n");
  await enable.call(inContext(host), { ...FLAGS, dryRun: true }, "audit");
  assert.match(host.text(CONFIG)!, /mode = "off"/);
  host.out = "";
  await enable.call(inContext(host), { ...FLAGS, json: true }, "audit");
  const { changed, file, line, mode } = JSON.parse(host.out);
  assert.deepEqual([changed, file, line, mode], [true, CONFIG, 4, "enforce"]);
});

Deno.test("a built-in plugin that nobody asked for is switched on by a table of its own", async () => {
  const host = new MemoryHost();
  host.file(CONFIG, "");
  await enable.call(inContext(host), FLAGS, "audit");
  assert.equal(host.text(CONFIG), '[plugins.audit]\nmode = "enforce"\n');
  assert.match(await messageOf(enable.call(inContext(host), FLAGS, "aduit")), /did you mean audit\?$/);
});

Deno.test("a plugin's place is the first folder; a name that is taken, or built in, is refused", () => {
  const host = new MemoryHost();
  const program = programWith({ builtin: { audit: { load: () => assert.fail() } } });
  const folders = [PLUGINS, "/srv/plugins"];
  for (const name of ["one", "audit", "team"]) host.file(`/home/${name}/plugin.ts`, "");
  host.file("/home/two.ts", "");
  host.file("/home/team.ts", "");
  host.file("/srv/plugins/team/plugin.ts", "");
  const place = (path: string, replace = false) =>
    targetOf(host, program, folders, findSubject(host, path), replace);
  assert.deepEqual(place("/home/one"), { name: "one", path: `${PLUGINS}/one`, exists: false });
  assert.deepEqual(place("/home/two.ts"), { name: "two", path: `${PLUGINS}/two.ts`, exists: false });
  assert.deepEqual(place("/home/team", true), { name: "team", path: "/srv/plugins/team", exists: true });
  assert.throws(
    () => place("/home/team"),
    /there is a plugin team already: \S+; --replace puts this one in its place/,
  );
  assert.throws(
    () => place("/home/team.ts", true),
    /one is a file and the other a folder: `plugin remove team` first/,
  );
  assert.throws(() => place("/srv/plugins/team", true), /it is in place; edit it there/);
  assert.throws(() => place("/home/audit"), /audit is a built-in plugin, and no other may have its name/);
  assert.throws(
    () => targetOf(host, program, [], findSubject(host, "/home/one"), false),
    /no folder of plugins is configured; name one as plugin-dirs/,
  );
});

Deno.test("a folder of plugins that others can write is refused with the command that mends it", () => {
  const host = new MemoryHost();
  host.folder(PLUGINS, { mode: 0o775 });
  host.file("/home/one/plugin.ts", "");
  assert.throws(
    () => targetOf(host, programWith(), [PLUGINS], findSubject(host, "/home/one"), false),
    /plugins can be written by others than root.*chmod go-w \/etc\/container-hooks\/plugins/,
  );
});

Deno.test("what lies beside the place has a name that no create looks at, and root's mode", () => {
  const host = new MemoryHost();
  host.folder(PLUGINS);
  const text = new TextEncoder().encode("text");
  const single = stage(host, { name: "two", path: `${PLUGINS}/two.ts`, exists: false }, { "": text });
  const folder = stage(host, { name: "one", path: `${PLUGINS}/one`, exists: false }, {
    "plugin.ts": text,
    "lib/a.ts": text,
  });
  for (const path of [single, folder]) assert.match(path, /\/plugins\/\.[^/]+$/);
  assert.equal(host.lstat(single)!.mode, 0o644);
  assert.equal(host.lstat(`${folder}/lib/a.ts`)!.mode, 0o644);
});

Deno.test("what a kill left beside plugins is swept away, once nobody can be at it any more", async () => {
  const host = hostWithTeam();
  const [old, young] = ["a", "b"].map((digit) => `${PLUGINS}/.${digit.repeat(32)}.one`);
  host.file(`${old}/plugin.ts`, "");
  host.time += 11 * 60 * 1000;
  host.file(`${young}/plugin.ts`, "");
  host.file(`${PLUGINS}/.mine`, "");
  await remove.call(inContext(host), FLAGS, "team");
  assert.deepEqual(namesIn(host, PLUGINS), [`.${"b".repeat(32)}.one`, ".mine"]);
});

Deno.test("another user than root is told that plugins are root's, and nothing is changed", async () => {
  const host = hostWithTeam();
  host.file("/home/one/plugin.ts", "");
  host.user = 1000;
  const before = everything(host);
  const said =
    /^only root can change what is in \/etc\/container-hooks\/plugins, and this is user 1000; run it as root/;
  assert.match(await messageOf(remove.call(inContext(host), FLAGS, "team")), said);
  assert.throws(() => targetOf(host, programWith(), [PLUGINS], findSubject(host, "/home/one"), false), {
    message: said,
  });
  assert.deepEqual(everything(host), before);
});
