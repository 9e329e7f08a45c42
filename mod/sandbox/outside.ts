/** What an isolate's calls of the core come to, for a plan and for a handler. */
import type { HandlerContext, PlanContext, PluginHost } from "../api/plugin.ts";
import type { CoreFunctions } from "./messages.ts";

/** What only the other of the two has. */
function notHere(): never {
  throw new TypeError("it cannot be called here");
}

/** What a plan may call. */
export function outsideOfPlan(host: PluginHost, features: PlanContext["features"]): CoreFunctions {
  return { ...host, features, keep: notHere, store: notHere, enterAlone: notHere, leaveAlone: notHere };
}

/** What a handler may call; `Symbol.dispose` of it gives back what `alone` has taken. */
export function outsideOfHandler(
  host: PluginHost,
  { keep, store, alone }: Pick<HandlerContext, "keep" | "store" | "alone">,
): CoreFunctions & Disposable {
  let leave: (() => void) | undefined;
  return {
    ...host,
    features: notHere,
    keep,
    store,
    async enterAlone() {
      if (leave) throw new TypeError("alone is taken already; it cannot be nested");
      const { promise: left, resolve } = Promise.withResolvers<void>();
      leave = resolve;
      const { promise: entered, resolve: enter, reject } = Promise.withResolvers<void>();
      alone(() => (enter(), left)).catch(reject);
      await entered;
    },
    leaveAlone() {
      leave?.();
      leave = undefined;
      return Promise.resolve();
    },
    [Symbol.dispose]: () => leave?.(),
  };
}
