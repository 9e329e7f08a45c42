/**
 * Taking a plugin's manifest out of its code, once per content.
 *
 * The code runs in a child without permissions and with nothing of ours in its memory: what a plugin's top
 * level does, it does to itself. The child is this program by another entry point, which calls `printManifest`.
 */
import type { Manifest } from "../api/plugin.ts";
import { checkManifest } from "../core/manifest.ts";
import { HANDLER_STAGES, type HandlerStage } from "../core/oci.ts";
import type { Thrown } from "../core/thrown.ts";
import { type Failure, failure, oneLine } from "../errors.ts";
import { systemReason } from "../host/system_reason.ts";
import type { Host, Outcome } from "../host/host.ts";
import type { Description } from "./describe.ts";
import { explainThrown, type Originals } from "./explain.ts";
import type { ManifestReport } from "./print_manifest.ts";
import type { CachedPlugin } from "./cached.ts";
import { MANIFEST_COMMAND } from "../entry_points.ts";
import type { Program } from "./program.ts";
import { lineOf } from "./source.ts";

/** Milliseconds; a plugin's top level has nothing to wait for, but the machine may be busy. */
export const EXTRACTION_LIMIT = 10_000;

/** Which functions a plugin has. */
export interface PluginFunctions extends Record<HandlerStage, boolean> {
  plan: boolean;
}

/**
 * Runs the plugin's top level in a child and returns what it says about itself, unchecked.
 *
 * @param limit Milliseconds, at most `EXTRACTION_LIMIT`.
 * @throws {Failure} plugin-source where its code threw, manifest, plugin-load
 */
export async function extractManifest(
  host: Host,
  program: Program,
  place: CachedPlugin,
  originals: Originals,
  limit: number,
): Promise<Description> {
  const file = `${place.root}/${place.entry}`;
  const outcome = await start(host, program, place.folder, file, limit);
  const answer = answerOf(outcome);
  if (!answer) {
    throw failure("plugin-load", {
      file,
      why: whyNone(outcome, limit),
      remedy: "correct what runs at its top level",
    });
  }
  if ("description" in answer) return answer.description;
  if ("fault" in answer) throw failure("manifest", { file, ...answer.fault });
  throw thrownFailure(answer.thrown, place, originals);
}

/**
 * Checks what a plugin says about itself.
 *
 * @param name What its file or folder is called.
 * @throws {Failure} manifest, when
 */
export function checkDescription(
  { manifest: value, plan, stages }: Description,
  file: string,
  name: string,
): { manifest: Manifest; has: PluginFunctions } {
  const manifest = checkManifest(value, file);
  const fault = (field: string, why: string) => failure("manifest", { file, field, why });
  if (manifest.name !== name) {
    throw fault("name", `is ${manifest.name}, and its file or folder is called ${name}`);
  }
  const unknown = stages.find((stage) => !(HANDLER_STAGES as readonly string[]).includes(stage));
  if (unknown !== undefined) {
    throw fault(
      `on.${unknown}`,
      `cannot be: handlers exist for ${
        HANDLER_STAGES.join(", ")
      }; elsewhere only a program can run, with hook.STAGE(...)`,
    );
  }
  if (!plan && stages.length === 0) {
    throw fault("plan", "is missing, and so is every handler: it would do nothing");
  }
  if (manifest.gate && (!plan || stages.length > 0)) {
    throw fault("gate", "is for plugins with plan alone: they only deny");
  }
  return { manifest, has: functionsOf({ plan, stages }) };
}

/** The functions that are named in a description. */
function functionsOf({ plan, stages }: Pick<Description, "plan" | "stages">): PluginFunctions {
  return {
    plan,
    createRuntime: stages.includes("createRuntime"),
    start: stages.includes("start"),
    poststart: stages.includes("poststart"),
    poststop: stages.includes("poststop"),
  };
}

async function start(
  host: Host,
  { again: { path, args, env } }: Program,
  folder: string,
  file: string,
  limit: number,
): Promise<Outcome> {
  try {
    return await host.run({
      path,
      args: [...args, MANIFEST_COMMAND, folder],
      // Nothing of an engine's environment; its last words go into a message, so without colours.
      env: { ...env, NO_COLOR: "1" },
      timeout: limit,
    });
  } catch (error) {
    const why = `${path} cannot be started to read its manifest: ${systemReason(error)}`;
    throw failure("plugin-load", { file, why, remedy: "check that file" }, { cause: error });
  }
}

/** The last line that was printed; before it stands whatever the plugin printed itself. */
function answerOf({ status, stdout }: Outcome): ManifestReport | undefined {
  if (status !== 0) return undefined;
  const line = new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1)!;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function whyNone({ status, stderr, timedOut }: Outcome, limit: number): string {
  if (timedOut) return `its top level was not done after ${Math.round(limit / 100) / 10} s`;
  const said = oneLine(new TextDecoder().decode(stderr));
  return `it ended with status ${status} while its manifest was read${said ? `, saying: ${said}` : ""}`;
}

function thrownFailure(thrown: Thrown, place: CachedPlugin, originals: Originals): Failure {
  const { message, file, line, column } = explainThrown(thrown, place, originals);
  const original = Object.values(originals).find(({ name }) => `${place.root}/${name}` === file);
  const remedy = /does not provide an export named/.test(message)
    ? "correct the name; what is a type alone needs `import type`"
    : "correct it there";
  if (!original || line === undefined || column === undefined) {
    return failure("plugin-load", { file: `${place.root}/${place.entry}`, why: message, remedy });
  }
  const code = lineOf(original.text, line).trim().slice(0, 200);
  return failure("plugin-source", { file: file!, line, column, why: `fails: ${message}`, code, remedy });
}
