#!/bin/sh
## Template of the launcher; launcher_text.ts fills in what stands between two @, and leaves out these lines.
##
## Names are long because a variable that the environment brings stays in it: what is assigned to a plain name
## here could go on to the runtime. The shell reads line by line, so what every call needs comes first.
# The OCI runtime of container-hooks @VERSION@, written by "container-hooks launcher"; write it anew, do not edit.
#
# create, run and restore: the program looks at the container first. Anything else goes to the runtime at once.
# Either way this process becomes the runtime.

container_hooks_program=@PROGRAM@
container_hooks_runtime=@RUNTIME@

# A hook of a container that was planned while the program itself lay in this place: its handlers are the program's.
if [ "${1-}" = dispatch ] && [ "${3-}" = --journal ]; then
  exec "$container_hooks_program" "$@"
fi

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
  container_hooks_run=${CONTAINER_HOOKS_RUN:-/run/container-hooks}
  [ -n "${CONTAINER_HOOKS_RUN-}" ] || [ -O / ] || container_hooks_run=${XDG_RUNTIME_DIR:-/run}/container-hooks
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
      in_front,-log=* | in_front,--log=*) container_hooks_log=${container_hooks_word#*=} ;;
      in_front,-log-format | in_front,--log-format) container_hooks_at=format ;;
      in_front,-log-format=* | in_front,--log-format=*) container_hooks_format=${container_hooks_word#*=} ;;
      in_front,-hook-spec | in_front,--hook-spec | in_front,-add-hook | in_front,--add-hook | \
        @TAKING@)
        container_hooks_at=value ;;
      in_front,-- | in_front,[!-]* | in_front,) break ;;
    esac
  done
  @LOG_FILE@
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
  container_hooks_at=${container_hooks_at%-*}-$(($$ % container_hooks_places))
  command exec 9<>"$container_hooks_at" && /usr/bin/flock -w @PATIENCE@ 9
}

[ -x "$container_hooks_runtime" ] || container_hooks_fail @MISSING@ "$@"
@REFUSE_LOOP@

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
container_hooks_last=${container_hooks_said##*"$container_hooks_newline"}

case $container_hooks_status:$container_hooks_last in
  @EDITED@:end* | @NOTHING@:end*) ;;
  @REFUSED@:end*) exit 1 ;;
  *)
    container_hooks_what=${container_hooks_said%%"$container_hooks_newline"*}
    case ${container_hooks_what#container } in
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
container_hooks_ours=" ${container_hooks_last#end} "
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
