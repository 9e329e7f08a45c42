/** A plugin's code at hand, none of it run yet: in this isolate, or in one of its own. */
import type { Container, PlanContext } from "../api/plugin.ts";
import { nextTurn } from "../host/timer.ts";
import type { OpenedPlugin } from "../plugin/load.ts";
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";
import { startWorker } from "../sandbox/worker.ts";

/** Code that can be asked once. */
export interface OpenCode extends Disposable {
  /** Loads the plugin and asks it. @returns what it answered, unchecked */
  plan(container: Container, context: PlanContext): Promise<unknown>;
  explain: OpenedPlugin["explain"];
}

/**
 * Gets a plugin's code ready; permissions are still needed for this, and for nothing afterwards.
 *
 * @param workerModule The module that a worker starts with: the program's own main.ts.
 */
export async function openCode(plugin: ConfiguredPlugin, workerModule: string): Promise<OpenCode> {
  const { load, explain } = await plugin.open();
  if (plugin.isolation === "worker" && plugin.code) {
    return { ...await startWorker(workerModule, plugin.code), explain };
  }
  return {
    async plan(container, context) {
      const answer = await (await load()).plan?.(container, context);
      // A rejection that nobody handles is reported in the next turn.
      if (plugin.code) await nextTurn();
      return answer;
    },
    explain,
    [Symbol.dispose]: () => {},
  };
}
