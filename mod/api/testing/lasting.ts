/** Finding what lasts in a plugin from one container to the next: it is asked again, and must answer the same. */
import { AssertionError, firstDifference } from "../assertions.ts";
import type { Container, Plan, Plugin } from "../plugin.ts";

/** Ways to ask again. */
export interface Again {
  /** With what the first time left in the cache. */
  warm(container: Container): Promise<Plan>;
  /** With the cache as it was at first. */
  cold(container: Container): Promise<Plan>;
}

/** Containers that are asked about again, of those that the tests have asked about before. */
const MOST_EARLIER = 8;

/** A container that a plugin was asked about, and what it answered. */
interface Earlier {
  container: Container;
  plan: Plan;
  again: Again;
}

/** By plugin: a test of one module asks about several containers, in some order. */
const asked = new WeakMap<Plugin, Earlier[]>();

/**
 * Asks again: about the same container, about another one and then about the first, about the other once more, and about
 * those of earlier tests.
 *
 * @throws {AssertionError} which tells when it answered differently, and where
 */
export async function refuseLasting(
  plugin: Plugin,
  container: Container,
  plan: Plan,
  again: Again,
): Promise<void> {
  const same = (when: string, expected: Plan, answer: () => Promise<Plan>) =>
    refuseDifference(plugin.name, when, expected, answer);
  await same("asked again", plan, () => again.cold(container));
  await same("asked again, with what it has cached", plan, () => again.warm(container));
  const other = otherLike(container);
  const theirs = await answerOrError(() => again.cold(other));
  await same(`asked again after container ${JSON.stringify(other.id)}`, plan, () => again.cold(container));
  await same(
    `asked about container ${JSON.stringify(other.id)} before and after another`,
    theirs,
    () => again.cold(other),
  );
  const earlier = asked.get(plugin) ?? [];
  for (const before of earlier) {
    await same(
      "asked again after those of later tests",
      before.plan,
      () => before.again.cold(before.container),
    );
  }
  asked.set(plugin, [...earlier, { container, plan, again }].slice(-MOST_EARLIER));
}

/** Another container of the same kind: only what no two have in common differs. */
function otherLike(container: Container): Container {
  return { ...container, id: "another-container", names: ["another-container"], bundle: "/another-bundle" };
}

/** What it throws is its answer, too. */
async function answerOrError(answer: () => Promise<Plan>): Promise<Plan & { throws?: string }> {
  try {
    return await answer();
  } catch (error) {
    return { throws: error instanceof Error ? error.message : String(error) };
  }
}

async function refuseDifference(
  plugin: string,
  when: string,
  expected: Plan,
  ask: () => Promise<Plan>,
): Promise<void> {
  const answer = await answerOrError(ask);
  const found = firstDifference(answer, expected);
  if (found === undefined) return;
  throw new AssertionError(
    `plugin ${plugin} answers differently about the same container, ${when}: ${found.at} was ${found.expected}, ` +
      `then ${found.actual}; what a module keeps in variables is not the container's, so take it from the ` +
      `container, from options or from host`,
  );
}
