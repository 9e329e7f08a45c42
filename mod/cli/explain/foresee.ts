/** `container-hooks explain --bundle DIR` and `--config FILE`: what a create would do, before it happens. */
import { failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { openIndex } from "../../index/open_index.ts";
import { policiesOf } from "../../index/policies.ts";
import { folderOf } from "../../core/path.ts";
import { idOfBundle } from "../../engines/bundle_path.ts";
import type { CreateCall } from "../../plan/create.ts";
import { foresee, type Foreseen } from "../../plan/foresee.ts";
import { readBypass } from "../../state/bypass.ts";
import { findRuntime } from "../../wrapper/find_runtime.ts";
import { printDiff, unifiedDiff } from "../kit/diff.ts";
import { type Cell, printJson, printPairs } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { nameOnRecord } from "./on_record.ts";
import { printPlugins, resultCell } from "./print_entry.ts";
import { withoutValues } from "./without_values.ts";

/** What is to be looked at: one of the two. */
export interface ForeseeFlags {
  bundle?: string;
  config?: string;
  json: boolean;
  values: boolean;
}

/** Explains what has not happened. The exit status is 1 where the container would not start. */
export async function explainBefore(context: ProgramContext, flags: ForeseeFlags): Promise<void> {
  const { host, program } = context;
  if (flags.bundle !== undefined && flags.config !== undefined) {
    throw failure("usage", { why: "--bundle and --config are one or the other" });
  }
  const index = await openIndex(host, program);
  const policies = policiesOf(index, program.builtin);
  const call = callOf(host, flags, findRuntime(host, index.config.runtimes, program.file));
  // A file that lies about is no bundle: whoever can write it exchanges nothing that a runtime will read.
  const judged = flags.bundle === undefined
    ? { ...policies, config: { ...policies.config, foreignBundles: "accept" as const } }
    : policies;
  const foreseen = await foresee(host, program, call, judged);
  if (foreseen.entry.outcome === "refused") context.process.exitCode = 1;
  const entry = flags.values ? foreseen.entry : withoutValues(foreseen.entry);
  if (flags.json) return printJson(host, { ...entry, ...(flags.values ? texts(foreseen) : {}) });
  await print(host, { ...foreseen, entry }, flags);
}

function callOf(host: Host, { bundle, config }: ForeseeFlags, runtime: string): CreateCall {
  const asked = absoluteIn(host, bundle ?? config!);
  const path = host.realPath(asked);
  const isFolder = path !== undefined && host.lstat(path)?.kind === "a folder";
  if (bundle !== undefined && !isFolder) {
    throw failure("bundle-missing", {
      path: asked,
      why: path === undefined ? "does not exist" : "is not a folder",
    });
  }
  if (path === undefined) throw failure("file-missing", { what: "config.json", path: asked });
  const folder = bundle === undefined ? folderOf(path) : path;
  return {
    id: idOfBundle(folder),
    bundle: folder,
    askedBundle: bundle === undefined ? folder : asked,
    configFile: bundle === undefined ? path : `${path}/config.json`,
    operation: "create",
    runtime,
  };
}

function absoluteIn(host: Host, path: string): string {
  return path.startsWith("/") ? path : `${host.cwd()}/${path}`;
}

const WORDS = { edited: "would be edited", unchanged: "would stay as it is" } as const;

async function print(host: Host, foreseen: Foreseen, { values }: ForeseeFlags): Promise<void> {
  const { entry: { container, outcome, failure, plugins, config } } = foreseen;
  const name = nameOnRecord(container);
  const said: Cell = outcome === "edited" || outcome === "unchanged"
    ? resultCell(outcome, `config.json ${WORDS[outcome]}`)
    : resultCell("refused", `would be refused: ${failure}`);
  await printPairs(host, [
    ["config.json", config.path],
    ["engine", `${container.engine}, create by ${container.runtime}`],
    ...(name ? [["name", name] as const] : []),
    ...(container.image ? [["image", container.image] as const] : []),
    ...(container.unknown ?? []).map((fact) => ["not known", fact] as const),
    ["outcome", said],
    ...(readBypass(host) ? [["bypass", "is on: until it ends, all of this does not happen"] as const] : []),
  ]);
  await printPlugins(host, plugins);
  const { before, after } = texts(foreseen);
  if (before === after) return;
  if (values) {
    host.stdout("\n");
    printDiff(host, unifiedDiff(config.path, before, after));
  } else host.stdout("\n--values shows what would change in config.json, with the values of variables\n");
}

function texts({ before, after }: Foreseen) {
  return { before, after };
}
