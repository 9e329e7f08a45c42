/**
 * The text of the launcher: a script of POSIX sh (dash, ash of busybox, bash) that engines call as their OCI
 * runtime.
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
import { type Failure, failure } from "../errors.ts";
import { CHAIN_VARIABLE } from "./chain.ts";
import { flavourOf } from "./command_line.ts";
import { crunGrammar } from "./crun_grammar.ts";
import type { Grammar } from "./grammar.ts";
import { chainParts } from "./launcher_chain.ts";
import { CHANNEL, LAUNCHER_VERSION, STATUS } from "./launcher_contract.ts";
import { MARKS } from "../state/start_marks.ts";
import { runcGrammar } from "./runc_grammar.ts";

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
 * The launcher, to be written to a file that root alone can write.
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
  const missing = failure("runtime-missing", { tried: [runtime], why: ["is not there or not executable"] });
  const loop = failure("runtime-loop", { runtime });
  const ended = failure("planning-ended", { container: "@WHAT@", how: "@HOW@", where: "@WHERE@" });
  return fill(SCRIPT, {
    VERSION: version,
    PROGRAM: shellQuote(program),
    RUNTIME: shellQuote(runtime),
    INTERFACE: String(LAUNCHER_VERSION),
    CHANNEL: String(CHANNEL),
    MARKS,
    EDITED: String(STATUS.edited),
    NOTHING: String(STATUS.nothing),
    REFUSED: String(STATUS.refused),
    PATH: SYSTEM_PATH,
    PATIENCE: String(PATIENCE),
    OURS: OURS.map(handedOn).join(" \\\n    "),
    USERS: USERS.map(handedOn).join(" \\\n      "),
    TAKING: takingValues(grammar).map((word) => `in_front,${word}`).join(" | \\\n        "),
    MISSING: words(missing),
    ENDED: shellQuote(`container-hooks: ${ended.message}`)
      .replace("@WHAT@", `'"$container_hooks_what"'`)
      .replace("@HOW@", `'"$container_hooks_how"'`)
      .replace("@WHERE@", `'"$container_hooks_where"'`),
    LOG_FILE: flavour === "crun" ? CRUN_LOG_FILE : "",
    ...chainParts(runtime, words(loop)),
  });
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

/** The sentence for a person and the one for the engine's log, as words for the script's function. */
function words({ message }: Failure): string {
  const sentence = `container-hooks: ${message}`;
  return `${shellQuote(sentence)} \\\n  ${shellQuote(escaped(sentence))}`;
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** As it stands between the quotation marks of a JSON string, and of a text of logrus. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function fill(template: string, values: Record<string, string>): string {
  return template.replace(/@([A-Z_]+)@/g, (_, name: string) => values[name]!);
}

/** crun logs to a file unless another kind stands in front. */
const CRUN_LOG_FILE = `
  case $container_hooks_log in
    file:*) container_hooks_log=\${container_hooks_log#file:} ;;
    *:*) container_hooks_log= ;;
  esac`;

/**
 * Names are long because a variable that the environment brings stays in it: what is assigned to a plain name
 * here could go on to the runtime. The shell reads line by line, so what every call needs comes first.
 */
const SCRIPT = String.raw`#!/bin/sh
# The OCI runtime of container-hooks @VERSION@, written by "container-hooks launcher"; write it anew, do not edit.
#
# create, run and restore: the program looks at the container first. Anything else goes to the runtime at once.
# Either way this process becomes the runtime.

container_hooks_program=@PROGRAM@
container_hooks_runtime=@RUNTIME@

# Whether a word is, or looks like, a command that makes a container, or an option of ours.
container_hooks_creates='' container_hooks_starts='' container_hooks_flags=''
for container_hooks_word do
  case $container_hooks_word in
    create | run | restore) container_hooks_creates=may ;;
    start) container_hooks_starts=may ;;
    -hook-spec* | --hook-spec* | -add-hook* | --add-hook*) container_hooks_flags=may ;;
  esac
done

# Our own options in front of the command: an engine's runtimeArgs put them into every call.
if [ -z "$container_hooks_creates" ] && [ -n "$container_hooks_flags" ]; then
  container_hooks_at=in_front
  for container_hooks_word do
    shift
    case $container_hooks_at,$container_hooks_word in
      behind,*) ;;
      our_value,*) container_hooks_at=in_front && continue ;;
      value,*) container_hooks_at=in_front ;;
      in_front,-hook-spec | in_front,--hook-spec | in_front,-add-hook | in_front,--add-hook)
        container_hooks_at=our_value && continue ;;
      in_front,-hook-spec=* | in_front,--hook-spec=* | in_front,-add-hook=* | in_front,--add-hook=*) continue ;;
      @TAKING@)
        container_hooks_at=value ;;
      in_front,-- | in_front,[!-]* | in_front,) container_hooks_at=behind ;;
    esac
    set -- "$@" "$container_hooks_word"
  done
  # One without its value: the program says what is wrong.
  [ "$container_hooks_at" != our_value ] || set -- "$@" "$container_hooks_word"
  [ "$container_hooks_at" != our_value ] || container_hooks_creates=may
fi

# Finds the folder of what lasts as long as the machine runs.
container_hooks_find_run() {
  container_hooks_run=${"$"}{CONTAINER_HOOKS_RUN:-/run/container-hooks}
  [ -n "${"$"}{CONTAINER_HOOKS_RUN-}" ] || [ -O / ] || container_hooks_run=${"$"}{XDG_RUNTIME_DIR:-/run}/container-hooks
}

# The start of a container that is marked, because a plugin has something to do then.
if [ -n "$container_hooks_starts" ]; then
  container_hooks_find_run
  container_hooks_marks=$container_hooks_run/@MARKS@
  [ ! -d "$container_hooks_marks" ] || for container_hooks_word do
    case $container_hooks_word in *[!A-Za-z0-9_+.-]* | '') continue ;; esac
    for container_hooks_at in "$container_hooks_marks/$container_hooks_word".*; do
      [ ! -e "$container_hooks_at" ] || container_hooks_creates=may
    done
  done
fi
@COUNT_PASSES@
[ -z "$container_hooks_creates" ] && [ -x "$container_hooks_runtime" ]@END_CHAIN@ && exec "$container_hooks_runtime" "$@"

container_hooks_newline='
'

# Ends with the sentence $1 for a person and $2 for the engine's log; the rest is the command line.
container_hooks_fail() {
  printf '%s\n' "$1" >&2
  container_hooks_sentence=$2
  shift 2
  container_hooks_find_log "$@"
  [ -n "$container_hooks_log" ] || exit 1
  # A named pipe would wait for a reader.
  [ -f "$container_hooks_log" ] || [ ! -e "$container_hooks_log" ] || exit 1
  [ ! -L "$container_hooks_log" ] || exit 1
  container_hooks_time=$(PATH=@PATH@ date -u +%Y-%m-%dT%H:%M:%SZ)
  case $container_hooks_format in
    json) container_hooks_line="{\"level\":\"error\",\"msg\":\"$container_hooks_sentence\",\"time\":\"$container_hooks_time\"}" ;;
    *) container_hooks_line="time=\"$container_hooks_time\" level=error msg=\"$container_hooks_sentence\"" ;;
  esac
  { printf '%s\n' "$container_hooks_line" >>"$container_hooks_log"; } 2>/dev/null
  exit 1
}

# Finds what --log and --log-format say, the last of each.
container_hooks_find_log() {
  container_hooks_log='' container_hooks_format='' container_hooks_at=in_front
  for container_hooks_word do
    case $container_hooks_at,$container_hooks_word in
      log,*) container_hooks_log=$container_hooks_word container_hooks_at=in_front ;;
      format,*) container_hooks_format=$container_hooks_word container_hooks_at=in_front ;;
      value,*) container_hooks_at=in_front ;;
      in_front,-log | in_front,--log) container_hooks_at=log ;;
      in_front,-log=* | in_front,--log=*) container_hooks_log=${"$"}{container_hooks_word#*=} ;;
      in_front,-log-format | in_front,--log-format) container_hooks_at=format ;;
      in_front,-log-format=* | in_front,--log-format=*) container_hooks_format=${"$"}{container_hooks_word#*=} ;;
      in_front,-hook-spec | in_front,--hook-spec | in_front,-add-hook | in_front,--add-hook | \
        @TAKING@)
        container_hooks_at=value ;;
      in_front,-- | in_front,[!-]* | in_front,) break ;;
    esac
  done@LOG_FILE@
}

# Takes one of the places at which programs start, as many as the program has made; it is given back when the
# program ends. Where all are taken it waits, so that what waits is a shell and not a program with its memory.
# Nothing here stops a create: the program waits for its turn to plan in any case.
container_hooks_wait() {
  [ -x /usr/bin/flock ] || return 0
  container_hooks_find_run
  container_hooks_places=0
  for container_hooks_at in "$container_hooks_run"/slots/launch-*; do
    [ -f "$container_hooks_at" ] && command exec 9<>"$container_hooks_at" || return 0
    /usr/bin/flock -n 9 && return 0
    container_hooks_places=$((container_hooks_places + 1))
  done
  # Not always at the last one: the waiting are spread.
  container_hooks_at=${"$"}{container_hooks_at%-*}-$(($$ % container_hooks_places))
  command exec 9<>"$container_hooks_at" && /usr/bin/flock -w @PATIENCE@ 9
}

[ -x "$container_hooks_runtime" ] || container_hooks_fail @MISSING@ "$@"@REFUSE_LOOP@

# The program gets an environment of its own: what preloads a library or sets an option of its engine in the
# caller's is not for it. What it says on descriptor @CHANNEL@ comes here, and nothing that it prints.
container_hooks_said=$(
  set -- plan --launcher=@INTERFACE@ --runtime "$container_hooks_runtime" --parent $$ -- "$@"
  set -- "$container_hooks_program" "$@"
  if [ ! -O / ]; then
    set -- @USERS@ "$@"
  fi
  container_hooks_wait 2>/dev/null
  exec /usr/bin/env -i PATH=@PATH@ \
    @OURS@ \
    "$@" @CHANNEL@>&1 </dev/null >/dev/null
)
container_hooks_status=$?
container_hooks_last=${"$"}{container_hooks_said##*"$container_hooks_newline"}

case $container_hooks_status:$container_hooks_last in
  @EDITED@:end* | @NOTHING@:end*) ;;
  @REFUSED@:end*) exit 1 ;;
  *)
    container_hooks_what=${"$"}{container_hooks_said%%"$container_hooks_newline"*}
    case ${"$"}{container_hooks_what#container } in
      "$container_hooks_what" | *[!A-Za-z0-9_+.-]*) container_hooks_what='the container' ;;
    esac
    container_hooks_where=
    case $container_hooks_last in
      plugin\ *[!a-z0-9-]*) ;;
      plugin\ *) container_hooks_where=" while it asked $container_hooks_last" ;;
    esac
    container_hooks_how="ended with status $container_hooks_status"
    if [ "$container_hooks_status" -gt 128 ] && [ "$container_hooks_status" -le 192 ]; then
      container_hooks_how="was killed by signal $((container_hooks_status - 128))"
    fi
    set -- @ENDED@ "$@"
    container_hooks_fail "$1" "$@"
    ;;
esac

# The words that are our own options, as the program read the command line.
container_hooks_ours=" ${"$"}{container_hooks_last#end} "
container_hooks_at=0
[ "$container_hooks_last" = end ] || for container_hooks_word do
  shift
  case $container_hooks_ours in
    *" $container_hooks_at "*) ;;
    *) set -- "$@" "$container_hooks_word" ;;
  esac
  container_hooks_at=$((container_hooks_at + 1))
done
@NAME_ENTRY@
exec "$container_hooks_runtime" "$@"
`;
