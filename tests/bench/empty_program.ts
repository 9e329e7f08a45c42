/** A program that does nothing, on the runtime of a built file: what no program of that runtime can do without. */
import { findDeno } from "../../tools/build/deno.ts";
import { BuildFailure } from "../../tools/build/failure.ts";
import { make } from "../../tools/build/make.ts";
import { type Form, portableFolder, PROJECT } from "../harness/forms.ts";
import { mustRun } from "../harness/run.ts";
import type { WorkFolder } from "../harness/work_folder.ts";
import { type Contestant, type Contestants, silently } from "./measure.ts";

/** It tells its version, because a build looks at what it has made. */
const NOTHING = `if (Deno.args.includes("version")) {
  console.log(JSON.stringify({ form: "compiled", deno: Deno.version.deno }));
}
`;

/** Has the empty program of a form run beside it, where there is one. */
export async function addEmpty(contestants: Contestants, form: Form, work: WorkFolder): Promise<void> {
  const empty = await emptyProgram(form, work);
  if (empty) contestants[emptyName(form)] = empty;
}

/** A budget over the empty program of a form, as one over the bare runtime; undefined where there is none. */
export function overEmpty(times: Record<string, number>, form: Form, budget: number): number | undefined {
  const empty = times[emptyName(form)];
  return empty === undefined ? undefined : empty + budget;
}

function emptyName({ name }: Form): string {
  return `empty program of ${name}`;
}

/** Starts one; undefined where it cannot be made, as where there is no denort of the file's version. */
async function emptyProgram(form: Form, work: WorkFolder): Promise<Contestant | undefined> {
  const { form: kind, deno: version } = await versionOf(form);
  const text = work.file("empty/main.ts", NOTHING);
  if (kind === "portable") {
    const { path } = await findDeno(version);
    const env = { DENO_DIR: work.folder("empty/cache"), DENO_NO_UPDATE_CHECK: "1" };
    return starting([path, "run", "--quiet", "--no-check", "--no-config", "--no-lock", "-A", text], env);
  }
  const program = `${work.path}/empty/program`;
  try {
    await make({
      project: PROJECT,
      entries: { main: text, isolate: text },
      form: "compiled",
      deno: version,
      output: program,
      notice: () => {},
    });
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error;
    console.error(`no budget for ${form.name}, because its empty program ${error.message}`);
    return undefined;
  }
  return starting([program], {});
}

function starting(argv: string[], env: Record<string, string>): Contestant {
  return () => Promise.resolve(() => silently(argv, env));
}

async function versionOf({ path }: Form): Promise<{ form: string; deno: string }> {
  const env = { CONTAINER_HOOKS_PORTABLE_DIR: portableFolder() };
  return JSON.parse((await mustRun([path, "version", "--json"], { env })).stdout);
}
