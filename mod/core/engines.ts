/**
 * The engines that are known: the one list from which their names, the command line's words and every table by
 * engine follow.
 *
 * Each table says `satisfies Record<...>` of a type from here, so that an engine that is added here and forgotten
 * there does not compile. tests/unit/engines/names_test.ts holds the documentation to it.
 */

/** Which engine asked for the container; "none" where somebody called the runtime by hand. */
export type EngineName = "docker" | "containerd" | "cri-o" | "podman" | "none";

/** An engine whose containers are recognised. */
export type Engine = Exclude<EngineName, "none">;

/** Each engine by its name, in the order shown; `word` where `container-hooks runtime` configures it. */
const KNOWN = {
  docker: { word: "docker" },
  containerd: { word: "containerd" },
  "cri-o": { word: "crio" },
  podman: { word: "podman" },
} as const satisfies Record<Engine, { word?: string }>;

/** What the command line calls an engine that it configures. */
export type EngineWord = Extract<(typeof KNOWN)[Engine], { word: string }>["word"];

/** Every engine, in the order shown. */
export const ENGINES = Object.keys(KNOWN) as Engine[];

/** All that `when.engine` takes, in the order shown. */
export const ENGINE_NAMES: readonly EngineName[] = [...ENGINES, "none"];

/** The words of the engines that `container-hooks runtime` configures, in the order shown. */
export const ENGINE_WORDS: readonly EngineWord[] = Object.values<{ word?: EngineWord }>(KNOWN)
  .flatMap(({ word }) => word ?? []);
