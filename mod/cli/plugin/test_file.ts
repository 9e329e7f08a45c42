/** Running one file of tests in a child without permissions. */
import * as testing from "../../api/testing.ts";
import { REVERSED_TEST_COMMAND, TEST_COMMAND } from "../../entry_points.ts";
import { failure, oneLine } from "../../errors.ts";
import type { Host, Outcome } from "../../host/host.ts";
import { stateFolder } from "../../host/our_folders.ts";
import { cachePlugin, originalsOf } from "../../plugin/cache.ts";
import { type Explained, explainThrown } from "../../plugin/explain.ts";
import { readGraph } from "../../plugin/graph.ts";
import { TESTING_MODULE } from "../../plugin/imports.ts";
import { libraryModule, TESTING_SPECIFIER } from "../../plugin/library.ts";
import { parserFor } from "../../plugin/parse_apart.ts";
import type { Program } from "../../plugin/program.ts";
import { SourceList } from "../../plugin/sources.ts";
import { TEST_LIMIT, type TestEvent } from "../../sandbox/run_tests.ts";
import type { Subject } from "./subject.ts";

/** What became of one test. */
export interface TestResult {
  name: string;
  state: "passed" | "failed" | "ignored";
  milliseconds?: number;
  /** What it printed, line by line. */
  said: string[];
  /** Why it failed, with the place in its author's file. */
  failure?: Explained;
}

/** What became of a file of tests. */
export interface FileResult {
  /** Absolute. */
  file: string;
  tests: TestResult[];
  /** Why not all of them were run. */
  ended?: { what: string; remedy: string };
}

/** Milliseconds for a whole file. */
const FILE_LIMIT = 10 * 60_000;

/**
 * Runs the tests of a file.
 *
 * @param name Its name below the plugin's root.
 * @throws {Failure} where it cannot be read or parsed
 */
export async function testFile(
  host: Host,
  program: Program,
  { found: { root }, view }: Subject,
  name: string,
): Promise<FileResult> {
  const files = await readGraph(view, root, name, new SourceList(view), parserFor(host, program, Infinity));
  const beside = { [TESTING_MODULE]: libraryModule(TESTING_SPECIFIER, testing) };
  const cache = `${stateFolder(host)}/plugins`;
  const { folder } = await cachePlugin(host, cache, files, () => Promise.resolve({}), beside);
  const { path, args, env } = program.again;
  const originals = originalsOf(files);
  const explain: Explain = (thrown) => explainThrown(thrown, { folder, root }, originals);
  const run = async (command: string) => {
    const outcome = await host.run({
      path,
      args: [...args, command, folder],
      env: { ...env, NO_COLOR: "1" },
      timeout: FILE_LIMIT,
    });
    return resultOf(`${root}/${name}`, outcome, explain);
  };
  const result = await run(TEST_COMMAND);
  const isOne = result.tests.filter(({ state }) => state !== "ignored").length < 2;
  return isOne || result.ended ? result : inBothOrders(result, await run(REVERSED_TEST_COMMAND));
}

/**
 * Compares a run with one in the reverse order, each in a child of its own: a module that keeps what the first container
 * was cannot answer both right.
 */
function inBothOrders(result: FileResult, reversed: FileResult): FileResult {
  if (reversed.ended) return { ...result, ended: reversed.ended };
  const other = reversed.tests.toReversed();
  const tests = result.tests.map((test, index): TestResult => {
    const { state, failure: theirs } = other[index]!;
    if (state === test.state) return test;
    const why = test.failure ?? theirs!;
    const when = test.failure ? "in their order" : "in the reverse order";
    const message = `${why.message}\n(it fails where the tests run ${when}, and passes in the other)`;
    return { ...test, state: "failed", failure: { ...why, message, remedy: LEFT_BEHIND } };
  });
  return { ...result, tests };
}

const LEFT_BEHIND =
  "an earlier test leaves something behind, as a variable of a module that outlives its container: keep nothing there";

/** Puts something thrown into the author's terms. */
type Explain = (thrown: unknown) => Explained;

function resultOf(file: string, outcome: Outcome, explain: Explain): FileResult {
  const tests = new Map<number, TestResult>();
  let current: TestResult | undefined;
  let ended: FileResult["ended"];
  let done = false;
  for (const event of eventsOf(outcome)) {
    switch (event.event) {
      case "begin":
        current = { name: event.name, state: "failed", said: [] };
        tests.set(event.test, current);
        break;
      case "ignored":
        tests.set(event.test, { name: event.name, state: "ignored", said: [] });
        break;
      case "said":
        current?.said.push(event.message);
        break;
      case "end":
        Object.assign(tests.get(event.test)!, {
          state: event.thrown ? "failed" : "passed",
          milliseconds: event.milliseconds,
          ...event.thrown ? { failure: explain(event.thrown) } : {},
        });
        current = undefined;
        break;
      case "unloaded":
        ended = unloaded(file, explain(event.thrown));
        break;
      case "done":
        done = true;
    }
  }
  if (!done) ended = failure("tests-ended", { file, test: current?.name, why: whyEnded(outcome) });
  else if (tests.size === 0 && !ended) {
    ended = failure("tests-none", { file });
  }
  return {
    file,
    tests: [...tests.values()],
    ...ended ? { ended: { what: ended.what, remedy: ended.remedy } } : {},
  };
}

function unloaded(file: string, { message, file: at, line, column, remedy }: Explained) {
  const place = at === undefined ? file : `${at}:${line}:${column}`;
  return failure("problem", {
    what: `${place} fails before its first test: ${oneLine(message)}`,
    remedy: remedy ?? "correct it there",
  });
}

/** The status of a program that SIGKILL ended. */
const KILLED = 128 + 9;

/** Why the child ended before all was done. */
function whyEnded({ status, timedOut, stderr }: Outcome): string {
  if (timedOut) return `took longer than ${FILE_LIMIT / 60_000} minutes`;
  if (status === KILLED) return `took longer than ${TEST_LIMIT / 1000} s and never gave control back`;
  const words = new TextDecoder().decode(stderr);
  if (/out of memory/i.test(words)) return "needed more memory than there is for it";
  return `ended with status ${status}, saying: ${oneLine(words) || "nothing"}`;
}

/** What the child told; its last line may be cut. */
function eventsOf({ stdout }: Outcome): TestEvent[] {
  return new TextDecoder().decode(stdout).split("\n").flatMap((line): TestEvent[] => {
    try {
      return line === "" ? [] : [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}
