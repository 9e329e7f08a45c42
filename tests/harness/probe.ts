/**
 * A stand-in for an OCI runtime: it writes down how it was called and what it inherited, prints a line, and
 * ends with a status of its own. Its file is called runc, so it is called with runc's grammar.
 */
import type { WorkFolder } from "./work_folder.ts";

/** The status that the stand-in ends with. */
export const PROBE_STATUS = 42;

/** What a process inherits, as text to compare. */
export interface Inherited {
  /** The process that called it. */
  parent: number;
  /** All the rest, one fact a line: folder, umask, limits, signals, descriptors, environment. */
  facts: string[];
}

/** An OCI runtime that starts nothing. */
export interface ProbeRuntime {
  path: string;
  /** Arguments of each call so far; none where it was never reached. */
  calls(): string[][];
  /** What the last call inherited. */
  inherited(): Inherited;
}

/** Makes one. */
export function probeRuntime(work: WorkFolder): ProbeRuntime {
  const folder = work.folder("probe");
  // A redirection behind a command is made in the command's own process, so the script's descriptors are as they
  // were given to it.
  const path = work.program(
    "probe/runc",
    `#!/bin/sh
ls -l "/proc/$$/fd" >${folder}/descriptors
{
  printf 'parent %s\\n' "$PPID"
  printf 'folder %s\\n' "$(pwd -P)"
  printf 'umask %s\\n' "$(umask)"
  printf 'soft limit of open files %s\\n' "$(ulimit -Sn)"
  printf 'hard limit of open files %s\\n' "$(ulimit -Hn)"
  printf 'oom_score_adj %s\\n' "$(cat "/proc/$$/oom_score_adj")"
  while read -r fact; do
    case $fact in SigBlk:* | SigIgn:* | SigCgt:*) printf '%s\\n' "$fact" ;; esac
  done <"/proc/$$/status"
  tr '\\0' '\\n' <"/proc/$$/environ" | sort | sed 's/^/variable /'
} >${folder}/inherited
{ for word; do printf '%s\\0' "$word"; done; printf '\\001'; } >>${folder}/calls
echo "the runtime was called"
exit ${PROBE_STATUS}
`,
  );
  return {
    path,
    calls: () =>
      readText(`${folder}/calls`).split("\u0001").slice(0, -1).map((call) => call.split("\0").slice(0, -1)),
    inherited() {
      const [parent = "", ...facts] = readText(`${folder}/inherited`).trimEnd().split("\n");
      return {
        parent: Number(parent.replace("parent ", "")),
        facts: [...facts.map(withoutLibcSignals), ...descriptors(readText(`${folder}/descriptors`), path)],
      };
    },
  };
}

/** libc keeps signals 32 and 33 for itself, and changes them whenever a program with threads starts. */
function withoutLibcSignals(fact: string): string {
  const [, name, mask] = fact.match(/^(Sig\w+):\t([0-9a-f]+)$/) ?? [];
  return mask ? `${name} ${(BigInt(`0x${mask}`) & ~0x180000000n).toString(16)}` : fact;
}

/** All but the one that sh reads the script from. */
function descriptors(listing: string, script: string): string[] {
  return listing.split("\n").flatMap((line) => line.match(/(\d+ -> .*)$/)?.[1] ?? [])
    .filter((link) => !link.endsWith(` -> ${script}`))
    .map((link) => `descriptor ${link}`);
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
