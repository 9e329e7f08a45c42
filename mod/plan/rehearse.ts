/**
 * What a create would make of one plugin and one container, told beforehand by the functions of the create itself:
 * nothing is written, and no program of the plugin's is run.
 */
import type { Container, PlanContext } from "../api/plugin.ts";
import { asRuntimesTake } from "../core/check_spec.ts";
import type { Operation, Spec } from "../core/oci.ts";
import type { Answer } from "../edits/check_answer.ts";
import type { ContainerIdentity } from "../engines/identity.ts";
import { asFailure, type Failure, failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";
import type { Program } from "../plugin/program.ts";
import { ask } from "./ask.ts";
import { makeContainer } from "./container.ts";
import { SharedIsolate } from "./open_code.ts";
import { selectByFacts, type Selection } from "./select.ts";

/** The container that a plugin is asked about. */
export interface Scene {
  /** config.json, before any edit. */
  spec: Spec;
  call: { id: string; bundle: string; operation: Operation; runtime: string };
  identity: ContainerIdentity;
  features: PlanContext["features"];
}

/** What came of it. */
export interface Rehearsal {
  container: Container;
  selection: Selection;
  /** What it answers; absent where it is not asked, and where it fails. */
  answer?: Answer;
  failed?: Failure;
  /** How long the plugin took, its loading included. */
  milliseconds: number;
  /** Programs that it wanted to run, and that were not run. */
  notRun: string[];
}

/**
 * Asks one plugin.
 *
 * @param log Takes what the plugin says.
 * @param mayRun Whether programs of its `needs` are run.
 */
export async function rehearse(
  host: Host,
  program: Program,
  plugin: ConfiguredPlugin,
  { spec, call, identity, features }: Scene,
  log: Log,
  mayRun = false,
): Promise<Rehearsal> {
  const selected = await selectByFacts([plugin], asRuntimesTake(spec), call.operation, identity);
  const selection = selected.selections[0]!;
  const container = makeContainer(spec, call, selected.identity);
  const notRun: string[] = [];
  if (!selection.selected) return { container, selection, milliseconds: 0, notRun };
  using isolate = new SharedIsolate(program.module, [plugin]);
  const began = performance.now();
  const outcome: Pick<Rehearsal, "answer" | "failed"> = {};
  try {
    const outside = mayRun ? host : withoutPrograms(host, notRun);
    outcome.answer = await ask(outside, log, { plugin, container, features, isolate });
  } catch (thrown) {
    outcome.failed = asFailure(thrown);
  }
  return { container, selection, ...outcome, milliseconds: Math.round(performance.now() - began), notRun };
}

/** A host whose programs are not run, for whoever only wants to know. */
function withoutPrograms(host: Host, notRun: string[]): Host {
  return Object.assign(Object.create(host) as Host, {
    run({ path }: { path: string }): Promise<never> {
      notRun.push(path);
      return Promise.reject(failure("program-not-run", { path }));
    },
  });
}
