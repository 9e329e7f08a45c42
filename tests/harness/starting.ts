/** Containers that are started all the time, while something else happens to the host. */
import { makeBundle } from "./bundle.ts";
import type { Ran } from "./run.ts";
import { until } from "./until.ts";
import type { WorkFolder } from "./work_folder.ts";

/** How many are started at once. */
const AT_ONCE = 3;

/** What was started so far. */
export interface Starting {
  /** How many have been started. */
  count(): number;
  /** Resolves once so many more have been started. */
  more(count: number): Promise<void>;
  /** Starts no more; resolves once all have ended, with what went wrong, of each that did not start as planned. */
  stop(): Promise<string[]>;
}

/**
 * Starts containers that print their environment.
 *
 * @param start Runs the launcher with these arguments.
 * @param expected What each has to print.
 */
export function startAllTheTime(
  work: WorkFolder,
  start: (args: string[]) => Promise<Ran>,
  expected: RegExp,
): Starting {
  const name = crypto.randomUUID().slice(0, 8);
  const failures: string[] = [];
  let started = 0;
  let stopped = false;
  const worker = async (number: number) => {
    const bundle = await makeBundle(work, { name: `starting-${name}-${number}`, args: ["env"] });
    const original = bundle.text();
    while (!stopped) {
      Deno.writeTextFileSync(bundle.config, original);
      const id = `starting-${name}-${number}-${started}`;
      const { status, stdout, stderr } = await start(["run", "--bundle", bundle.path, id]);
      if (status !== 0 || !expected.test(stdout)) {
        failures.push(`${id} ended with ${status}: ${stdout}${stderr}`);
      }
      started++;
    }
  };
  const workers = (async () => {
    // One by one: the first of a work folder makes what all share.
    await makeBundle(work, { name: `starting-${name}` });
    await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => worker(number)));
  })();
  return {
    count: () => started,
    async more(count) {
      const enough = started + count;
      await until(`${count} more containers are started`, () => started >= enough);
    },
    async stop() {
      stopped = true;
      await workers;
      return failures;
    },
  };
}
