/** First part: a plugin in TypeScript decides about three containers. */
import type { Spec } from "../../mod/core/oci.ts";
import { makeBundle } from "../../tests/harness/bundle.ts";
import type { Installation } from "../../tests/harness/installation.ts";
import type { WorkFolder } from "../../tests/harness/work_folder.ts";
import type { Stage } from "./scene.ts";

const PLUGIN = new URL("team.ts", import.meta.url);
const SCRIPT = 'echo "team: ${TEAM:-none}, open files: $(ulimit -n)"';

/** Shows one container that is edited, one that is left alone, and one that is refused. */
export async function pluginPart(stage: Stage, work: WorkFolder, installed: Installation): Promise<void> {
  const { program, runtime } = installed;
  const bundle = (name: string, edit: (spec: Spec) => void = () => {}) =>
    makeBundle(work, { name, args: ["sh", "-c", SCRIPT], edit });
  const ofTeam = (spec: Spec) => void (spec.annotations = { "org.example.team": "shop" });
  const web = await bundle("web", ofTeam);
  const plain = await bundle(stage.id("plain"));
  const root = await bundle("root", (spec) => {
    ofTeam(spec);
    spec.linux!.resources!.devices = [{ allow: true, access: "rwm" }];
  });
  const original = web.text();

  stage.title("A plugin: fifteen lines of TypeScript, asked about every container");
  work.file("plugins/team.ts", Deno.readTextFileSync(PLUGIN));
  await stage.command("cat", `${work.path}/plugins/team.ts`);

  stage.title("A container of team shop, by runc alone");
  await stage.command("runc", "run", "--bundle", web.path, stage.id("bare"));

  stage.title("The same container, through container-hooks-runtime");
  await stage.command(runtime, "run", "--bundle", web.path, stage.id("web"));

  stage.title("What changed in config.json, and no other byte");
  stage.difference(original, web.text());

  stage.title("A container that no rule is about is left alone");
  await stage.command(runtime, "run", "--bundle", plain.path, stage.id("plain"));
  await stage.command(program, "explain", stage.id("plain"));

  stage.title("A container that asks for every device of the host does not start");
  await stage.command(runtime, "run", "--bundle", root.path, stage.id("root"));
  await stage.command(program, "explain", stage.id("root"));
}
