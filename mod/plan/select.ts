/** Which plugins are asked about a container, and why the others are not. */
import type { Fact } from "../core/facts.ts";
import type { Operation, Spec } from "../core/oci.ts";
import { bothMatch, matchNarrowing, matchWhen, type WhenFacts } from "../core/when.ts";
import { whenFacts } from "../core/when_facts.ts";
import type { ContainerIdentity } from "../engines/identity.ts";
import type { ConfiguredPlugin } from "../index/configured_plugin.ts";

/** A plugin, whether it is asked, and the reasons. */
export interface Selection {
  plugin: ConfiguredPlugin;
  selected: boolean;
  /**
   * What is not known of the container: what alone keeps its `when` from being decided, so that it is not asked, or
   * what its code looks at. A gate denies then.
   */
  unknown: string[];
  /** Whether the engine's database is to be asked, since it may have what is not known. */
  isWanting: boolean;
  reasons: string[];
  /** The reasons of those who keep it out, the plugin itself or the administrator; none where it is asked. */
  against: string[];
}

/** Which container it is, as far as the plugins ask for it, and which of them are asked. */
export interface Selected {
  identity: ContainerIdentity;
  selections: Selection[];
}

/** Selects by what is known, and looks up what only the engine's database says where a plugin asks for that. */
export async function selectByFacts(
  plugins: readonly ConfiguredPlugin[],
  spec: Spec,
  operation: Operation,
  identity: ContainerIdentity,
): Promise<Selected> {
  const selections = select(plugins, whenFacts(spec, operation, identity));
  if (!identity.lookUp || !selections.some(({ isWanting }) => isWanting)) {
    return { identity, selections };
  }
  const known = await identity.lookUp();
  return { identity: known, selections: select(plugins, whenFacts(spec, operation, known)) };
}

/** Both the plugin's `when` and the administrator's must hold. */
export function select(plugins: readonly ConfiguredPlugin[], facts: WhenFacts): Selection[] {
  return plugins.map((plugin) => {
    const own = matchWhen(plugin.manifest.when, facts);
    const narrowed = plugin.when ? [matchNarrowing(plugin.when, facts)] : [];
    const { matches, undecided, reasons } = narrowed.reduce(bothMatch, own);
    const missed = matches ? plugin.asks.facts.flatMap((name) => whyUnknown(name, facts[name])) : [];
    const isTold = missed.length > 0 && !plugin.asks.seesGaps;
    return {
      plugin,
      selected: matches && !(isTold && plugin.manifest.gate === true),
      unknown: isTold ? missed : undecided,
      isWanting: missed.length > 0 || undecided.length > 0,
      reasons: isTold ? [...reasons, ...missed] : reasons,
      against: [own, ...narrowed].flatMap(({ matches, reasons }) => matches ? [] : reasons),
    };
  });
}

function whyUnknown(name: string, fact: Fact<unknown>): string[] {
  return fact.state === "unknown" ? [`${name}: not known: ${fact.why}`] : [];
}
