/** What is slow or broken of ours is in nobody's way who does not need it, mends itself, and is on record. */
import assert from "node:assert/strict";
import { type Bundle, makeBundle } from "../harness/bundle.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { PROBE_STATUS, type ProbeRuntime, probeRuntime } from "../harness/probe.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

const VARIABLE = pluginText('plan: () => ({ edits: [setEnv("FROM", "plugin")] }),');

function pluginText(body: string, top = ""): string {
  return `import { definePlugin, setEnv } from "container-hooks/plugin";
${top}
export const used = setEnv;
export default definePlugin({ api: 1, name: "own", version: "1.0.0", brief: "A test's", ${body} });
`;
}

interface Scene {
  work: WorkFolder;
  installed: Installation;
  probe: ProbeRuntime;
  bundle: Bundle;
  index: string;
  create(id?: string): ReturnType<Installation["asRuntime"]>;
}

/** @param policy text for the end of config.toml */
async function setUp({ form, work }: Subject, plugin: string, policy = ""): Promise<Scene> {
  const probe = probeRuntime(work);
  work.folder("plugins");
  work.file("plugins/own.ts", plugin);
  const installed = await install(form, work, { policy, runtimes: [probe.path] });
  const bundle = await makeBundle(work);
  return {
    work,
    installed,
    probe,
    bundle,
    index: `${work.path}/state/index.json`,
    create: (id = "c1") => installed.asRuntime(["create", "--bundle", bundle.path, id]),
  };
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

const NEVER_READY = pluginText("plan() {},", "await new Promise((done) => setTimeout(done, 60_000));");

specTest(
  "a call that makes no container does not wait for a plugin that is looked at",
  ["root"],
  async (subject) => {
    const { installed, index, probe } = await setUp(subject, NEVER_READY);
    assert.equal((await installed.asRuntime(["state", "c1"])).status, PROBE_STATUS);
    assert.deepEqual([probe.calls(), exists(index)], [[["state", "c1"]], false]);
  },
);

specTest("nothing is made anew while the bypass is on", ["root"], async (subject) => {
  const { installed, index, create } = await setUp(subject, NEVER_READY);
  await installed.command(["bypass", "on"]);
  assert.equal((await create()).status, PROBE_STATUS);
  assert.equal(exists(index), false);
});

specTest(
  "a gate that is to stand is looked at even where the bypass was on when it came",
  ["root"],
  async (subject) => {
    const gate = pluginText('gate: true, plan: () => ({ deny: ["never"] }),');
    const { installed, create, probe } = await setUp(subject, gate, "[plugins.own]\nbypassable = false\n");
    await installed.command(["bypass", "on"]);
    const refused = await create();
    assert.match(refused.stderr, /plugin own denies it: never/);
    assert.deepEqual(probe.calls(), []);
  },
);

specTest("an index of another shape is made anew", ["root"], async (subject) => {
  const { index, create, bundle } = await setUp(subject, VARIABLE);
  await create();
  const { version } = JSON.parse(Deno.readTextFileSync(index));
  for (const text of [JSON.stringify({ version }), JSON.stringify({ version, format: 1 }), "null", "[]"]) {
    Deno.writeTextFileSync(index, text);
    const { status, stderr } = await create();
    assert.equal(status, PROBE_STATUS, `${text}: ${stderr}`);
    assert.ok(bundle.spec().process?.env?.includes("FROM=plugin"));
  }
});

specTest("a plugin cache that a broken disk has emptied is made anew", ["root"], async (subject) => {
  const { index, create, bundle } = await setUp(subject, VARIABLE);
  await create();
  const { plugins } = JSON.parse(Deno.readTextFileSync(index));
  const { folder, sizes } = plugins.find(({ name }: { name: string }) => name === "own").cached;
  for (const file of Object.keys(sizes)) Deno.truncateSync(`${folder}/${file}`);
  const { status, stderr } = await create();
  assert.equal(status, PROBE_STATUS, stderr);
  assert.ok(bundle.spec().process?.env?.includes("FROM=plugin"));
});

specTest("what is refused before any plugin is asked is on record", ["root"], async (subject) => {
  const { installed, create } = await setUp(subject, "export const enum A { B }\n");
  const refused = await create("broken1");
  assert.match(refused.stderr, /cannot start container broken1: /);
  const explained = await installed.command(["explain", "broken1"]);
  assert.equal(explained.status, 0, explained.stderr);
  assert.match(explained.stdout, /outcome +refused/);
  assert.match(explained.stdout, /own\.ts/);
});

specTest("with a broken configuration the refusal is on record too", ["root"], async (subject) => {
  const { work, installed, create } = await setUp(subject, VARIABLE);
  work.file("config.toml", "dead line\n");
  assert.equal((await create("broken2")).status, 1);
  work.file("config.toml", "");
  assert.match((await installed.command(["explain", "broken2"])).stdout, /config\.toml:1/);
});
