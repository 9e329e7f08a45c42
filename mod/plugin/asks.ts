/**
 * What a plugin's code looks at of a container, of what an engine may not tell: some of it stands in a database that
 * is read for nobody else, and a gate must not judge by what is not known.
 */

/** A fact, by the name that `when` has for it. */
export type AskedFact = "labels" | "image";

/** What a plugin's code looks at. */
export interface Asks {
  facts: readonly AskedFact[];
  /** It looks at `container.facts` too, and so sees for itself what is not known. */
  seesGaps: boolean;
}

/** Words that code has where it looks at the fact; one that only mentions it is taken to look. */
const WORDS = {
  labels: /\b(?:labels|userLabels)\b/,
  image: /\bimage\b/,
} as const satisfies Record<AskedFact, RegExp>;

/** What the code of a plugin's files looks at. */
export function asksOf(files: readonly { code: string }[]): Asks {
  const has = (word: RegExp) => files.some(({ code }) => word.test(code));
  return {
    facts: (Object.keys(WORDS) as AskedFact[]).filter((name) => has(WORDS[name])),
    seesGaps: has(/\bfacts\b/),
  };
}

/** What a built-in plugin asks for: all that it needs of images and labels is known without a database. */
export const ASKS_NOTHING: Asks = { facts: [], seesGaps: true };
