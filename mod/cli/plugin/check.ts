/** `container-hooks plugin check PATH`: everything that can be told of a plugin without a container. */
import { readConfig } from "../../config/config.ts";
import { besideContainers, Failure, failure } from "../../errors.ts";
import { checkScript } from "../../host/script.ts";
import type { Host } from "../../host/host.ts";
import { stateFolder } from "../../host/our_folders.ts";
import { readGraph } from "../../plugin/graph.ts";
import { parserFor } from "../../plugin/parse_apart.ts";
import { type PreparedPlugin, prepareFile } from "../../plugin/prepare.ts";
import type { Program } from "../../plugin/program.ts";
import type { SourceFile } from "../../plugin/source.ts";
import { SourceList } from "../../plugin/sources.ts";
import { type Finding, fine, thrownFinding, warning, wrong } from "../kit/finding.ts";
import { printJson } from "../kit/output.ts";
import { printFindings } from "../kit/print_findings.ts";
import type { ProgramContext } from "../program_context.ts";
import { needsInWords, optionsOf, whenInWords } from "./in_words.ts";
import { refuseBuiltIn } from "./placing.ts";
import { findSubject, type Subject, testsOf } from "./subject.ts";
import { checkTypes } from "./type_check.ts";

/** What was found of a plugin. */
export interface Checked {
  /** Undefined where it could not be loaded. */
  prepared?: PreparedPlugin;
  findings: Finding[];
}

/** Checks the plugin at a path; ends with 1 where something is wrong. */
export async function check(this: ProgramContext, { json }: { json: boolean }, path: string): Promise<void> {
  const { host, program } = this;
  const subject = findSubject(host, path);
  const { prepared, findings } = await checkSubject(host, program, subject);
  const errors = findings.filter(({ state }) => state === "error").length;
  if (json) printJson(host, { path: subject.file, manifest: prepared?.manifest, errors, findings });
  else await printFindings(host, findings);
  if (errors === 0) return;
  if (json) this.process.exitCode = 1;
  else throw failure("plugin-unfit", { path: subject.file, count: errors });
}

/** Loads it as a create does, and judges what it says about itself. */
export async function checkSubject(host: Host, program: Program, subject: Subject): Promise<Checked> {
  const { found } = subject;
  // One that is in place has to be root's own already; any other becomes that when it is put there.
  const view = await isInPlace(host, found.root) ? host : subject.view;
  let prepared: PreparedPlugin;
  try {
    refuseBuiltIn(program, found.name);
    prepared = await prepareFile(view, program, `${stateFolder(host)}/plugins`, found, new SourceList(view));
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { findings: [thrownFinding("code", besideContainers(thrown))] };
  }
  const { manifest } = prepared;
  const findings = [
    fine("code", `${manifest.name} ${manifest.version} loads: ${manifest.brief}`),
    ...whenFindings(prepared),
    ...needsFindings(host, prepared),
    ...await checkTypes(host, program, found.root, await sourcesOf(host, program, subject)),
    ...testFindings(host, subject),
  ];
  return { prepared, findings };
}

async function isInPlace(host: Host, root: string): Promise<boolean> {
  try {
    const { pluginDirs } = await readConfig(host);
    return pluginDirs.some((folder) => `${root}/`.startsWith(`${host.realPath(folder) ?? folder}/`));
  } catch {
    return false; // `config check` tells what is wrong with it.
  }
}

/** The texts of the plugin and its tests; none where they cannot be read, of which the loader tells. */
async function sourcesOf(host: Host, program: Program, subject: Subject): Promise<SourceFile[]> {
  const { found: { root, entry }, view } = subject;
  const files = new Map<string, SourceFile>();
  for (const name of [entry, ...testsOf(host, subject)]) {
    try {
      const graph = await readGraph(
        view,
        root,
        name,
        new SourceList(view),
        parserFor(host, program, Infinity),
      );
      for (const file of graph) files.set(file.name, file);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
    }
  }
  return [...files.values()];
}

function whenFindings({ manifest: { when } }: PreparedPlugin): Finding[] {
  if (when && Object.keys(when).length === 0) {
    return [
      warning("when", "it has no condition, and so matches no container", "name one, or leave `when` out"),
    ];
  }
  return [fine("when", whenInWords(when))];
}

function needsFindings(host: Host, { manifest }: PreparedPlugin): Finding[] {
  const options = optionsOf(manifest);
  const programs = pathsOf(manifest.needs?.run, options).map((path) => programFinding(host, path));
  const broad = pathsOf(manifest.needs?.read, options).filter((path) => /^\/+$/.test(path)).map((path) =>
    warning("needs", `it may read all of the host, by ${path}`, "name the files and folders that it reads")
  );
  return [fine("needs", needsInWords(manifest)), ...programs.filter((each) => each !== undefined), ...broad];
}

function pathsOf(
  needs: readonly (string | { option: string })[] = [],
  options: Readonly<Record<string, unknown>>,
): string[] {
  return needs.flatMap((need) => typeof need === "string" ? need : options[need.option] ?? [])
    .filter((path): path is string => typeof path === "string");
}

function programFinding(host: Host, path: string): Finding | undefined {
  try {
    checkScript(host, path, "program");
    return undefined;
  } catch (thrown) {
    const { code, what, remedy } = thrown as Failure;
    // It may be written for another host.
    if (code === "file-missing") return warning("needs", `${what} on this host`, remedy);
    return wrong("needs", what, remedy);
  }
}

function testFindings(host: Host, subject: Subject): Finding[] {
  const names = testsOf(host, subject);
  if (names.length > 0) return [fine("tests", `${names.join(", ")}; \`plugin test\` runs them`)];
  return [warning("tests", "there are none", "write some: `plugin new` makes a plugin that has two")];
}
