/** `container-hooks plugin test PATH`: the tests of a plugin, by this file alone. */
import { besideContainers, Failure, failure, oneLine } from "../../errors.ts";
import { visible } from "../../visible.ts";
import type { Host } from "../../host/host.ts";
import { COLOUR, inColour, wantsColour } from "../kit/colour.ts";
import { printJson } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { type FileResult, testFile, type TestResult } from "./test_file.ts";
import { absolutePath, findSubject, type Subject, testsOf } from "./subject.ts";

/** Runs every test; ends with 1 where one fails. */
export async function test(this: ProgramContext, { json }: { json: boolean }, path: string): Promise<void> {
  const { host, program } = this;
  const { subject, names } = testsAt(host, path);
  const results: FileResult[] = [];
  for (const name of names) {
    const result = await forAuthor(() => testFile(host, program, subject, name));
    results.push(result);
    if (!json) printFile(host, result);
  }
  const all = results.flatMap(({ tests }) => tests);
  const failed = all.filter(({ state }) => state === "failed").length +
    results.filter(({ ended }) => ended).length;
  if (json) printJson(host, { path: subject.file, files: results, ...counts(all) });
  else host.stdout(`\n${summary(all)}\n`);
  if (failed > 0) this.process.exitCode = 1;
}

/** No container waits for what is being written. */
async function forAuthor<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    throw thrown instanceof Failure ? besideContainers(thrown) : thrown;
  }
}

/** The tests of a plugin, or the one test that was named. */
function testsAt(host: Host, path: string): { subject: Subject; names: string[] } {
  const isTest = /^(.*?)([^/]*)_test(\.[jt]s)$/.exec(path);
  if (isTest && host.realPath(absolutePath(host, path)) !== undefined) {
    const [, folder = "", name = "", ending = ""] = isTest;
    const plugin = name === "" ? folder : `${folder}${name}${ending}`;
    const at = host.realPath(absolutePath(host, plugin)) === undefined ? folder || "." : plugin;
    return { subject: findSubject(host, at), names: [`${name}_test${ending}`] };
  }
  const subject = findSubject(host, path);
  const names = testsOf(host, subject);
  if (names.length > 0) return { subject, names };
  const wanted = subject.single ? `${subject.found.name}_test.ts` : "plugin_test.ts";
  throw failure("tests-missing", { path: subject.file, wanted: `${subject.found.root}/${wanted}` });
}

function counts(tests: readonly TestResult[]): Record<"passed" | "failed" | "ignored", number> {
  const count = (state: TestResult["state"]) => tests.filter((test) => test.state === state).length;
  return { passed: count("passed"), failed: count("failed"), ignored: count("ignored") };
}

function summary(tests: readonly TestResult[]): string {
  const { passed, failed, ignored } = counts(tests);
  const more = ignored > 0 ? `, ${ignored} ignored` : "";
  return `${passed} passed, ${failed} failed${more}`;
}

const WORDS = { passed: "ok", failed: "FAILED", ignored: "ignored" } as const;
const COLOURS = { passed: COLOUR.good, failed: COLOUR.bad, ignored: COLOUR.warning } as const;

function printFile(host: Host, { file, tests, ended }: FileResult): void {
  host.stdout(`${file}\n`);
  for (const test of tests) {
    const word = WORDS[test.state].padEnd(7);
    const told = wantsColour(host) ? inColour(word, COLOURS[test.state]) : word;
    const time = test.milliseconds === undefined ? "" : ` (${test.milliseconds} ms)`;
    host.stdout(`  ${told} ${oneLine(test.name)}${time}\n`);
    for (const line of test.said) host.stdout(indented(line));
    if (test.failure) host.stdout(indented(failureText(test.failure)));
  }
  if (ended) host.stdout(indented(`${ended.what}; ${ended.remedy}`));
}

function failureText(
  { message, file, line, column, frame, remedy }: NonNullable<TestResult["failure"]>,
): string {
  const place = file === undefined ? "" : `${file}:${line}:${column}\n`;
  return [
    `${place}${message.replace(/^Error: /, "")}`,
    ...frame ? [frame] : [],
    ...remedy ? [`-> ${remedy}`] : [],
  ].join("\n");
}

function indented(text: string): string {
  const lines = text.split("\n").map((line) => `          ${visible(line.replaceAll("\t", "  "))}`.trimEnd());
  return `${lines.join("\n")}\n`;
}
