/** Which plugins are asked about a container, and why the others are not. */
import type { Container } from "../api/plugin.ts";
import { matchNarrowing, matchWhen, type WhenFacts } from "../core/when.ts";
import type { PlannedPlugin } from "./planned_plugin.ts";

/** A plugin, whether it is asked, and the reasons. */
export interface Selection {
  plugin: PlannedPlugin;
  selected: boolean;
  reasons: string[];
}

/** Both the plugin's `when` and the administrator's must hold. */
export function select(plugins: readonly PlannedPlugin[], container: Container): Selection[] {
  const facts = factsOf(container);
  return plugins.map((plugin) => {
    const own = matchWhen(plugin.manifest.when, facts);
    const narrowed = plugin.when ? matchNarrowing(plugin.when, facts) : { matches: true, reasons: [] };
    return {
      plugin,
      selected: own.matches && narrowed.matches,
      reasons: [...own.reasons, ...narrowed.reasons],
    };
  });
}

function factsOf(container: Container): WhenFacts {
  return {
    annotations: container.annotations,
    labels: container.labels,
    env: container.env,
    command: container.process.args?.[0],
    hasBindMounts: container.mounts.some((mount) =>
      mount.type === "bind" || mount.options?.some((option) => option === "bind" || option === "rbind")
    ),
    image: container.image.name,
    engine: container.engine,
    operation: container.operation,
    role: container.role,
  };
}
