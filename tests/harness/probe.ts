/**
 * A stand-in for an OCI runtime: it writes down how it was called and what it inherited, prints a line, and
 * ends with a status of its own. Its file is called runc, so it is called with runc's grammar.
 */
import type { WorkFolder } from "./work_folder.ts";

/** The status that the stand-in ends with. */
export const PROBE_STATUS = 42;

/** What a process inherits, as text to compare. */
export interface Inherited {
  pid: number;
  /** All the rest, one fact a line: folder, umask, limits, signals, descriptors, environment. */
  facts: string[];
}

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
  // Descriptors are listed before anything of the script's own is opened. 10 is where sh reads it from, and the
  // pipe is that of the listing itself.
  const path = work.program(
    "probe/runc",
    `#!/bin/sh
descriptors=$(cd /proc/$$/fd && for fd in *; do
  [ "$fd" = 10 ] || printf 'descriptor %s %s\\n' "$fd" "$(readlink "$fd")"
done | sed 's/pipe:.*/pipe/')
{
  printf 'pid %s\\n' "$$"
  printf 'folder %s\\n' "$(pwd -P)"
  printf 'umask %s\\n' "$(umask)"
  printf 'soft limit of open files %s\\n' "$(ulimit -Sn)"
  printf 'hard limit of open files %s\\n' "$(ulimit -Hn)"
  grep -E '^Sig(Blk|Ign|Cgt)' "/proc/$$/status"
  printf 'oom_score_adj %s\\n' "$(cat "/proc/$$/oom_score_adj")"
  printf '%s\\n' "$descriptors"
  tr '\\0' '\\n' <"/proc/$$/environ" | sort | sed 's/^/variable /'
} >${folder}/inherited
{ printf '%s\\0' "$@"; printf '\\001'; } >>${folder}/calls
echo "the runtime was called"
exit ${PROBE_STATUS}
`,
  );
  return {
    path,
    calls: () => readText(`${folder}/calls`).split("\u0001").slice(0, -1).map((call) => call.split("\0").slice(0, -1)),
    inherited() {
      const [pid = "", ...facts] = readText(`${folder}/inherited`).trimEnd().split("\n");
      return { pid: Number(pid.replace("pid ", "")), facts };
    },
  };
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
