/**
 * A race in the namespaces of a private host, so that nothing stands between it and what is timed. What it is to run
 * comes on standard input, as JSON; what each took goes to standard output.
 */

/** A race. */
export interface Race {
  rounds: number;
  contestants: Entry[];
}

/** One that runs in it. */
export interface Entry {
  name: string;
  /** Texts of files, put there before each round, untimed. */
  files?: Record<string, string>;
  /** Command lines that are started at once; their time is that until the last has ended. */
  calls: string[][];
  /** Command lines that are run afterwards, untimed. */
  after?: string[][];
}

/** Milliseconds of each round, by the name of the contestant. */
export type RaceTimes = Record<string, number[]>;

/** No more than a host that many containers start on has. */
const ENV = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin", HOME: "/run" };
/** Command lines that are run at once afterwards. */
const AFTER_AT_ONCE = 4;

async function mustRun([program, ...args]: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(program!, {
    args,
    clearEnv: true,
    env: ENV,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${new TextDecoder().decode(stderr)}`);
}

/** What a container writes goes nowhere: a pipe would be waited for as long as it lives. */
async function silently([program, ...args]: string[]): Promise<void> {
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const child = new Deno.Command(program!, { args, clearEnv: true, env: ENV, ...streams }).spawn();
  const { code } = await child.status;
  if (code === 0) return;
  // Once more, for what it says.
  await mustRun([program!, ...args]);
  throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
}

async function once({ files = {}, calls, after = [] }: Entry): Promise<number> {
  for (const [path, text] of Object.entries(files)) Deno.writeTextFileSync(path, text);
  const start = performance.now();
  await Promise.all(calls.map(silently));
  const took = performance.now() - start;
  const left = [...after];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await mustRun(next);
  };
  await Promise.all(Array.from({ length: AFTER_AT_ONCE }, worker));
  return took;
}

async function race({ rounds, contestants }: Race): Promise<RaceTimes> {
  const times: RaceTimes = Object.fromEntries(contestants.map(({ name }) => [name, []]));
  // The first round does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const each of contestants) {
      const took = await once(each);
      if (round > 0) times[each.name]!.push(took);
    }
  }
  return times;
}

if (import.meta.main) {
  const asked: Race = JSON.parse(await new Response(Deno.stdin.readable).text());
  console.log(JSON.stringify(await race(asked)));
}
