/**
 * The text of the launcher: a script of POSIX sh (dash, ash of busybox, bash) that engines call as their OCI
 * runtime. Its lines stand in launcher.sh; what depends on the host and the runtime is filled in here.
 *
 * It becomes the runtime by `exec` in every case, so that pid, descriptors, limits, signals and umask are the
 * engine's own: no JavaScript runtime has touched them. For what makes no container it does so at once, without
 * starting a process.
 *
 * It sets no trap. A signal ends it as it would end the runtime, and the kernel then ends the program that plans
 * (`endWithParent`); a trap would only run once the program has ended. `env -i` costs one more exec, too little
 * to be measured beside a plan. Unsetting what the shell knows of would save it and leave something: variables
 * whose names are none for a shell (bash's exported functions) go on to what it starts.
 */
import { SYSTEM_PATH } from "../core/oci.ts";
import { failure } from "../errors.ts";
import { SWITCH } from "../state/bypass.ts";
import { PAST_THE_PROGRAM } from "../state/past_the_program.ts";
import { STANDING_GATES } from "../index/standing_gates.ts";
import { CHAIN_VARIABLE } from "./chain.ts";
import { flavourOf } from "./command_line.ts";
import { crunGrammar } from "./crun_grammar.ts";
import type { Grammar } from "./grammar.ts";
import { askServiceText, fill } from "./fill_script.ts";
import { chainParts } from "./launcher_chain.ts";
import { CHANNEL, HANDLERS_FOLDER, LAUNCHER_VERSION, SERVICE_FOLDER, STATUS } from "./launcher_contract.ts";
import { launcherSentences, sentence, shellQuote } from "./launcher_sentences.ts";
import { MARKS } from "../state/start_marks.ts";
import { runcGrammar } from "./runc_grammar.ts";
import SCRIPT from "./launcher.sh" with { type: "text" };

/** What a launcher is made for. */
export interface LauncherSettings {
  /** Absolute path of this program. */
  program: string;
  /** Absolute path of the runtime in front of which it stands, for good: another would lose its containers. */
  runtime: string;
  /** Version of the program that writes it. */
  version: string;
}

/** Variables of ours: where our files are, and what was planned on the way here. */
const OURS = [
  CHAIN_VARIABLE,
  "CONTAINER_HOOKS_CONFIG",
  "CONTAINER_HOOKS_PORTABLE_DIR",
  "CONTAINER_HOOKS_RUN",
  "CONTAINER_HOOKS_STATE",
];

/** Variables that say where a user has such files; root has his in the system's folders. */
const USERS = ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"];

/**
 * Seconds that a create waits before its program starts. After them it starts all the same, and waits its own
 * deadline for its turn: both together end before a kubelet gives up.
 */
const PATIENCE = 30;

/**
 * Writes the launcher, to be written to a file that root alone can write.
 *
 * @example
 * ```ts
 * import { launcherText } from "./launcher_text.ts";
 * const text = launcherText({ program: "/usr/bin/container-hooks", runtime: "/usr/bin/runc", version: "1.0.0" });
 * text.startsWith("#!/bin/sh\n"); // true
 * ```
 */
export function launcherText({ program, runtime, version }: LauncherSettings): string {
  const flavour = flavourOf(runtime);
  const grammar = flavour === "crun" ? crunGrammar : runcGrammar;
  return fill(SCRIPT, {
    VERSION: version,
    PROGRAM: shellQuote(program),
    RUNTIME: shellQuote(runtime),
    INTERFACE: String(LAUNCHER_VERSION),
    CHANNEL: String(CHANNEL),
    MARKS,
    SWITCH,
    PAST: PAST_THE_PROGRAM,
    GATES: STANDING_GATES,
    EDITED: String(STATUS.edited),
    NOTHING: String(STATUS.nothing),
    REFUSED: String(STATUS.refused),
    PATH: SYSTEM_PATH,
    ENV: envPlaces().join(" "),
    PATIENCE: String(PATIENCE),
    SERVICE: SERVICE_FOLDER,
    HANDLERS: HANDLERS_FOLDER,
    ASK_SERVICE: askServiceText().trimEnd(),
    ELSEWHERE: OURS.filter((name) => name !== CHAIN_VARIABLE).map((name) => `\${${name}+elsewhere}`).join(""),
    OURS: OURS.map(handedOn).join(" \\\n    "),
    USERS: USERS.map(handedOn).join(" \\\n      "),
    TAKING: takingValues(grammar).map((word) => `in_front,${word}`).join(" | \\\n        "),
    LOG_FILE: flavour === "crun" ? CRUN_LOG_FILE : "",
    ...launcherSentences(program, runtime),
    ...chainParts(runtime, sentence(failure("runtime-loop", { runtime }))),
  });
}

/** Lists where there may be an env, or a program that is one among others. */
function envPlaces(): string[] {
  const folders = SYSTEM_PATH.split(":");
  return [
    "/usr/bin/env",
    ...["env", "busybox", "toybox"].flatMap((name) => folders.map((at) => `${at}/${name}`)),
  ];
}

/** The variable as a word for `env`, or no word where it is not set. */
function handedOn(name: string): string {
  return `\${${name}+"${name}=$${name}"}`;
}

/** Global options that take the next word, in every spelling that the runtime reads. */
function takingValues({ globals, readWord }: Grammar): string[] {
  const spellings = globals.flatMap(({ name }) =>
    Array.from(name, (_, index) => name.slice(0, index + 1)).flatMap((start) => [`-${start}`, `--${start}`])
  );
  return [...new Set(spellings)].filter((word) => {
    const read = readWord(word, globals);
    return read.kind === "options" && read.given.at(-1)!.option.takesValue &&
      read.given.at(-1)!.value === undefined;
  });
}

/** crun logs to a file unless another kind stands in front. */
const CRUN_LOG_FILE = `  case $container_hooks_log in
    file:*) container_hooks_log=\${container_hooks_log#file:} ;;
    *:*) container_hooks_log= ;;
  esac`;
