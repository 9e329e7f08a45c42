/** A private host whose service plans, and races in it. */
import type { Bundle } from "../harness/bundle.ts";
import type { Form } from "../harness/forms.ts";
import type { PrivateHost } from "../harness/private_host.ts";
import { type ServedHost, servedHost } from "../harness/served_host.ts";
import { until } from "../harness/until.ts";
import type { WorkFolder } from "../harness/work_folder.ts";
import { RUNC } from "./containers.ts";
import { makeBenchBundle } from "./groups.ts";
import type { Entry, Race, RaceTimes } from "./inside/race.ts";
import { median, type Row } from "./measure.ts";

/** The program that runs a race, as a file. */
const RACE = new URL("./inside/race.ts", import.meta.url).pathname;

/** Seconds that a race may take on a busy machine. */
const RACE_LIMIT = 1800;

/** The launcher of an installed program. */
export const LAUNCHER = "/usr/bin/container-hooks-runtime";

/** A plugin of three: the usual kinds of work. */
export interface BenchPlugin {
  name: string;
  plan: string;
  rest?: string;
}

/** One sets a variable, one reads a file of the host, one runs a program. */
export const THREE_PLUGINS: BenchPlugin[] = [
  { name: "sets", plan: 'return { edits: [setEnv("SET", container.id)] };' },
  {
    name: "reads",
    plan: 'return { edits: [setEnv("READ", host.readTextFile("/etc/hostname").trim())] };',
    rest: 'needs: { read: ["/etc/hostname"] },',
  },
  {
    name: "runs",
    plan:
      'return host.run("/bin/true", []).then(({ status }) => ({ edits: [setEnv("RAN", String(status))] }));',
    rest: 'needs: { run: ["/bin/true"] },',
  },
];

/** Such a host. */
export interface WarmHost extends AsyncDisposable {
  served: ServedHost;
  /** Puts plugins and files in place, and waits until the service plans by them. */
  configure(plugins: BenchPlugin[], files?: Record<string, string>): Promise<void>;
  /** Runs a race; every create of ours has to have been planned by the service. */
  race(race: Race): Promise<RaceTimes>;
}

/** Installs `form`, and starts its service. @param given As that of {@linkcode servedHost}. */
export async function warmHost(form: Form, work: WorkFolder, given?: PrivateHost): Promise<WarmHost> {
  const served = await servedHost(form, given);
  const { host } = served;
  const bundle = await makeBenchBundle(work, { name: "warming" });
  let before = 0;
  const cold = async () => Object.values((await served.status()).cold ?? {}).reduce((sum, n) => sum + n, 0);
  const warmUp = async () => {
    await until("the service plans", async () => {
      const { warm = 0, since } = await served.status();
      const ran = await served.create(`warm-${crypto.randomUUID().slice(0, 8)}`, bundle.path);
      if (ran.status !== 0) throw new Error(ran.stderr);
      // What it writes down is a second old.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      const now = await served.status();
      return now.since === since && (now.warm ?? 0) > warm;
    });
    before = await cold();
  };
  await served.start();
  return {
    served,
    async configure(plugins, files = {}) {
      for (const { name, plan, rest } of plugins) await served.plugin(name, plan, rest);
      for (const [path, text] of Object.entries(files)) await host.write(path, text);
      await warmUp();
    },
    async race(race) {
      const { stdout } = await host.mustRun([Deno.execPath(), "run", "--no-lock", "-A", RACE], {
        stdin: JSON.stringify(race),
        limit: RACE_LIMIT,
      });
      await new Promise((resolve) => setTimeout(resolve, 1100));
      const went = await cold() - before;
      // Not the median alone would be of something else then.
      if (went > 0) {
        console.error(`${went} creates went cold: ${JSON.stringify((await served.status()).cold)}`);
      }
      before += went;
      return JSON.parse(stdout);
    },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

/** Creates of containers of their bundles, at once, and their removal. */
export function creating(name: string, program: string, bundles: Bundle[], originals: string[]): Entry {
  const ids = bundles.map((_, index) => `bench-${name}-${index}`);
  return {
    name,
    files: Object.fromEntries(bundles.map(({ config }, index) => [config, originals[index]!])),
    calls: bundles.map(({ path }, index) => [program, "create", "--bundle", path, ids[index]!]),
    after: ids.map((id) => [RUNC, "delete", "--force", id]),
  };
}

/** The row of one contestant beside another one. */
export function rowOf(
  times: RaceTimes,
  row: Pick<Row, "what" | "form" | "budget"> & { unit?: "ms" | "s" },
  bare = "bare",
  ours = "ours",
): Row {
  const { unit = "ms" } = row;
  const by = unit === "s" ? 1000 : 1;
  const of = (pick: (all: number[]) => number, name: string) => pick(times[name]!) / by;
  const fastest = (all: number[]) => Math.min(...all);
  return {
    ...row,
    unit,
    bare: of(median, bare),
    ours: of(median, ours),
    fastest: { bare: of(fastest, bare), ours: of(fastest, ours) },
  };
}
