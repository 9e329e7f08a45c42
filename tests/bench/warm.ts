/** What a create costs over bare runc where the service plans it: alone, with built-in plugins, many at once. */
import type { Form } from "../harness/forms.ts";
import { SYSTEM_PATH } from "../harness/run.ts";
import { until } from "../harness/until.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";
import { HOOKS, RUNC } from "./containers.ts";
import { makeBenchBundle } from "./groups.ts";
import {
  type BenchPlugin,
  creating,
  LAUNCHER,
  rowOf,
  THREE_PLUGINS,
  type WarmHost,
  warmHost,
} from "./warm_host.ts";
import type { Entry } from "./inside/race.ts";
import type { Row } from "./measure.ts";

const ROUNDS = 60;
/** Rounds of the many at once, each of which is so many creates. */
const CROWDS = 3;
const CROWD = 200;

/** The design's budgets, in milliseconds over bare runc. */
const CREATE_BUDGET = 3, HANDLER_BUDGET = 4;
/** How many times as long as bare runc many creates at once may take. */
const CROWD_BUDGET = 1.3;

const CONF = "/etc/container-hooks/conf.d";

/** One thing that is measured; what earlier ones have put in place stays. */
interface Scene {
  what: string;
  plugins?: BenchPlugin[];
  files?: Record<string, string>;
  /** What is timed: a create, or a run to the container's end. */
  command?: "run";
  /** Milliseconds over bare runc. */
  budget?: number;
}

const LXCFS = "/run/lxcfs";

/** Each takes away what the one before it has configured. */
const SCENES: Scene[] = [
  {
    what: "create with one hook",
    files: { "/etc/container-hooks/hooks.json": JSON.stringify(HOOKS) },
    budget: CREATE_BUDGET,
  },
  {
    what: "create, 3 plugins: one reads a file, one runs a program",
    plugins: THREE_PLUGINS,
    files: { "/etc/container-hooks/hooks.json": "{}" },
    budget: CREATE_BUDGET,
  },
  {
    what: "create, network-nic on, nothing asked for",
    files: { [`${CONF}/bench.toml`]: `${off("sets", "reads", "runs")}[plugins.network-nic]\n` },
    budget: CREATE_BUDGET,
  },
  {
    what: "create, plugin lxcfs",
    files: {
      [`${CONF}/bench.toml`]: `${off("sets", "reads", "runs")}[plugins.lxcfs.options]\nfolder = "${LXCFS}"\n`,
    },
  },
  {
    what: "run, a plugin with a poststop handler",
    plugins: [{ name: "handles", plan: "return {};", rest: "on: { poststop() {} }," }],
    files: { [`${CONF}/bench.toml`]: off("sets", "reads", "runs") },
    command: "run",
    budget: HANDLER_BUDGET,
  },
];

function off(...names: string[]): string {
  return names.map((name) => `[plugins.${name}]\nmode = "off"\n`).join("");
}

/** Rows of creates, by the launcher, that the service plans. */
export async function measureWarm(forms: Form[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const form of forms) {
    using work = workFolder();
    await using host = await warmHost(form, work);
    await using _lxcfs = await startLxcfs(host);
    for (const scene of SCENES) {
      await host.configure(scene.plugins ?? [], scene.files);
      rows.push(await measureScene(host, work, form, scene));
    }
  }
  return rows;
}

/** Rows of many creates at once. */
export async function measureWarmCrowd(forms: Form[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const form of forms) {
    using work = workFolder();
    await using host = await warmHost(form, work);
    await host.configure(THREE_PLUGINS);
    const entry = async (name: string, program: string) => {
      const bundles = await Promise.all(
        Array.from({ length: CROWD }, (_, index) => makeBenchBundle(work, { name: `${name}-${index}` })),
      );
      return creating(name, program, bundles, bundles.map((bundle) => bundle.text()));
    };
    const contestants = [await entry("bare", RUNC), await entry("ours", LAUNCHER)];
    const times = await host.race({ rounds: CROWDS, contestants });
    const row = rowOf(times, { what: `${CROWD} creates at once, 3 plugins`, form: nameOf(form), unit: "s" });
    rows.push({ ...row, budget: row.bare! * (CROWD_BUDGET - 1) });
  }
  return rows;
}

/** Of the launcher, and the service of this form. */
function nameOf({ name }: Form): string {
  return `warm, ${name}`;
}

/** Bare runc gets the hooks that hooks.json has, so that their own time is on both sides. */
async function measureScene(
  host: WarmHost,
  work: WorkFolder,
  form: Form,
  { what, files = {}, command, budget }: Scene,
): Promise<Row> {
  const hooks: unknown = JSON.parse(files["/etc/container-hooks/hooks.json"] ?? "{}");
  const made = crypto.randomUUID().slice(0, 8);
  const entry = async (name: string, program: string, edit = {}): Promise<Entry> => {
    const settings = { name: `${name}-${made}`, edit: (spec: object) => void Object.assign(spec, edit) };
    const bundle = await makeBenchBundle(work, settings);
    const entry = creating(name, program, [bundle], [bundle.text()]);
    if (command !== "run") return entry;
    return { ...entry, calls: [[program, "run", "--bundle", bundle.path, `bench-${name}`]], after: [] };
  };
  const contestants = [await entry("bare", RUNC, { hooks }), await entry("ours", LAUNCHER)];
  const times = await host.race({ rounds: ROUNDS, contestants });
  return rowOf(times, { what, form: nameOf(form), budget });
}

async function startLxcfs({ served: { host } }: WarmHost): Promise<AsyncDisposable> {
  await host.mustRun(["mkdir", "-p", LXCFS]);
  const [program, ...args] = [...host.enter, "lxcfs", "--foreground", "--pidfile=/run/lxcfs.pid", LXCFS];
  const child = new Deno.Command(program!, {
    args,
    clearEnv: true,
    env: { PATH: SYSTEM_PATH },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await until(`lxcfs answers at ${LXCFS}`, async () => {
    return (await host.run(["cat", `${LXCFS}/proc/uptime`])).status === 0;
  });
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await host.run(["umount", "-l", LXCFS]);
    },
  };
}
