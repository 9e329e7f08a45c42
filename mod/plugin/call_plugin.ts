/** Calling a plugin's code: within its time, and with whatever it throws turned into one sentence. */
import { lookAtThrown } from "../core/thrown.ts";
import { Failure, failure } from "../errors.ts";
import { after } from "../host/timer.ts";
import type { Explained } from "./explain.ts";

/** Which code is called, for its limit and for messages. */
export interface PluginCall {
  plugin: string;
  /** The stage in words: "plan", "createRuntime", "undo of createRuntime". */
  stage: string;
  /** Milliseconds. */
  timeout: number;
  /** Tells where in the author's files something was thrown. */
  explain(thrown: unknown): Explained;
  /** Aborted where nobody waits for the call any more: it ends as at its limit. */
  gone?: AbortSignal;
}

/**
 * Calls a plugin's code within its time.
 *
 * What the plugin left running belongs to the call while it lasts: an error in a timer, or a rejected promise that
 * nobody handles, is the call's failure.
 *
 * @param work Its signal is aborted at the limit. Code that never waits cannot be stopped from here.
 * @throws {Failure} plugin, plugin-edit or deadline; nothing else
 */
export async function callPlugin<T>(
  call: PluginCall,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const { promise: stopped, reject: fail } = Promise.withResolvers<never>();
  using _timer = after(call.timeout, () => {
    abort.abort();
    fail(
      failure("deadline", { what: `${call.stage} of plugin ${call.plugin}`, seconds: call.timeout / 1000 }),
    );
  });
  using _gone = whenGone(call, () => {
    abort.abort();
    const { plugin, stage } = call;
    const remedy = "see why the runtime, or its limit for the hook, ended it";
    fail(failure("plugin", { plugin, stage, why: "whoever called it was ended", remedy }));
  });
  using _strays = watchStrays(fail);
  try {
    return await Promise.race([work(abort.signal), stopped]);
  } catch (thrown) {
    throw pluginFailure(call, thrown);
  }
}

function whenGone({ gone }: PluginCall, action: () => void): Disposable {
  if (gone?.aborted) action();
  gone?.addEventListener("abort", action);
  return { [Symbol.dispose]: () => gone?.removeEventListener("abort", action) };
}

/** What nobody catches would otherwise end the process with a stack for a message. */
function watchStrays(found: (thrown: unknown) => void): Disposable {
  const watch = new AbortController();
  const settings = { signal: watch.signal };
  addEventListener("unhandledrejection", (event) => (event.preventDefault(), found(event.reason)), settings);
  addEventListener("error", (event) => (event.preventDefault(), found(event.error)), settings);
  return { [Symbol.dispose]: () => watch.abort() };
}

function isFailure(thrown: unknown): thrown is Failure {
  try {
    return thrown instanceof Failure;
  } catch {
    // A proxy that does not let its prototype be asked for.
    return false;
  }
}

/** Whatever a plugin threw, with its name and the author's line; a `problem` of its own keeps its remedy. */
function pluginFailure({ plugin, stage, explain }: PluginCall, thrown: unknown): Failure {
  if (isFailure(thrown)) {
    if (thrown.code === "plugin" || thrown.code === "plugin-edit" || thrown.code === "deadline") {
      return thrown;
    }
    return failure("plugin", { plugin, stage, why: thrown.what, remedy: thrown.remedy }, { cause: thrown });
  }
  const { message, file, line, column, remedy = lookAtThrown(thrown).remedy } = explain(thrown);
  return failure("plugin", {
    plugin,
    stage,
    // That an `Error` is an error goes without saying; that it is a TypeError does not.
    why: message.replace(/^Error: /, ""),
    ...(file === undefined ? {} : { where: `${file}:${line}:${column}` }),
    remedy,
  }, { cause: thrown });
}
