/** Measuring things side by side: what matters is the difference between two that ran at the same time. */
import { builtFiles, type Form } from "../harness/forms.ts";

/** One line of the result. */
export interface Row {
  what: string;
  /** The built file that was measured, or "launcher". */
  form: string;
  /** "" for a number of things. */
  unit: "ms" | "s" | "MB" | "";
  /** The same without us, where there is such a thing; else, without what the row is about. */
  bare?: number;
  ours: number;
  /** The fastest of all, beside the medians: on a machine that does something else they tell more. */
  fastest?: { bare?: number; ours: number };
  /** What the design allows, in the same unit: over `bare` where that is there. */
  budget?: number;
}

/** What the design allows, for each built file. */
export type Budget = Record<string, number>;

/** The budget of a form; the launcher's is that of the file that it starts. */
export function budgetOf({ path }: Form, budget: Budget): number | undefined {
  return budget[builtFiles().find((file) => file.path === path)?.name ?? ""];
}

/** Something to be measured: it prepares itself, untimed, and returns what is timed. */
export type Contestant = () => Promise<() => Promise<void>>;

/** Things to be measured, by name. */
export type Contestants = Record<string, Contestant>;

/**
 * Runs all contestants in turn, `rounds` times, after one round that does not count.
 *
 * @returns the median of each, in milliseconds
 */
export async function race(contestants: Contestants, rounds: number): Promise<Record<string, number>> {
  const times = new Map(Object.keys(contestants).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, prepare] of Object.entries(contestants)) {
      const timed = await prepare();
      const start = performance.now();
      await timed();
      if (round > 0) times.get(name)!.push(performance.now() - start);
    }
  }
  return Object.fromEntries(Array.from(times, ([name, all]) => [name, median(all)]));
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Runs a program with no output, without the files that the tests' own `run` needs. @throws where it fails */
export async function silently(argv: string[], env: Record<string, string> = {}): Promise<void> {
  const { code } = await start(argv, env).status;
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}`);
}

/** Starts a program with no output and no environment but `env`. */
export function start([program, ...args]: string[], env: Record<string, string>): Deno.ChildProcess {
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  return new Deno.Command(program!, {
    args,
    clearEnv: true,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env },
    ...streams,
  })
    .spawn();
}
