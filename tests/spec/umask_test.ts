/** What we make has owners and modes of its own, whatever the umask of whoever calls us. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { install } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { PROBE_STATUS, probeRuntime } from "../harness/probe.ts";
import { run } from "../harness/run.ts";
import type { WorkFolder } from "../harness/work_folder.ts";

const PLUGIN = `import { definePlugin, setEnv } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "tag",
  version: "1.0.0",
  brief: "Sets a variable and has a handler",
  plan: () => ({ edits: [setEnv("TAG", "1")] }),
  on: { createRuntime() {}, start() {} },
});
`;

for (const umask of ["000", "022", "077", "777"]) {
  specTest(
    `what is made took the caller's umask of ${umask}, and the runtime has to`,
    ["root"],
    async ({ form, work }) => {
      const probe = probeRuntime(work);
      work.folder("plugins");
      work.file("plugins/tag.ts", PLUGIN);
      const unpacked = work.folder("unpacked", 0o700);
      const config = `[container-hooks]
plugin-dirs = ["${work.path}/plugins"]
[container-hooks-runtime]
debug = "${work.path}/own.log"
runtimes = [${JSON.stringify(probe.path)}]
`;
      const installed = await install(form, work, { config, runtimes: [probe.path] });
      const bundle = await makeBundle(work);
      const env = { ...installed.env, CONTAINER_HOOKS_PORTABLE_DIR: unpacked };
      const create = [installed.runtime, "create", "--bundle", bundle.path, "c1"];
      const ran = await run(["sh", "-c", `umask ${umask}; exec "$@"`, "sh", ...create], { env });
      // The probe itself makes files, which it cannot read under 777 but for being root.
      assert.equal(ran.status, PROBE_STATUS, ran.stderr);
      assert.ok(probe.inherited().facts.includes(`umask 0${umask}`), probe.inherited().facts.join("\n"));
      const made = modesBelow(work, ["run", "state", "unpacked", "own.log"]);
      assert.ok(made.length > 8, made.join("\n"));
      assert.deepEqual(made.filter((line) => !isAsItShouldBe(line)), []);
    },
  );
}

specTest("a cache that is a link, or somebody else's, was used", ["root"], async ({ form, work }) => {
  const unpacked = work.folder("unpacked", 0o700);
  const { program } = await install(form, work);
  const version = () => run([program, "version"], { env: { CONTAINER_HOOKS_PORTABLE_DIR: unpacked } });
  assert.equal((await version()).status, 0);
  const [folder] = Array.from(Deno.readDirSync(unpacked)).filter(({ name }) => /^[0-9a-f]{64}$/.test(name));
  // The compiled form unpacks nothing, and has no cache.
  if (!folder) return assert.equal(form.name, "compiled");
  const cache = `${unpacked}/${folder.name}/cache`;
  Deno.chownSync(cache, 1000, 1000);
  const foreign = await version();
  assert.equal(foreign.status, 1);
  assert.match(
    foreign.stderr,
    /the cache .*\/cache is not root's own folder; find out who made it and remove it/,
  );
  Deno.renameSync(cache, work.path + "/elsewhere");
  Deno.chownSync(work.path + "/elsewhere", 0, 0);
  Deno.symlinkSync(work.path + "/elsewhere", cache);
  assert.match((await version()).stderr, /is not root's own folder/);
  Deno.removeSync(cache);
  assert.equal((await version()).status, 0);
}, "files");

specTest(
  "a spoilt cache, or one of another version, kept the program from starting",
  ["root"],
  async ({ form, work }) => {
    const unpacked = work.folder("unpacked", 0o700);
    const { program } = await install(form, work);
    const version = () => run([program, "--version"], { env: { CONTAINER_HOOKS_PORTABLE_DIR: unpacked } });
    const said = (await version()).stdout;
    const [folder] = Array.from(Deno.readDirSync(unpacked)).filter(({ name }) => /^[0-9a-f]{64}$/.test(name));
    if (!folder) return assert.equal(form.name, "compiled");
    const cache = `${unpacked}/${folder.name}/cache`;
    const code = `${cache}/v8_code_cache_v2`;
    assert.ok(Deno.statSync(code).isFile && Deno.statSync(`${cache}/made`).isFile);
    const module = `${unpacked}/${folder.name}/main.js`;
    const spoil: Record<string, () => void> = {
      "garbage": () => {
        for (const { name, isFile } of [...Deno.readDirSync(cache)]) {
          if (isFile) Deno.writeFileSync(`${cache}/${name}`, crypto.getRandomValues(new Uint8Array(65536)));
        }
      },
      "cut short": () => Deno.truncateSync(code, 5000),
      "a folder in a file's place": () => {
        for (const { name, isFile } of [...Deno.readDirSync(cache)]) {
          if (isFile) Deno.removeSync(`${cache}/${name}`);
        }
        Deno.mkdirSync(code);
      },
      "emptied": () => Deno.removeSync(cache, { recursive: true }),
      // What was compiled of other modules is not taken for these: their own text is hashed.
      "of another version": () => {
        const text = Deno.readTextFileSync(module);
        Deno.writeTextFileSync(module, `console.log("another");\n${text}`);
      },
    };
    for (const [what, spoilIt] of Object.entries(spoil)) {
      spoilIt();
      const ran = await version();
      assert.equal(ran.status, 0, `${what}: ${ran.stderr}`);
      assert.equal(ran.stdout, what === "of another version" ? `another\n${said}` : said, what);
      assert.equal(ran.stderr, "", what);
    }
  },
  "files",
);

/** "0700 folder run/journal", of all that lies in these. */
function modesBelow({ path }: WorkFolder, names: string[]): string[] {
  return names.flatMap((name) => {
    const status = Deno.lstatSync(`${path}/${name}`);
    const mode = (status.mode! & 0o7777).toString(8).padStart(4, "0");
    const own = `${mode} ${status.isDirectory ? "folder" : status.isFile ? "file" : "link"} ${name}`;
    if (!status.isDirectory) return [own];
    const inner = Array.from(Deno.readDirSync(`${path}/${name}`), (entry) => `${name}/${entry.name}`);
    return [own, ...modesBelow({ path } as WorkFolder, inner)];
  });
}

/** What Deno caches lies in a folder that root alone can enter. */
function isAsItShouldBe(line: string): boolean {
  const [mode, kind, name] = line.split(" ");
  if (/^unpacked\/[0-9a-f]+\/cache\/./.test(name!) && kind === "link") return true;
  if (/^unpacked\/[0-9a-f]+\/cache\/./.test(name!)) return (parseInt(mode!, 8) & 0o022) === 0;
  if (kind === "link") return false;
  if (kind === "folder") return mode === "0700";
  return ["0600", "0700"].includes(mode!);
}
