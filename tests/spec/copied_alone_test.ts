/** The file alone, under another name and nothing beside it: what it starts of itself is still itself. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { install, type Installation } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { PROBE_STATUS, probeRuntime } from "../harness/probe.ts";
import { mustRun, run } from "../harness/run.ts";

const PLUGIN = `import { definePlugin, setEnv } from "container-hooks/plugin";
export default definePlugin({
  api: 1, name: "own", version: "1.0.0", brief: "A test's",
  plan: () => ({ edits: [setEnv("FROM", "plugin")] }),
  on: { poststop() {} },
});
`;

async function setUp({ form, work }: Subject, policy = "") {
  const probe = probeRuntime(work);
  work.folder("plugins");
  work.file("plugins/own.ts", PLUGIN);
  const installed: Installation = await install(form, work, { runtimes: [probe.path], policy });
  return { installed, bundle: await makeBundle(work) };
}

for (const way of ["cp --reflink=auto", "ln", "ln -s"]) {
  for (const name of ["container-hooks-runtime", "container-hooks-runtime-crun", "container-hooks-ctk"]) {
    specTest(`a plugin of the disk is read by a file called ${name} (${way})`, ["root"], async (subject) => {
      const { form, work } = subject;
      const { installed, bundle } = await setUp(subject);
      const own = work.folder("own");
      await mustRun(["cp", "--reflink=auto", form.path, `${own}/first`]);
      await mustRun([...way.split(" "), `${own}/first`, `${own}/${name}`]);
      const words = name.endsWith("ctk") ? ["runtime", "--"] : [];
      const argv = [`${own}/${name}`, ...words, "create", "--bundle", bundle.path, "c1"];
      const { status, stderr } = await run(argv, { env: installed.env });
      assert.equal(status, PROBE_STATUS, stderr);
      assert.ok(bundle.spec().process?.env?.includes("FROM=plugin"));
    }, "files");
  }
}

specTest("limits that are fractions of a second stop no container", ["root"], async (subject) => {
  const { installed, bundle } = await setUp(subject, "[plugins.own]\ntimeout = 7.66990000052\n");
  const text = Deno.readTextFileSync(installed.configFile);
  Deno.writeTextFileSync(
    installed.configFile,
    text.replace("[container-hooks]", "[container-hooks]\ndeadline = 57.9899900001"),
  );
  const { status, stderr } = await installed.asRuntime(["create", "--bundle", bundle.path, "c1"]);
  assert.equal(status, PROBE_STATUS, stderr);
  assert.ok(bundle.spec().process?.env?.includes("FROM=plugin"));
});
