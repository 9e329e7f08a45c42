/** The launcher by itself, with a stand-in for the program that says and does what a test wants. */
import { launcherText } from "../../mod/wrapper/launcher_text.ts";
import type { Need } from "./needs.ts";
import { type ProbeRuntime, probeRuntime } from "./probe.ts";
import { type Ran, run, type RunOptions } from "./run.ts";
import type { WorkFolder } from "./work_folder.ts";

/** A shell that the launcher has to work in. */
export interface Shell {
  name: Need;
  /** Words in front of the script. */
  argv: string[];
}

export const SHELLS: Shell[] = [
  { name: "dash", argv: ["dash"] },
  { name: "busybox", argv: ["busybox", "sh"] },
  { name: "bash", argv: ["bash", "--posix"] },
];

/** A launcher between a stand-in for the program and one for the runtime. */
export interface LauncherScene {
  /** The words that start it; arguments follow. */
  argv: string[];
  probe: ProbeRuntime;
  /** Path of the stand-in for the program. */
  program: string;
  call(args: string[], options?: RunOptions): Promise<Ran>;
  /** What the program was called with; undefined where it was not. */
  programArgs(): string[] | undefined;
  /** The environment that the program was given, sorted. */
  programEnv(): string[];
}

/** @param body Shell lines of the program; descriptor 3 is the channel to the launcher. */
export function launcherScene(work: WorkFolder, shell: Shell, body: string): LauncherScene {
  const probe = probeRuntime(work);
  const told = work.folder("told");
  const program = work.program(
    "it's a program",
    `#!/bin/sh
printf '%s\\n' "$@" >${told}/args
cp /proc/$$/environ ${told}/env
${body}
`,
  );
  const launcher = work.program("launcher", launcherText({ program, runtime: probe.path, version: "0.0.0" }));
  const argv = [...shell.argv, launcher];
  return {
    argv,
    probe,
    program,
    call: (args, options) => run([...argv, ...args], options),
    programArgs: () => read(`${told}/args`)?.split("\n").slice(0, -1),
    programEnv: () => (read(`${told}/env`) ?? "").split("\0").slice(0, -1).sort(),
  };
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
