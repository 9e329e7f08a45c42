/** Which plugins are asked about a container, and why the others are not. */
import type { Container } from "../api/plugin.ts";
import { matchNarrowing, matchWhen } from "../core/when.ts";
import { whenFacts } from "../core/when_facts.ts";
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";

/** A plugin, whether it is asked, and the reasons. */
export interface Selection {
  plugin: ConfiguredPlugin;
  selected: boolean;
  reasons: string[];
  /** The reasons of those who keep it out, the plugin itself or the administrator; none where it is asked. */
  against: string[];
}

/** Both the plugin's `when` and the administrator's must hold. */
export function select(plugins: readonly ConfiguredPlugin[], container: Container): Selection[] {
  const facts = whenFacts(container);
  return plugins.map((plugin) => {
    const own = matchWhen(plugin.manifest.when, facts);
    const narrowed = plugin.when ? matchNarrowing(plugin.when, facts) : { matches: true, reasons: [] };
    return {
      plugin,
      selected: own.matches && narrowed.matches,
      reasons: [...own.reasons, ...narrowed.reasons],
      against: [own, narrowed].flatMap(({ matches, reasons }) => matches ? [] : reasons),
    };
  });
}
