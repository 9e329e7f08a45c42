/** Second part: the static file of the older toolkit, hooks.json, for every container alike. */
import { makeBundle } from "../../tests/harness/bundle.ts";
import type { Installation } from "../../tests/harness/installation.ts";
import type { WorkFolder } from "../../tests/harness/work_folder.ts";
import type { Stage } from "./scene.ts";

/** Shows hooks that run, and one that is missing. */
export async function hooksPart(stage: Stage, work: WorkFolder, installed: Installation): Promise<void> {
  const { runtime, hooksFile } = installed;
  const bundle = await makeBundle(work, { name: "any", args: ["echo", "hello from the container"] });

  stage.title("The older way works, too: hooks.json names programs for every container");
  writeHook(work, installed);
  await stage.command("cat", hooksFile);
  await stage.command(runtime, "run", "--bundle", bundle.path, stage.id("any"));
  await stage.command("cat", `${work.path}/hook.log`);

  stage.title("Where something is wrong, the container does not start, and one sentence says why");
  installed.setHooks({ prestart: [{ path: `${work.path}/missing-hook` }] });
  await stage.command(runtime, "run", "--bundle", bundle.path, stage.id("any"));
}

function writeHook(work: WorkFolder, installed: Installation): void {
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
}
