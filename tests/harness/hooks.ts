/** A hook program that keeps a record of how it was called. */
import type { Hook, State } from "../../mod/core/oci.ts";
import type { WorkFolder } from "./work_folder.ts";

/** One call of a recording hook. */
export interface HookCall {
  /** Arguments after args[0]. */
  args: string[];
  /** The environment it was given, as KEY=value, sorted. */
  env: string[];
  /** What it read from standard input. */
  state: State;
}

/** A hook program and the record of its calls, in the order in which they ended. */
export interface Recorder {
  path: string;
  calls(): HookCall[];
  /** An entry of hooks.json that calls it with `args` after args[0]. */
  hook(...args: string[]): Hook;
}

/** Makes one; each has a record of its own. */
export function recorder(work: WorkFolder, name = "record"): Recorder {
  const record = `${work.path}/${name}.calls`;
  // One printf is one write to a file opened for appending, so lines of hooks at once do not mix.
  const path = work.program(
    name,
    `#!/bin/sh
read -r state
printf '%s\\t%s\\t%s\\n' "$*" "$(/usr/bin/env | /usr/bin/tr '\\n' ' ')" "$state" >>${record}
`,
  );
  return {
    path,
    calls: () => readLines(record).map(parseCall),
    hook: (...args) => ({ path, args: [name, ...args] }),
  };
}

/** What sh itself puts into the environment of the programs that it starts. */
const OF_THE_SHELL = /^(PWD|OLDPWD|SHLVL|_)=/;

function parseCall(line: string): HookCall {
  const [args = "", env = "", state = ""] = line.split("\t");
  return {
    args: args.split(" ").filter((word) => word !== ""),
    env: env.split(" ").filter((variable) => variable !== "" && !OF_THE_SHELL.test(variable)).sort(),
    state: JSON.parse(state),
  };
}

function readLines(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
