/**
 * Shows a stranger what the program does: the same real container by runc alone and through us, and what differs.
 *
 * Everything happens in a private folder that is removed at the end; no engine and no setting is touched.
 */
import { createPatch } from "diff";
import { makeBundle } from "../tests/harness/bundle.ts";
import { type Installation, install } from "../tests/harness/installation.ts";
import { type Ran, run } from "../tests/harness/run.ts";
import { workFolder } from "../tests/harness/work_folder.ts";
import { ensureBuilt } from "./ensure_built.ts";
import { ensurePrerequisites } from "./prerequisites.ts";

const HOOK = `#!/bin/sh
# A runtime gives a hook the container's state on standard input.
read -r state
echo "$1: $state" >> "\${0%/*}/hook.log"
`;

const PLUGIN = `import { definePlugin, setEnv } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "greeting",
  version: "1.0.0",
  brief: "Greets containers that ask for it",
  when: { annotations: { "^org.example.greet$": "." } },
  plan: (container) => ({
    edits: [setEnv("GREETING", \`hello \${container.annotations["org.example.greet"]}\`)],
  }),
});
`;

if (Deno.uid() !== 0) {
  console.error("The demo runs a real container, which needs root here: run it again as root (sudo).");
  Deno.exit(1);
}
await ensurePrerequisites();
const built = await ensureBuilt();

using work = workFolder();
const hook = work.program("hook", HOOK);
const bundle = await makeBundle(work, {
  args: ["sh", "-c", 'echo "inside: $GREETING"'],
  edit: (spec) => spec.annotations = { "org.example.greet": "demo" },
});
work.folder("plugins");
const plugin = work.file("plugins/greeting.ts", PLUGIN);
const ours = await install({ name: "demo", path: built }, work, {
  hooks: { prestart: [{ path: hook, args: ["hook", "prestart"] }], poststop: [{ path: hook, args: ["hook", "poststop"] }] },
});
const config = await Deno.readTextFile(ours.configFile);
await Deno.writeTextFile(ours.configFile, config.replace(/^(path = .*)$/m, `$1\nplugin-dirs = ["${work.path}/plugins"]`));

heading("A container by runc alone");
show(await run(["runc", "run", "--bundle", bundle.path, "demo-bare"]), "runc run --bundle BUNDLE demo-bare");

heading("The administrator's part: one hooks.json for every container, and a plugin that decides");
say(`${await Deno.readTextFile(ours.hooksFile)}\n\n${await Deno.readTextFile(plugin)}`);

heading("The same container through container-hooks-runtime");
const before = bundle.text();
show(
  await ours.asRuntime(["run", "--bundle", bundle.path, "demo"]),
  "container-hooks-runtime run --bundle BUNDLE demo",
);

heading("What was written into its config.json");
say(createPatch("config.json", before, bundle.text(), "before", "after", { context: 2 }).split("\n").slice(2).join("\n"));

heading("What the hook did");
say(await Deno.readTextFile(`${work.path}/hook.log`));

heading("Who did it, and why");
await command(ours, "explain", "demo");

heading("A denial: the same container, and a hooks.json that names a program which anybody could change");
await Deno.chmod(hook, 0o777);
show(await ours.asRuntime(["run", "--bundle", bundle.path, "demo"]), "container-hooks-runtime run --bundle BUNDLE demo");
console.log("\nEverything was in one private folder, which is gone now. Next: npx --yes deno@2.9.6 task test");

function heading(text: string): void {
  console.log(`\n# ${text}`);
}

/** Paths of the private folder say nothing to the reader. */
function say(text: string): void {
  console.log(text.replaceAll(bundle.path, "BUNDLE").replaceAll(work.path, "FOLDER").trimEnd());
}

function show(ran: Ran, typed: string): void {
  say(`$ ${typed}\n${ran.stdout}${ran.stderr}(exit status ${ran.status})`);
}

async function command(installation: Installation, ...args: string[]): Promise<void> {
  show(await installation.command(args), `container-hooks ${args.join(" ")}`);
}
