/** What plugins from the disk cost: how many there are, where they run, what they do at which stage. */
import type { Form } from "../harness/forms.ts";
import { install } from "../harness/installation.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";
import { bareCaller, caller, type Containers, openContainers, RUNC } from "./containers.ts";
import { addEmpty, overEmpty } from "./empty_program.ts";
import { type Contestant, type Contestants, race, type Row } from "./measure.ts";

const ROUNDS = 9;

/** The design's budget for a create with three plugins, in milliseconds over an empty program of the same runtime. */
const CREATE_BUDGET = 35;

/** The user's plugins that we are installed with. */
export interface Plugins {
  /** Every one of them sets a variable, which costs the runtime underneath nothing. */
  selected: number;
  /** How many more there are whose `when` does not hold. */
  others?: number;
  /** Stages at which each has a handler that does nothing. */
  handlers?: string[];
}

/** One line of the table for each form. */
interface Case {
  what: string;
  plugins: Plugins;
  /** Its cost without the one thing that it is about; runc itself is not measured then. */
  over?: string;
  /** Each round changes config.toml first, so that the index is made anew. */
  rebuilds?: true;
  /** Milliseconds over an empty program of the same runtime. */
  budget?: number;
}

const WITHOUT_HANDLER = "run, 1 plugin";

const CREATES: Case[] = [
  { what: "create, 0 plugins", plugins: { selected: 0 } },
  { what: "create, 1 plugin", plugins: { selected: 1 } },
  { what: "create, 3 plugins", plugins: { selected: 3 }, budget: CREATE_BUDGET },
  { what: "create, 3 of 20 plugins", plugins: { selected: 3, others: 17 } },
  { what: "create, 3 plugins, index rebuilt", plugins: { selected: 3 }, rebuilds: true },
];

const RUNS: Case[] = [
  { what: WITHOUT_HANDLER, plugins: { selected: 1 } },
  ...["createRuntime", "poststart", "poststop"].map((stage): Case => ({
    what: `${stage} handler, over none`,
    plugins: { selected: 1, handlers: [stage] },
    over: WITHOUT_HANDLER,
  })),
];

/** Rows of `create` with plugins, for every way of calling us. */
export function measurePlugins(forms: Form[]): Promise<Row[]> {
  return measureCases(forms, "create", CREATES);
}

/** Rows of `run`, from create to the container's end, with a handler at one stage. */
export function measureHandlers(forms: Form[]): Promise<Row[]> {
  return measureCases(forms, "run", RUNS);
}

async function measureCases(
  forms: Form[],
  command: "create" | "run",
  cases: Case[],
): Promise<Row[]> {
  using works = new DisposableStack();
  await using containers = openContainers();
  const work = () => works.use(workFolder());
  const contestants: Contestants = {
    bare: await containers.contestant(bareCaller(work()), command),
  };
  for (const form of forms) {
    if (cases.some(({ budget }) => budget !== undefined)) await addEmpty(contestants, form, work());
    for (const each of cases) {
      contestants[nameOf(form, each.what)] = await contestant(containers, work(), form, command, each);
    }
  }
  const times = await race(contestants, ROUNDS);
  return cases.flatMap(({ what, over, budget }) =>
    forms.map((form): Row => ({
      what,
      form: form.name,
      unit: "ms",
      bare: times[over === undefined ? "bare" : nameOf(form, over)]!,
      ours: times[nameOf(form, what)]!,
      budget: budget && overEmpty(times, form, budget),
    }))
  );
}

function nameOf(form: Form, what: string): string {
  return `${form.name}: ${what}`;
}

async function contestant(
  containers: Containers,
  work: WorkFolder,
  form: Form,
  command: "create" | "run",
  { plugins, rebuilds }: Case,
): Promise<Contestant> {
  writePlugins(work, plugins);
  const installed = await install(form, work, { config: configOf(work) });
  const touch = () => Deno.utimeSync(installed.configFile, new Date(), new Date());
  return await containers.contestant(caller(work, installed), command, rebuilds && touch);
}

/** Writes plugins, each of which sets a variable. */
export function writePlugins(work: WorkFolder, { selected, others = 0, handlers = [] }: Plugins): void {
  work.folder("plugins");
  for (let index = 0; index < selected + others; index++) {
    const name = `bench-${index}`;
    work.file(`plugins/${name}.ts`, sourceOf(name, index < selected, handlers));
  }
}

function sourceOf(name: string, selected: boolean, handlers: string[]): string {
  const when = selected ? "{ always: true }" : '{ annotations: { "^org\\\\.example\\\\.bench$": "^yes$" } }';
  return `import { definePlugin, setEnv } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "${name}",
  version: "1.0.0",
  brief: "Sets a variable",
  when: ${when},
  plan: () => ({ edits: [setEnv("${name.toUpperCase().replace("-", "_")}", "yes")] }),
  on: { ${handlers.map((stage) => `${stage}() {}`).join(", ")} },
});
`;
}

function configOf(work: WorkFolder): string {
  return `[container-hooks]
path = "${work.path}/hooks.json"
plugin-dirs = ["${work.path}/plugins"]

[container-hooks-runtime]
debug = "${work.path}/own.log"
runtimes = ["${RUNC}"]
`;
}
