/**
 * `when`: which containers a plugin is asked about, and why it is or is not asked about this one.
 *
 * The words and their meaning are oci-hooks(5)'s (version 1.0.0), with env, labels, image, engine, operation
 * and role beside them. Every condition that is named must hold.
 */
import { failure, oneLine, quote } from "../errors.ts";
import { ENGINE_NAMES, type EngineName } from "./engines.ts";
import { type Fact, valueOf } from "./facts.ts";
import { anyObject, arrayOf, at, booleanOf, FieldError, objectOf, oneOf, textOf } from "./fields.ts";
import type { Operation } from "./oci.ts";
import { linearPattern } from "./pattern.ts";

/**
 * Which containers a plugin is asked about: every named condition must hold. Without any, none does, except
 * that a manifest without `when` means every container. The words are oci-hooks(5)'s.
 *
 * Texts are regular expressions in linear time (no lookahead, no backreference), unanchored.
 */
export interface When {
  /** true: every container. false never holds. */
  always?: boolean;
  /** Some annotation has a key matching KEY and a value matching VALUE, for each pair. */
  annotations?: Record<string, string>;
  /** Patterns of labels, of the container and its image, likewise. */
  labels?: Record<string, string>;
  /** Patterns of variables of the container's process, likewise. */
  env?: Record<string, string>;
  /** args[0] matches one of them. */
  commands?: string[];
  /** true: some mount is a bind mount. false never holds. */
  hasBindMounts?: boolean;
  /** The image's name as the engine knows it matches one of them. */
  image?: string[];
  /** The engine is one of these; "none" stands for a runtime that somebody called by hand. */
  engine?: EngineName[];
  operation?: Operation[];
  /** The roles that it holds for. Default: workloads only, so that pause and sandbox containers are left alone. */
  role?: Role[];
}

/** A container that works, or one that only holds a pod's namespaces. */
export type Role = "workload" | "sandbox";

/** What is known about the container that `when` is tried on: each condition has the fact that it is about. */
export interface WhenFacts {
  annotations: Fact<Readonly<Record<string, string>>>;
  labels: Fact<Readonly<Record<string, string>>>;
  env: Fact<Readonly<Record<string, string>>>;
  /** args[0] of its process. */
  commands: Fact<string>;
  hasBindMounts: Fact<boolean>;
  /** The image's name. */
  image: Fact<string>;
  engine: Fact<EngineName>;
  operation: Fact<Operation>;
  role: Fact<Role>;
}

/** Whether all conditions hold, and for each one why it does or does not. */
export interface WhenMatch {
  /** Every condition is known to hold. */
  matches: boolean;
  /** No condition is known not to hold, and for these it is not known. */
  undecided: string[];
  /** `annotations: no key matches "^org\\.example$"`. Values of variables, annotations and labels stay out. */
  reasons: string[];
}

const OPERATIONS: readonly Operation[] = ["create", "run", "restore"];
const ROLES: readonly Role[] = ["workload", "sandbox"];

/** How each condition must be written. */
const CHECKS: Record<keyof When, (value: unknown, field: string) => void> = {
  always: booleanOf,
  annotations: patternPairs,
  labels: patternPairs,
  env: patternPairs,
  commands: patterns,
  hasBindMounts: booleanOf,
  image: patterns,
  engine: (value, field) => names(value, field, ENGINE_NAMES),
  operation: (value, field) => names(value, field, OPERATIONS),
  role: (value, field) => names(value, field, ROLES),
};

/**
 * Checks what somebody wrote as `when`, and that every pattern in it compiles.
 *
 * @param where Who wrote it, for the message: a file, or a file and a line.
 * @throws {Failure} when, naming the condition
 */
export function checkWhen(value: unknown, where: string): When {
  try {
    const when = objectOf(value, "when", Object.keys(CHECKS));
    for (const [key, condition] of Object.entries(when)) {
      CHECKS[key as keyof When](condition, at("when", key));
    }
    return when as When;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw failure("when", { where, field: error.field, why: error.why });
  }
}

function patternPairs(value: unknown, field: string): void {
  const pairs = Object.entries(anyObject(value, field));
  refuseEmpty(pairs, field);
  for (const [key, pattern] of pairs) {
    checkPattern(key, at(field, key));
    checkPattern(pattern, at(field, key));
  }
}

function patterns(value: unknown, field: string): void {
  const list = arrayOf(value, field);
  refuseEmpty(list, field);
  list.forEach((pattern, index) => checkPattern(pattern, at(field, index)));
}

function names(value: unknown, field: string, known: readonly string[]): void {
  const list = arrayOf(value, field);
  refuseEmpty(list, field);
  list.forEach((name, index) => oneOf(name, at(field, index), known));
}

/** Refuses an empty list, which could be read as "any" and as "none". */
function refuseEmpty(list: unknown[], field: string): void {
  if (list.length === 0) {
    throw new FieldError(field, "is empty; name at least one, or leave the condition out");
  }
}

function checkPattern(value: unknown, field: string): void {
  const pattern = textOf(value, field);
  try {
    linearPattern(pattern);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FieldError(field, `is the pattern ${quote(pattern)}, which ${error.message}`);
  }
}

/** One condition tried: whether it holds, undefined where that is not known, and why. */
type Tried = [holds: boolean | undefined, why: string];

/** How each condition is tried. A condition that names several patterns needs one of them; `always: false` none. */
const CONDITIONS: { [K in keyof When]-?: (wanted: NonNullable<When[K]>, facts: WhenFacts) => Tried } = {
  always: (wanted) => [wanted, wanted ? "every container" : "false never matches"],
  annotations: (wanted, facts) => tryFact(facts.annotations, (entries) => everyPair(wanted, entries)),
  labels: (wanted, facts) => tryFact(facts.labels, (entries) => everyPair(wanted, entries)),
  env: (wanted, facts) => tryFact(facts.env, (entries) => everyPair(wanted, entries)),
  commands: (wanted, facts) =>
    tryFact(facts.commands, (command) => anyPattern(wanted, command, "the container's command")),
  hasBindMounts(wanted, facts) {
    if (!wanted) return [false, "false never matches"];
    return tryFact(facts.hasBindMounts, (has) => [has, `there is ${has ? "a" : "no"} bind mount`]);
  },
  image: (wanted, facts) => tryFact(facts.image, (name) => anyPattern(wanted, name, "the image's name")),
  engine: (wanted, facts) => tryFact(facts.engine, (engine) => listed(wanted, engine)),
  operation: (wanted, facts) => tryFact(facts.operation, (operation) => listed(wanted, operation)),
  role: (wanted, facts) => tryFact(facts.role, (role) => listed(wanted, role)),
};

/** What is not there matches nothing; of what is not known, nobody can say. */
function tryFact<T>(fact: Fact<T>, attempt: (value: T) => Tried): Tried {
  switch (fact.state) {
    case "known":
      return attempt(fact.value);
    case "absent":
      return [false, `there is none: ${fact.why}`];
    case "unknown":
      return [undefined, `not known: ${fact.why}`];
  }
}

/**
 * Tries a checked `when` on a container.
 *
 * Without `when` every workload matches; an empty one matches nothing, as in oci-hooks(5). Without
 * `when.role`, pause and sandbox containers never match.
 *
 * A condition about something that is not known neither holds nor fails: unless another one fails, the whole is
 * undecided.
 */
export function matchWhen(when: When | undefined, facts: WhenFacts): WhenMatch {
  const match = tryConditions(when, facts);
  // In doubt a container is a workload, so that it is looked at.
  const role = valueOf(facts.role) ?? "workload";
  if (when?.role || role === "workload") return match;
  const reasons = [...match.reasons, `role: a ${role} is left alone without when.role`];
  return { matches: false, undecided: [], reasons };
}

/**
 * Tries the administrator's narrowing of a plugin's `when`: the same, but that it says nothing about roles
 * where it does not name them, since the plugin's own `when` has said it.
 */
export function matchNarrowing(when: When | undefined, facts: WhenFacts): WhenMatch {
  return tryConditions(when, facts);
}

/** Combines two matches: one that fails decides, one that is undecided leaves the whole so. */
export function bothMatch(one: WhenMatch, other: WhenMatch): WhenMatch {
  const isDecided = [one, other].some(({ matches, undecided }) => !matches && undecided.length === 0);
  return {
    matches: one.matches && other.matches,
    undecided: isDecided ? [] : [...one.undecided, ...other.undecided],
    reasons: [...one.reasons, ...other.reasons],
  };
}

function tryConditions(when: When | undefined, facts: WhenFacts): WhenMatch {
  if (when === undefined) return { matches: true, undecided: [], reasons: ["no when: every workload"] };
  const tried = Object.entries(when).filter(([, wanted]) => wanted !== undefined).map(([key, wanted]) => {
    const condition = CONDITIONS[key as keyof When] as (wanted: unknown, facts: WhenFacts) => Tried;
    const [holds, why] = condition(wanted, facts);
    return { holds, reason: `${key}: ${why}` };
  });
  if (tried.length === 0) {
    return { matches: false, undecided: [], reasons: ["when: empty, which never matches"] };
  }
  const fails = tried.some(({ holds }) => holds === false);
  return {
    matches: tried.every(({ holds }) => holds === true),
    undecided: fails ? [] : tried.filter(({ holds }) => holds === undefined).map(({ reason }) => reason),
    reasons: tried.map(({ reason }) => reason),
  };
}

/** Each pair needs an entry whose key and value both match; the first pair without one is the reason. */
function everyPair(wanted: Record<string, string>, entries: Readonly<Record<string, string>>): Tried {
  const found: string[] = [];
  for (const [keyPattern, valuePattern] of Object.entries(wanted)) {
    const [holds, why] = somePair(keyPattern, valuePattern, entries);
    if (!holds) return [false, why];
    found.push(why);
  }
  return [true, found.join("; ")];
}

function somePair(
  keyPattern: string,
  valuePattern: string,
  entries: Readonly<Record<string, string>>,
): Tried {
  const key = linearPattern(keyPattern);
  const keys = Object.keys(entries).filter((name) => key.test(name));
  if (keys.length === 0) return [false, `no key matches ${quoted(keyPattern)}`];
  const value = linearPattern(valuePattern);
  const match = keys.find((name) => value.test(entries[name]!));
  if (match !== undefined) {
    return [true, `${quote(match)} matches ${quoted(keyPattern)} = ${quoted(valuePattern)}`];
  }
  return [
    false,
    `the value of ${keys.slice(0, 3).map(quote).join(", ")} does not match ${quoted(valuePattern)}`,
  ];
}

function anyPattern(wanted: string[], text: string, what: string): Tried {
  const match = wanted.find((pattern) => linearPattern(pattern).test(text));
  if (match !== undefined) return [true, `${what} ${quote(text)} matches ${quoted(match)}`];
  return [false, `${what} ${quote(text)} matches none of ${wanted.map(quoted).join(", ")}`];
}

function listed(wanted: readonly string[], value: string): Tried {
  const holds = wanted.includes(value);
  return [holds, `${value} is ${holds ? "" : "not "}one of ${wanted.join(", ")}`];
}

/** A pattern as its author wrote it, but for what would leave the line. */
function quoted(pattern: string): string {
  return `"${oneLine(pattern)}"`;
}
