/**
 * Runs a real container twice, by runc alone and through us, and shows what was different. Everything is
 * made in a private folder and removed afterwards.
 */
import { createTwoFilesPatch } from "diff";
import { type Bundle, makeBundle } from "../tests/harness/bundle.ts";
import { builtFiles } from "../tests/harness/forms.ts";
import { install, type Installation } from "../tests/harness/installation.ts";
import { whyNot } from "../tests/harness/needs.ts";
import { run } from "../tests/harness/run.ts";
import { type WorkFolder, workFolder } from "../tests/harness/work_folder.ts";
import { ensureBuilt } from "./ensure_built.ts";
import { ensurePrerequisites } from "./prerequisites.ts";

let step = 0;

await ensurePrerequisites();
const missing = whyNot(["root", "runc"]);
if (missing !== undefined) {
  console.error(`The demo cannot run: ${missing}. Try: sudo env "PATH=$PATH" npx --yes deno@2.9.6 task demo`);
  Deno.exit(1);
}
title("The program: one file");
if (!Deno.env.get("CONTAINER_HOOKS_UNDER_TEST")) await ensureBuilt();
for (const form of builtFiles()) {
  using work = workFolder();
  await demonstrate(work, await install(form, work));
}

async function demonstrate(work: WorkFolder, installed: Installation): Promise<void> {
  const { program, runtime, env } = installed;
  const show = (argv: string[]) => shown(argv, { folder: work.path, env });
  const id = `demo-${crypto.randomUUID().slice(0, 4)}`;
  console.log(indent(`DEMO stands for ${work.path}, which is removed at the end.`));
  await show([program, "version"]);

  title("A bundle: busybox and the config.json that `runc spec` writes");
  const bundle = await makeBundle(work, { args: ["echo", "hello from the container"] });
  const before = bundle.text();
  await show(["ls", "-l", bundle.path]);

  title("The container, by runc alone");
  await show(["runc", "run", "--bundle", bundle.path, `${id}-bare`]);

  title("A hook for every container: hooks.json names a program that writes a line");
  const hook = writeHook(work, installed);
  await show(["cat", hook]);
  await show(["cat", installed.hooksFile]);
  await show(["cat", installed.configFile]);

  title("The same container, through container-hooks-runtime");
  await show([runtime, "run", "--bundle", bundle.path, id]);

  title("What changed in config.json: the hooks, and no other byte");
  console.log(difference(before, bundle).replaceAll(work.path, "DEMO"));

  title("What the hook did");
  await show(["cat", `${work.path}/hook.log`]);

  title("What the journal says");
  await show([program, "explain", id]);

  title("Where something is wrong, the container does not start, and one sentence says why");
  installed.setHooks({ prestart: [{ path: `${work.path}/missing-hook` }] });
  await show([runtime, "run", "--bundle", bundle.path, id]);
}

function writeHook(work: WorkFolder, installed: Installation): string {
  const path = work.program(
    "greet",
    `#!/bin/sh
# A runtime gives a hook the container's state on standard input.
read -r state
echo "$1: $state" >>${work.path}/hook.log
`,
  );
  const entry = (stage: string) => JSON.stringify({ path, args: ["greet", stage], timeout: 5 });
  installed.setHooks(`{
  "prestart": [${entry("prestart")}],
  "poststop": [${entry("poststop")}]
}
`);
  return path;
}

function difference(before: string, bundle: Bundle): string {
  const patch = createTwoFilesPatch(
    "config.json before",
    "config.json after",
    before,
    bundle.text(),
    "",
    "",
    {
      context: 2,
    },
  );
  return indent(patch.split("\n").slice(1).join("\n"));
}

function title(text: string): void {
  console.log(`\n${++step}. ${text}\n`);
}

/** Runs a command and shows it with what it printed; the private folder is written as DEMO. */
async function shown(
  argv: string[],
  { folder, env }: { folder: string; env: Record<string, string> },
): Promise<void> {
  const readable = (text: string) => text.replaceAll(folder, "DEMO").trimEnd();
  console.log(indent(`$ ${readable(argv.join(" "))}`));
  const ran = await run(argv, { env });
  const said = readable(ran.stdout + ran.stderr);
  if (said !== "") console.log(indent(said));
  if (ran.status !== 0) console.log(indent(`(status ${ran.status})`));
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, "   ");
}
