/** A plugin's handlers: of one that is part of the program in this process, of one from the disk in an isolate. */
import type { HandlerContext, Plugin, State } from "../api/plugin.ts";
import type { HandlerStage } from "../core/oci.ts";
import { lookAtThrown } from "../core/thrown.ts";
import type { Host } from "../host/host.ts";
import type { Explained } from "../plugin/explain.ts";
import type { CachedPlugin } from "../plugin/cached.ts";
import { explainByOriginals } from "../plugin/load.ts";
import { Isolate, type Reach } from "../sandbox/isolate.ts";
import { UNDO_LIMIT } from "../sandbox/messages.ts";
import { outsideOfHandler } from "../sandbox/outside.ts";

/** What a handler is given but for what takes its work back. */
export type HandlerInput = Omit<HandlerContext, "undo">;

/** Handlers that can be called; disposing of it ends what they have left running, where that can be ended. */
export interface HandlerCode extends Disposable {
  call(stage: HandlerStage, state: State, given: HandlerInput): Promise<void>;
  /** What was registered to take the work back, in that order; nothing can be registered once this was called. */
  undos(): readonly ((signal: AbortSignal) => Promise<void>)[];
  /** False where what was called last has not come to run, because what was called before does not give way. */
  gavePlace(): boolean;
  explain(thrown: unknown): Explained;
}

/** An isolate that has opened a plugin, and is the borrower's alone until it is given back. */
export interface LentIsolate {
  isolate: Isolate;
  /** Gives it back. @param whole Whether nothing speaks against calling it again. */
  give(whole: boolean): void;
}

/** Lends isolates for the code of plugins. @throws where none can be had */
export type LendIsolate = (code: CachedPlugin) => Promise<LentIsolate>;

/**
 * Makes an isolate for each plugin, which ends when it is given back.
 *
 * @param module The module that isolates start with: the program's isolate.ts.
 */
export function isolatesOfTheirOwn(module: string): LendIsolate {
  return async (code) => {
    const isolate = await Isolate.start(module, [code]);
    return { isolate, give: () => isolate[Symbol.dispose]() };
  };
}

/** Makes the handlers of a plugin that is part of the program. */
export function builtInHandlers(load: () => Promise<Plugin>): HandlerCode {
  const undos: Parameters<HandlerContext["undo"]>[0][] = [];
  let over = false;
  return {
    async call(stage, state, given) {
      const handler = handlerOf(await load(), stage);
      await handler(state, {
        ...given,
        undo(action) {
          // Whoever goes on after the limit learns here that nobody would take it back any more.
          if (over) throw new Error("undo comes too late: what was registered is being taken back");
          if (undos.length >= UNDO_LIMIT) throw new RangeError(`undo takes up to ${UNDO_LIMIT} functions`);
          undos.push(action);
        },
      });
    },
    undos() {
      over = true;
      return undos.map((undo) => async () => await undo());
    },
    gavePlace: () => true,
    explain: (thrown) => ({ message: lookAtThrown(thrown).message }),
    [Symbol.dispose]() {},
  };
}

function handlerOf(plugin: Plugin, stage: HandlerStage) {
  const handler = plugin.on?.[stage];
  if (!handler) throw new Error(`it has no handler for ${stage} any more`);
  return handler;
}

/** Makes the handlers of the plugin `name`, from the disk. */
export function isolatedHandlers(
  host: Host,
  name: string,
  lend: LendIsolate,
  code: CachedPlugin,
): HandlerCode {
  const lending = lend(code);
  // Told to whoever calls; before that it is nobody's fault.
  lending.catch(() => {});
  const registered: number[] = [];
  let isolate: Isolate | undefined;
  let reach: (Reach & { outside: Disposable }) | undefined;
  // One that was never called is as it was.
  let whole = true;
  return {
    async call(stage, state, { options, carry, host, keep, store, alone, log, signal }) {
      ({ isolate } = await lending);
      whole = false;
      reach = { name, outside: outsideOfHandler(host, { keep, store, alone }), log };
      const work = { handle: { stage, state, options, carry } };
      await isolate.call(0, work, reach, signal, (undo) => {
        if (registered.length < UNDO_LIMIT) registered.push(undo);
      });
      whole = true;
    },
    undos() {
      whole = false;
      return [...registered].map((undo) => async (signal: AbortSignal) => {
        await isolate!.call(0, { undo }, reach!, signal);
      });
    },
    gavePlace: () => isolate?.begun ?? true,
    explain: (thrown) => explainByOriginals(host, code, thrown),
    [Symbol.dispose]() {
      reach?.outside[Symbol.dispose]();
      lending.then(({ give }) => give(whole), () => {});
    },
  };
}
