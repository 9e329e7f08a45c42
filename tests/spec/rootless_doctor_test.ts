/** Everybody but root: a create and doctor judge a plugin's file alike, and say the same. */
import assert from "node:assert/strict";
import type { Finding } from "../../mod/cli/kit/finding.ts";
import { type Bundle, makeBundle } from "../harness/bundle.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { type Ran, run } from "../harness/run.ts";

/** Nobody's, with no subordinate ids; and another user, whose plugin it is. */
const USER = 54321, OTHER = 54322;

const PLUGIN = `import { definePlugin, setEnv } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "theirs",
  version: "1.0.0",
  brief: "Marks containers",
  plan: () => ({ edits: [setEnv("THEIRS", "yes")] }),
});
`;

const AS_USER = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"];
/** As rootless podman calls a runtime: root of a namespace in which every other number is the overflow uid. */
const IN_NAMESPACE = [...AS_USER, "unshare", "--map-root-user"];

/** An installation of a user's, with a plugin file of this owner and mode. */
async function setUp({ form, work }: Subject, owner: number, mode: number) {
  work.folder("plugins");
  const path = work.file("plugins/theirs.ts", PLUGIN, mode);
  Deno.chownSync(path, owner, owner);
  const runtime = work.program("runtime/runc", "#!/bin/sh\necho '{}'\n");
  const installed = await install(form, work, { runtimes: [runtime] });
  for (const name of ["run", "state", "portable"]) Deno.chownSync(work.folder(name, 0o700), USER, USER);
  Deno.chownSync(work.file("own.log", ""), USER, USER);
  installed.env.CONTAINER_HOOKS_PORTABLE_DIR = `${work.path}/portable`;
  const bundle = await makeBundle(work);
  Deno.chownSync(bundle.path, USER, USER);
  Deno.chownSync(bundle.config, USER, USER);
  return { installed, bundle, path };
}

/** What both say, each called in the same surroundings. */
async function bothSay(enter: string[], { program, runtime, env }: Installation, { path }: Bundle) {
  const call = (...argv: string[]) => run([...enter, ...argv], { env });
  const created = await call(runtime, "create", "--bundle", path, "theirs-1");
  const findings = findingsOf(await call(program, "doctor", "--json"));
  return { created, findings: findings.filter(({ subject }) => subject.startsWith("plugin")) };
}

function findingsOf({ stdout, stderr }: Ran): Finding[] {
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout).findings;
}

const CASES: [where: string, enter: string[], owner: number, mode: number, why?: string][] = [
  ["as the user", AS_USER, OTHER, 0o644, `belongs to user ${OTHER}`],
  ["as the user", AS_USER, USER, 0o666, "can be written by others than root (mode 0666)"],
  ["as the user", AS_USER, USER, 0o644],
  // What belongs to another user cannot be told from root's there.
  ["in the user's namespace", IN_NAMESPACE, OTHER, 0o644],
  ["in the user's namespace", IN_NAMESPACE, OTHER, 0o666, "can be written by others than root (mode 0666)"],
];

for (const [where, enter, owner, mode, why] of CASES) {
  const whose = owner === USER ? "the user's own" : "another user's";
  specTest(
    `${where}, doctor and a create judged a plugin differently: ${whose}, mode ${mode.toString(8)}`,
    ["root", "setpriv"],
    async (subject) => {
      const { installed, bundle, path } = await setUp(subject, owner, mode);
      const { created, findings } = await bothSay(enter, installed, bundle);
      const said = JSON.stringify([created.stderr, findings]);
      const theirs = findings.filter(({ subject }) => subject === "plugin theirs");
      if (why === undefined) {
        assert.equal(created.status, 0, said);
        assert.match(bundle.text(), /THEIRS=yes/);
        assert.deepEqual(theirs, [], said);
        assert.ok(
          findings.some(({ subject, what }) => subject === "plugins" && what.includes("theirs")),
          said,
        );
        return;
      }
      assert.equal(created.status, 1, said);
      const [finding] = theirs;
      assert.equal(finding?.state, "error", said);
      for (const part of [path, why]) assert.ok(finding!.what.includes(part), said);
      assert.ok(created.stderr.includes(finding!.what), said);
      assert.ok(created.stderr.includes(finding!.remedy!), said);
    },
    "files",
  );
}
