/**
 * Cases of engine configurations, a folder each: `before/` is what is on the host, `after/` the files that change,
 * whole, and `case.json` says what is not as usual.
 */
import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { Failure } from "../../../../mod/errors.ts";
import type {
  EngineConfiguration,
  EngineFacts,
  FileChange,
  RuntimeEntry,
} from "../../../../mod/engines/setup/engine_configuration.ts";

/** What a case says beside its files. */
interface CaseSettings {
  /** Part of the message that it ends with; there is no `after/` then. */
  failure?: string;
  do?: "unconfigure";
  previousDefault?: string;
  /** The engine's version. */
  version?: string;
  /** The file that is named; the engine's own otherwise. */
  file?: string;
  runtime?: string;
  path?: string;
  /** The runtime behind ours; crun otherwise. */
  behind?: string;
  setAsDefault?: boolean;
  annotations?: string[];
}

/** Values that are an engine's business with us, beside what stands under our runtime's name. */
interface Ours {
  /** May change. Words of a path are apart by line breaks. */
  changes: RegExp;
  /** May come and go, and do not change otherwise. */
  adds?: RegExp;
}

type Files = Map<string, string>;

/** Runs every case in the folder of one engine. */
export function runCases(engine: EngineConfiguration, folder: URL, ours: Ours): void {
  for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    Deno.test(`${engine.engine}: ${name}`, () =>
      runCase(engine, new URL(`${encodeURIComponent(name)}/`, folder), ours));
  }
}

function runCase(engine: EngineConfiguration, folder: URL, ours: Ours): void {
  const settings: CaseSettings = JSON.parse(readText(new URL("case.json", folder)) ?? "{}");
  const before = readFiles(new URL("before/", folder));
  const facts = (files: Files) => factsOf(files, settings, readText(new URL("effective.toml", folder)));
  const file = settings.file ?? engine.defaultFile;
  const entry: RuntimeEntry = {
    name: settings.runtime ?? "container-hooks",
    path: settings.path ?? "/usr/bin/container-hooks-runtime",
    behind: settings.behind ?? "/usr/bin/crun",
    setAsDefault: settings.setAsDefault ?? false,
    annotations: settings.annotations,
  };
  const unconfigure = (files: Files, previous: string | undefined) =>
    engine.unconfigure(facts(files), file, entry, previous);
  const change = (files: Files) =>
    settings.do === "unconfigure"
      ? unconfigure(files, settings.previousDefault)
      : engine.configure(facts(files), file, entry);

  if (settings.failure !== undefined) {
    assert.throws(() => change(before), (error) => {
      assert.ok(error instanceof Failure, String(error));
      assert.ok(error.message.includes(settings.failure!), error.message);
      return true;
    });
    return;
  }

  const changes = change(before);
  const expected = readFiles(new URL("after/", folder));
  if (Deno.env.get("UPDATE_CASES")) writeFiles(folder, changes);
  else assert.deepEqual(afterOf(changes), Object.fromEntries(expected));
  for (const one of changes) assert.equal(one.before, before.get(one.file), "what it says was there");

  const after = apply(before, changes);
  assert.deepEqual(change(after), [], "a second time changes nothing");
  for (const { file } of changes) assertOnlyOursDiffers(before.get(file), after.get(file), entry, ours);
  if (settings.do === "unconfigure") return;

  const { runtimes, default: chosen } = engine.read(facts(after), file);
  assert.equal(runtimes.find(({ name }) => name === entry.name)?.path, entry.path);
  if (entry.setAsDefault) assert.equal(chosen, entry.name);
  const there = engine.read(facts(before), file);
  if (there.runtimes.some(({ name }) => name === entry.name)) return;
  assert.deepEqual(apply(after, unconfigure(after, there.default)), before, "taken out to the byte");
}

/** Values that are not ours are the same, by another parser than the one that edits. */
function assertOnlyOursDiffers(
  before: string | undefined,
  after: string | undefined,
  { name }: RuntimeEntry,
  { changes, adds }: Ours,
): void {
  const [one, other] = [before, after].map((text) =>
    new Map(leaves(parse((text ?? "").replace(/^\ufeff/, ""))))
  );
  for (const path of new Set([...one!.keys(), ...other!.keys()])) {
    if (changes.test(path) || path.split("\n").includes(name)) continue;
    if (adds?.test(path) && !(one!.has(path) && other!.has(path))) continue;
    assert.deepEqual(other!.get(path), one!.get(path), path);
  }
}

/** Every value with its path, whose words are apart by line breaks. */
function leaves(value: unknown, path: string[] = []): [string, unknown][] {
  if (typeof value !== "object" || value === null || value instanceof Date || Array.isArray(value)) {
    return [[path.join("\n"), value]];
  }
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function factsOf(files: Files, { version }: CaseSettings, effective: string | undefined): EngineFacts {
  return {
    version,
    effective,
    text: (file) => files.get(file),
    names: (folder) =>
      [...files.keys()].filter((file) => file.slice(0, file.lastIndexOf("/")) === folder)
        .map((file) => file.slice(folder.length + 1)),
  };
}

function apply(files: Files, changes: FileChange[]): Files {
  const result = new Map(files);
  for (const { file, after } of changes) {
    if (after === undefined) result.delete(file);
    else result.set(file, after);
  }
  return result;
}

/** A file that goes is one without text, which no file is that stays. */
function afterOf(changes: FileChange[]): Record<string, string> {
  return Object.fromEntries(changes.map(({ file, after }) => [file, after ?? ""]));
}

function readFiles(root: URL): Files {
  const files: Files = new Map();
  const visit = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(new URL(`.${folder}/`, root))) {
      if (isDirectory) visit(`${folder}/${name}`);
      else files.set(`${folder}/${name}`, Deno.readTextFileSync(new URL(`.${folder}/${name}`, root)));
    }
  };
  try {
    visit("");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files;
}

function readText(file: URL): string | undefined {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** With UPDATE_CASES set, what comes out is written down, to be read by whoever changed it. */
function writeFiles(folder: URL, changes: FileChange[]): void {
  for (const [file, text] of Object.entries(afterOf(changes))) {
    const path = new URL(`after${file}`, folder);
    Deno.mkdirSync(new URL(".", path), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }
}
