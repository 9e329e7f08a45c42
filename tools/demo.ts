/**
 * Shows on real containers what the program is for. Everything is made in a private folder and removed afterwards.
 *
 * @module
 */
import { builtFiles, type Form } from "../tests/harness/forms.ts";
import { install } from "../tests/harness/installation.ts";
import { whyNot } from "../tests/harness/needs.ts";
import { workFolder } from "../tests/harness/work_folder.ts";
import { hooksPart } from "./demo/hooks_part.ts";
import { pluginPart } from "./demo/plugin_part.ts";
import { type Scene, Stage } from "./demo/scene.ts";
import { ensureBuilt } from "./ensure_built.ts";
import { ensurePrerequisites } from "./prerequisites.ts";

/**
 * Builds where that is needed, and goes through both parts with every built file.
 *
 * @returns the scenes of the last one
 */
export async function demonstrate(): Promise<Scene[]> {
  await ensurePrerequisites();
  const missing = whyNot(["root", "runc"]);
  if (missing !== undefined) {
    console.error(
      `The demo cannot run: ${missing}. Try: sudo env "PATH=$PATH" npx --yes deno@2.9.6 task demo`,
    );
    Deno.exit(1);
  }
  if (!Deno.env.get("CONTAINER_HOOKS_UNDER_TEST")) await ensureBuilt();
  let scenes: Scene[] = [];
  for (const form of builtFiles()) scenes = await withForm(form);
  return scenes;
}

async function withForm(form: Form): Promise<Scene[]> {
  using work = workFolder();
  const installed = await install(form, work);
  const stage = new Stage(work.path, installed.env);
  stage.title("The program: one file");
  stage.text("DEMO stands for a private folder, which is removed at the end.");
  await stage.command(installed.program, "version");
  await pluginPart(stage, work, installed);
  await hooksPart(stage, work, installed);
  return stage.scenes;
}

if (import.meta.main) await demonstrate();
