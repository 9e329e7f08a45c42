/** The sentences of the launcher, as words of its shell: what it knows only at the time is filled in by variables. */
import { type Failure, failure, launcherWays } from "../errors.ts";

/** A variable of the launcher, in a text that {@linkcode inShell} makes a word of. */
const AT = "@AT@", HOW = "@HOW@", WAY = "@WAY@", WHAT = "@WHAT@", WHERE = "@WHERE@";

/**
 * Sentences by the places of the script that they are filled into; of each that goes to the engine's log, two words.
 *
 * @param program Path of the program, which the launcher could not start.
 */
export function launcherSentences(program: string, runtime: string): Record<string, string> {
  const container = WHAT, way = WAY;
  const ways = launcherWays(AT);
  return {
    MISSING: sentence(failure("launcher-runtime", { runtime })),
    PROGRAM_GONE: sentence(failure("program-gone", { container, program, way })),
    PROGRAM_DENIED: sentence(failure("program-denied", { container, program, way })),
    ENV_MISSING: sentence(failure("env-missing", { container, way })),
    PROC_MISSING: sentence(failure("proc-missing", { container, way })),
    NOT_STARTED: sentence(failure("program-unfit", { container, program, how: HOW, way })),
    DAMAGED: sentence(failure("program-damaged", { container, program, how: HOW, where: WHERE, way })),
    KILLED: sentence(failure("planning-killed", { container, how: HOW, where: WHERE, way })),
    ENDED_BY_SIGNAL: sentence(failure("planning-stopped", { container, how: HOW, where: WHERE, way })),
    ENDED_BY_PLUGIN: sentence(
      failure("planning-ended-by-plugin", { container, how: HOW, where: WHERE, way }),
    ),
    ENDED: sentence(failure("planning-ended", { container, how: HOW, way })),
    BYPASS: inShell(ways.works),
    SWITCH_BY_HAND: inShell(ways.broken),
    GATE_STANDS: inShell(ways.gate),
    GATE_KEPT: inShell(ways.keptGate),
  };
}

/** Gets the sentence for a person and the one for the engine's log, as words for the script's function. */
export function sentence({ message }: Failure): string {
  const text = `container-hooks: ${message}`;
  return `${inShell(text)} \\\n  ${inShell(escaped(text))}`;
}

/** Quotes a text as one word of a shell, whatever it holds. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Quotes a text that has the launcher's variables in it; what they hold is plain, in a log too. */
function inShell(text: string): string {
  return shellQuote(text).replace(
    /@(AT|HOW|WAY|WHAT|WHERE)@/g,
    (_, name: string) => `'"$container_hooks_${name.toLowerCase()}"'`,
  );
}

/** Escapes a text for the quotation marks of a JSON string, and of a text of logrus. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
