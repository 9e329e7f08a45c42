/** `container-hooks plugin try`: what a plugin would do for a container, and nothing is done. */
import { readConfig } from "../../config/config.ts";
import { mergeEdits } from "../../edits/merge.ts";
import { identify } from "../../engines/identify.ts";
import { asFailure, besideContainers, Failure, failure, oneLine } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { openIndex } from "../../index/open_index.ts";
import { policiesOf } from "../../index/policies.ts";
import type { ConfiguredPlugin } from "../../index/configured_plugin.ts";
import { type BundleConfig, editConfig, readConfigFile } from "../../plan/config_file.ts";
import { type Rehearsal, rehearse } from "../../plan/rehearse.ts";
import { checkPrograms, checkSources, refuseUnsupported } from "../../plan/refuse_edits.ts";
import { runtimeFeatures } from "../../state/runtime_features.ts";
import { parseJson } from "../../text/json/json_text.ts";
import { findRuntime } from "../../wrapper/find_runtime.ts";
import { nameOf } from "../../core/path.ts";
import { withoutValue } from "../explain/without_values.ts";
import { describeEdit } from "../explain/print_entry.ts";
import { printJson, printPairs } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { configuredPlugin } from "./configured.ts";
import { type BundleFlags, findBundle, type FoundBundle } from "./find_bundle.ts";
import { pluginNamed } from "./known.ts";
import { findSubject } from "./subject.ts";
import { hiddenVariables, prettyJson } from "./show_config.ts";

interface Flags extends BundleFlags {
  json: boolean;
  values: boolean;
  run: boolean;
}

/** What would become of config.json, and why it could not. */
interface Outcome extends Rehearsal {
  /** What the plugin said to the log. */
  said: string[];
  before: string;
  after: string;
  /** Why the container would not start. */
  refused?: Failure;
}

/** Asks the plugin; ends with 1 where the container would not start by its doing. */
export async function tryOut(this: ProgramContext, flags: Flags, word: string): Promise<void> {
  const { host } = this;
  const bundle = await findBundle(host, flags);
  const plugin = await pluginAt(this, word);
  const outcome = await outcomeOf(this, plugin, bundle, flags.run);
  if (flags.json) printJson(host, inJson(plugin, outcome, flags.values));
  else await print(host, plugin, outcome, flags.values);
  if (outcome.refused) {
    if (!flags.json) throw outcome.refused;
    this.process.exitCode = 1;
  }
}

/** By its path, or by the name of one that is in place. */
async function pluginAt({ host, program }: ProgramContext, word: string): Promise<ConfiguredPlugin> {
  if (
    !/^[a-z][a-z0-9-]*$/.test(word) || host.realPath(word.startsWith("/") ? word : `${host.cwd()}/${word}`)
  ) {
    const { found, view } = findSubject(host, word);
    try {
      return await configuredPlugin(view, program, found.name, `${found.root}/${found.entry}`);
    } catch (thrown) {
      throw thrown instanceof Failure ? besideContainers(thrown) : thrown;
    }
  }
  const { config, plugins } = await openIndex(host, program);
  const entry = pluginNamed(plugins, word);
  if (entry.state === "broken") throw new Failure(entry.error.code, entry.error);
  const [plugin] = policiesOf({ config, plugins: [entry] }, program.builtin).plugins;
  if (plugin) return plugin;
  throw failure("not-found", {
    what: `plugin ${word} is off`,
    remedy: `\`container-hooks plugin enable ${word}\` switches it on; or name it by its path`,
  });
}

async function outcomeOf(
  { host, program }: ProgramContext,
  plugin: ConfiguredPlugin,
  { id, bundle, configFile }: FoundBundle,
  mayRun: boolean,
): Promise<Outcome> {
  const config = await configAsItWas(host, configFile);
  const { runtimes } = await readConfig(host);
  const runtime = runtimeOf(host, runtimes, program.file);
  const call = { id, bundle, operation: "create", runtime: nameOf(runtime ?? "runc") } as const;
  const features = () => runtime === undefined ? Promise.resolve({}) : runtimeFeatures(host, runtime);
  const scene = {
    spec: config.spec,
    call,
    identity: identify(host, { id, bundle, spec: config.spec }),
    features,
  };
  const said: string[] = [];
  const log = (level: string, message: string) => void said.push(`${level}: ${message}`);
  const rehearsal = await rehearse(host, program, plugin, scene, log, mayRun);
  const { answer, failed } = rehearsal;
  const outcome: Outcome = { ...rehearsal, said, before: config.json.text, after: config.json.text };
  if (failed) return { ...outcome, refused: besideContainers(failed) };
  if (!answer) return outcome;
  const { name } = plugin.manifest;
  if (answer.deny.length > 0) {
    return { ...outcome, refused: failure("denied", { plugin: name, reasons: answer.deny }) };
  }
  try {
    const owned = [{ plugin: name, edits: answer.edits }];
    checkPrograms(host, owned);
    checkSources(host, owned);
    if (runtime !== undefined) await refuseUnsupported(host, runtime, owned);
    return { ...outcome, after: (await editConfig(config, mergeEdits(config.spec, owned))).text };
  } catch (thrown) {
    return { ...outcome, refused: besideContainers(asFailure(thrown)) };
  }
}

/** Without our own edits, as far as this user may look at the journal. */
async function configAsItWas(host: Host, path: string): Promise<BundleConfig> {
  try {
    return await readConfigFile(host, path);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== "journal-unreadable") throw thrown;
    return await readConfigFile(host, path, () => Promise.resolve(undefined));
  }
}

function runtimeOf(host: Host, runtimes: readonly string[], self: string): string | undefined {
  try {
    return findRuntime(host, runtimes, self);
  } catch {
    return undefined;
  }
}

function editsOf({ answer }: Outcome, values: boolean) {
  return (answer?.edits ?? []).map((edit) => values ? edit : withoutValue(edit));
}

async function print(
  host: Host,
  { manifest, handlers }: ConfiguredPlugin,
  outcome: Outcome,
  values: boolean,
): Promise<void> {
  const { container, selection, answer, milliseconds, said } = outcome;
  const names = container.names.length > 0 ? ` (${container.names.join(", ")})` : "";
  const facts = [container.image.name, container.role].filter((fact) => fact !== undefined).join(", ");
  await printPairs(host, [
    ["container", `${container.id.slice(0, 12)}${names}`],
    ["engine", `${container.engine}: ${facts}`],
    ["plugin", `${manifest.name} ${manifest.version}`],
    [
      "asked",
      `${selection.selected ? "yes" : "no"}: ${
        selection.reasons.join("; ") || "every workload is asked about"
      }`,
    ],
    ...selection.selected ? [["took", `${milliseconds} ms`] as const] : [],
  ]);
  const lines = [
    ...(answer?.deny ?? []).map((reason) => `deny        ${oneLine(reason)}`),
    ...answer?.note ? [`note        ${oneLine(answer.note)}`] : [],
    ...editsOf(outcome, values).map(describeEdit),
    ...said.map((line) => `says        ${oneLine(line)}`),
    ...answer && answer.deny.length === 0 ? handlerLines(answer.stages ?? handlers) : [],
    ...answer && answer.deny.length + answer.edits.length === 0 ? ["nothing is changed"] : [],
  ];
  for (const line of lines) host.stdout(`  ${line}\n`);
  await printChange(host, outcome, values);
}

function handlerLines(stages: readonly string[]): string[] {
  return stages.length > 0 ? [`handlers    at ${stages.join(", ")}`] : [];
}

async function printChange(host: Host, { before, after }: Outcome, values: boolean): Promise<void> {
  const { printDiff, unifiedDiff } = await import("../kit/diff.ts");
  printDiff(host, unifiedDiff("config.json", ...shownTexts(before, after, values)));
}

/** Both texts with a field a line: engines write all of it on one. */
function shownTexts(before: string, after: string, values: boolean): [string, string] {
  const [from, to] = [before, after].map((text) => parseJson(text, "config.json"));
  if (!values) hiddenVariables(from, to);
  return [prettyJson(from), prettyJson(to)];
}

function inJson({ manifest }: ConfiguredPlugin, outcome: Outcome, values: boolean): unknown {
  const { container, selection, answer, refused, milliseconds, said, notRun, before, after } = outcome;
  const { id, names, engine, image, role } = container;
  const [from, to] = shownTexts(before, after, values);
  return {
    plugin: { name: manifest.name, version: manifest.version },
    container: { id, names, engine, image, role },
    asked: selection.selected,
    reasons: selection.reasons,
    milliseconds,
    deny: answer?.deny,
    edits: editsOf(outcome, values),
    note: answer?.note,
    stages: answer?.stages,
    said,
    notRun,
    refused: refused && { code: refused.code, what: refused.what, remedy: refused.remedy },
    changed: from !== to,
    before: from,
    after: to,
  };
}
