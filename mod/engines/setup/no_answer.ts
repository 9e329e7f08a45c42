/** The answer of an engine that cannot be asked. */
import type { RunningState, Site } from "./engine_control.ts";

/** Why nothing is known: no process of the engine's reads this file. */
export function noAnswer({ control, file }: Site): RunningState {
  return {
    loaded: undefined,
    isDefault: undefined,
    how: `no ${control.program} that reads ${file} is running; it takes effect when one starts`,
  };
}
