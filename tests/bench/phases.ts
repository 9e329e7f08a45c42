/**
 * Where the time of a call goes: the portable form unpacked, and a clock read at some places of its modules, which are
 * this measurement's own copy. The program itself has nothing for that, so nothing of it costs or can be reached.
 */
import type { Form } from "../harness/forms.ts";
import { install, type Installation } from "../harness/installation.ts";
import { mustRun } from "../harness/run.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";
import { HOOKS } from "./containers.ts";
import { makeBenchBundle } from "./groups.ts";
import { median } from "./measure.ts";
import { writePlugins } from "./plugins.ts";

const ROUNDS = 21;

/** What ends where, in the order of a create: a function that begins, or a line of the bundle. */
const PHASES: { what: string; ends: RegExp }[] = [
  { what: "sh and Deno start, module read", ends: /^/ },
  { what: "top level of the module", ends: /(?=^startAlone\(import\.meta\.url)/m },
  { what: "index", ends: inFunction("findRuntime") },
  { what: "real runtime", ends: inFunction("readCall") },
  { what: "command line, descriptors", ends: inFunction("openPolicies") },
  { what: "what the index was made from", ends: inFunction("planCreate") },
  { what: "config.json, read", ends: inFunction("identify") },
  { what: "which container, who applies", ends: inFunction("decideAll") },
  { what: "isolate started, plugins opened", ends: /(?=^ +this\.#running = \{)/m },
  { what: "plugins asked", ends: inFunction("refuseForeignBundle") },
  { what: "answers checked and merged", ends: inFunction("writePlan") },
  { what: "journal, config.json written", ends: inFunction("execute") },
];

/** A call whose phases are measured, and how the program is set up for it. */
const CALLS = [
  { what: "state", create: false, plugins: 0 },
  { what: "create, hooks.json", create: true, plugins: 0 },
  { what: "create, 3 plugins", create: true, plugins: 3 },
];

/** The line on stderr that tells the marks. */
const TOLD = "phases ";

/** A table: a head, and a row of milliseconds for each phase; "" where a call does not have it. */
export type PhaseTable = string[][];

/** Medians of the portable form as the wrapper, over a runtime that does nothing. */
export async function measurePhases(form: Form): Promise<PhaseTable> {
  const columns: Map<string, number>[] = [];
  for (const { create, plugins } of CALLS) {
    using work = workFolder();
    const installed = await installFor(form, work, plugins);
    const creating = ["create", "--bundle", (await makeBenchBundle(work)).path, "c1"];
    columns.push(await phasesOf(installed, creating, create ? creating : ["state", "c1"]));
  }
  const cells = (of: (column: Map<string, number>) => number | undefined) =>
    columns.map((column) => of(column)?.toFixed(1) ?? "");
  return [
    ["ms", ...CALLS.map(({ what }) => what)],
    ...[EMPTY, ...PHASES.map(({ what }) => what)].map((
      what,
    ) => [what, ...cells((column) => column.get(what))]),
    [
      "all but the empty program",
      ...cells((column) => [...column].reduce((sum, [what, ms]) => what === EMPTY ? sum - ms : sum + ms, 0)),
    ],
  ];
}

const EMPTY = "(an empty program of this Deno)";

async function installFor(form: Form, work: WorkFolder, plugins: number): Promise<Installation> {
  const runtime = work.program("runtime/runc", "#!/bin/sh\n");
  writePlugins(work, { selected: plugins });
  const installed = await install(form, work, { runtimes: [runtime], hooks: HOOKS });
  installed.env.CONTAINER_HOOKS_PORTABLE_DIR = work.folder("portable");
  await mustRun([installed.program, "--help"], { env: installed.env });
  return installed;
}

/** @param creating A call that has the index made, and V8's code cached. */
async function phasesOf(
  { runtime, env }: Installation,
  creating: string[],
  args: string[],
): Promise<Map<string, number>> {
  const [{ name: checksum }] = [...Deno.readDirSync(env.CONTAINER_HOOKS_PORTABLE_DIR!)] as [Deno.DirEntry];
  const unpacked = `${env.CONTAINER_HOOKS_PORTABLE_DIR}/${checksum}`;
  mark(unpacked);
  // The marked ones are compiled as the others were.
  Deno.removeSync(`${unpacked}/cache/made`);
  const empty = `${unpacked}/empty.js`;
  Deno.writeTextFileSync(empty, `${MARKS}\n${marking(EMPTY)}\n${TELLING}\n`);
  const all = new Map<string, number[]>();
  const note = (marks: [string, number][], began: number) => {
    let last = began;
    for (const [what, time] of marks) {
      all.set(what, [...all.get(what) ?? [], time - last]);
      last = time;
    }
  };
  const deno = [`${unpacked}/deno`, "run", "--quiet", "--no-config", "--no-lock", "-A", empty];
  const cached = { DENO_DIR: `${unpacked}/cache`, DENO_NO_UPDATE_CHECK: "1" };
  for (let before = 0; before < 3; before++) await told([runtime, ...creating], env);
  await told(deno, cached);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { marks, began } of [await told(deno, cached), await told([runtime, ...args], env)]) {
      note(marks, began);
    }
  }
  return new Map(Array.from(all, ([what, times]) => [what, median(times)]));
}

const now = () => performance.timeOrigin + performance.now();

async function told(
  [program, ...args]: string[],
  env: Record<string, string>,
): Promise<{ began: number; marks: [string, number][] }> {
  const began = now();
  const ran = await new Deno.Command(program!, { args, env, stdin: "null", stdout: "null", stderr: "piped" })
    .output();
  const lines = new TextDecoder().decode(ran.stderr).split("\n");
  const line = lines.find((line) => line.startsWith(TOLD));
  if (line === undefined) throw new Error(`${program} did not tell its phases: ${lines.join(" ")}`);
  return { began, marks: JSON.parse(line.slice(TOLD.length)) };
}

const MARKS = "globalThis.phases = [];";
const TELLING = `Deno.stderr.writeSync(new TextEncoder().encode(${
  JSON.stringify(TOLD)
} + JSON.stringify(phases) + "\\n"));`;

/** Each place counts when it is first come to. */
function marking(what: string): string {
  const text = JSON.stringify(what);
  return `if (!phases.some(([what]) => what === ${text})) ` +
    `phases.push([${text}, performance.timeOrigin + performance.now()]);`;
}

/** The files of the wrapper: for calls that pass through, and for those that make a container. */
const MODULES = ["wrapper.js", "creator.js"];

/** Writes the marks into the modules. @throws where a place is not found */
function mark(folder: string): void {
  const texts = MODULES.map((name) => Deno.readTextFileSync(`${folder}/${name}`));
  for (const { what, ends } of PHASES) {
    if (!ends.test(texts.at(-1)!)) throw new Error(`the bundle has no place of: ${what}`);
  }
  for (const [index, name] of MODULES.entries()) {
    const marked = PHASES.reduce(
      (text, { what, ends }) => text.replace(ends, () => `${marking(what)}\n`),
      texts[index]!,
    );
    const telling = marked.replace(/(?<=^function execute\(.*\{\n.*\n)/m, () => `${TELLING}\n`);
    Deno.writeTextFileSync(`${folder}/${name}`, `${MARKS}${telling}`);
  }
}

function inFunction(name: string): RegExp {
  // Its parameters may stand on lines of their own.
  return new RegExp(`(?<=^(?:async )?function ${name}\\([^]*?\\) \\{\\n)`, "m");
}
