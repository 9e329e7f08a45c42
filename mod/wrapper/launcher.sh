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
@COUNT_PASSES@
# What the program has no part in: at once.
[ -z "$container_hooks_creates$container_hooks_starts$container_hooks_flags" ] && [ -x "$container_hooks_runtime" ]@END_CHAIN@ && exec "$container_hooks_runtime" "$@"

container_hooks_newline='
'

# Finds the folders of ours: of what lasts as long as the machine runs, of the configuration, of what is kept.
container_hooks_find_folders() {
  container_hooks_run=/run/container-hooks
  container_hooks_config=/etc/container-hooks
  container_hooks_state=/var/lib/container-hooks
  if [ ! -O / ]; then
    container_hooks_run=${XDG_RUNTIME_DIR:-/run}/container-hooks
    container_hooks_config=${XDG_CONFIG_HOME:-${HOME-}/.config}/container-hooks
    container_hooks_state=${XDG_STATE_HOME:-${HOME-}/.local/state}/container-hooks
  fi
  container_hooks_run=${CONTAINER_HOOKS_RUN:-$container_hooks_run}
  container_hooks_state=${CONTAINER_HOOKS_STATE:-$container_hooks_state}
  container_hooks_file=${CONTAINER_HOOKS_CONFIG:-$container_hooks_config/config.toml}
  container_hooks_config=${container_hooks_file%/*}
  [ -e "$container_hooks_file" ] || container_hooks_file=/etc/container-hooks/config.toml
}

# Whether the bypass is on: a switch in the run folder or beside config.toml, of the user that we are. It is looked
# at before anything of ours that can be broken, and without starting a process.
container_hooks_is_bypassed() {
  for container_hooks_at in "$container_hooks_run/@SWITCH@" "$container_hooks_config/@SWITCH@"; do
    [ -f "$container_hooks_at" ] && [ ! -L "$container_hooks_at" ] && [ -r "$container_hooks_at" ] || continue
    [ -O "$container_hooks_at" ] && [ -O "${container_hooks_at%/*}" ] || continue
    container_hooks_word='' container_hooks_boot='' container_hooks_until=''
    read -r container_hooks_word container_hooks_boot container_hooks_until container_hooks_rest <"$container_hooks_at"
    case $container_hooks_word in on | '') ;; *) continue ;; esac
    case ${container_hooks_boot:--} in
      -) ;;
      *)
        [ -r /proc/sys/kernel/random/boot_id ] || continue
        read -r container_hooks_now </proc/sys/kernel/random/boot_id
        [ "$container_hooks_boot" = "$container_hooks_now" ] || continue
        ;;
    esac
    case ${container_hooks_until:--} in
      -) ;;
      *[!0-9]*) continue ;;
      *)
        [ -r /proc/uptime ] || continue
        read -r container_hooks_now container_hooks_word </proc/uptime
        [ "${container_hooks_now%%.*}" -lt "$container_hooks_until" ] || continue
        ;;
    esac
    # One that others can write is the program's to refuse. Where there is no ls, its owner has to do.
    case $container_hooks_newline$(PATH=@PATH@ && ls -ldn "$container_hooks_at" "${container_hooks_at%/*}" 2>/dev/null) in
      *"$container_hooks_newline"?????w* | *"$container_hooks_newline"????????w*) continue ;;
    esac
    return 0
  done
  return 1
}

# Finds the file by which a gate stands while the bypass is on: a line of the configuration, in whatever way it is
# written, or what was kept of the last configuration that could be read. The program says which gate it is.
container_hooks_find_gates() {
  container_hooks_gates=''
  for container_hooks_at in "$container_hooks_file" "${container_hooks_file%/*}"/conf.d/*.toml; do
    [ -f "$container_hooks_at" ] && [ -r "$container_hooks_at" ] || continue
    while read -r container_hooks_word || [ -n "$container_hooks_word" ]; do
      case $container_hooks_word in
        \#*) ;;
        *bypassable*false* | *\\[uUx]*) container_hooks_gates=$container_hooks_at && return ;;
      esac
    done <"$container_hooks_at"
  done
  [ ! -e "$container_hooks_state/@GATES@" ] || container_hooks_gates=$container_hooks_state/@GATES@
}

# Prints the time.
container_hooks_now() {
  PATH=@PATH@
  date -u +%Y-%m-%dT%H:%M:%SZ || busybox date -u +%Y-%m-%dT%H:%M:%SZ
}

# Puts a create that the program does not see on record, for `explain`: $1 is what becomes of it, $2 why; the rest is
# the command line, whose last word mostly is the id. Where it cannot be written nothing else is lost.
container_hooks_note() {
  container_hooks_outcome=$1 container_hooks_because=$2
  shift 2
  for container_hooks_word do :; done
  case $container_hooks_word in '' | *[!A-Za-z0-9_+.-]*) container_hooks_word=- ;; esac
  (
    umask 077
    PATH=@PATH@
    [ -d "$container_hooks_run" ] || mkdir "$container_hooks_run"
    # Nobody else's folder, and no link or pipe in ours.
    container_hooks_at=$container_hooks_run/@PAST@
    [ -O "$container_hooks_run" ] && [ ! -L "$container_hooks_run" ] && [ ! -L "$container_hooks_at" ] || exit 0
    [ -f "$container_hooks_at" ] || [ ! -e "$container_hooks_at" ] || exit 0
    set -- "$(container_hooks_now)" "$container_hooks_outcome" "$container_hooks_word" "$container_hooks_because"
    printf '%s %s %s %s\n' "$@" >>"$container_hooks_at"
  ) 2>/dev/null || :
}

# Writes into our own log, where the switch says how and where, that a container starts without us.
container_hooks_log_bypass() {
  # The id mostly comes last. The rest of the switch is: since, until, format, file.
  for container_hooks_word do :; done
  container_hooks_rest=${container_hooks_rest#* } && container_hooks_rest=${container_hooks_rest#* }
  container_hooks_log=${container_hooks_rest#* }
  [ -f "$container_hooks_log" ] && [ ! -L "$container_hooks_log" ] || return 0
  case $container_hooks_word in '' | *[!A-Za-z0-9_+.-]*) container_hooks_word='' ;; esac
  (
    stamp=$(container_hooks_now) message='bypass is on: the launcher let it pass, whatever is broken'
    case ${container_hooks_rest%% *} in
      json) line="{\"container\":\"$container_hooks_word\",\"level\":\"warning\",\"msg\":\"$message\",\"time\":\"$stamp\"}" ;;
      *) line="time=\"$stamp\" level=warning msg=\"$message\" container=\"$container_hooks_word\"" ;;
    esac
    printf '%s\n' "$line" >>"$container_hooks_log"
  ) 2>/dev/null
}

# The way out. A gate that stands is asked all the same, by the program; nothing is done then at a start.
container_hooks_gates='' container_hooks_bypass='' container_hooks_count=$#
container_hooks_find_folders
if [ -n "$container_hooks_creates$container_hooks_starts" ] && [ "$container_hooks_creates" != leads_back ]; then
  if container_hooks_is_bypassed; then
    container_hooks_bypass=on container_hooks_starts=''
    [ -z "$container_hooks_creates" ] || container_hooks_find_gates
    if [ -n "$container_hooks_creates" ] && [ -z "$container_hooks_gates" ]; then
      container_hooks_log_bypass "$@"
      container_hooks_note bypassed 'the bypass is on: the launcher let it pass' "$@"
      container_hooks_creates=''
    fi
  fi
fi

# The start of a container that is marked, because a plugin has something to do then.
if [ -n "$container_hooks_starts" ]; then
  container_hooks_marks=$container_hooks_run/@MARKS@
  [ ! -d "$container_hooks_marks" ] || for container_hooks_word do
    case $container_hooks_word in *[!A-Za-z0-9_+.-]* | '') continue ;; esac
    for container_hooks_at in "$container_hooks_marks/$container_hooks_word".*; do
      [ ! -e "$container_hooks_at" ] || container_hooks_creates=${container_hooks_creates:-starts}
    done
  done
fi

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
  # Behind the command of a create that the bypass lets pass, it alone can tell them from words of the runtime.
  [ -z "$container_hooks_bypass" ] || for container_hooks_word do
    case $container_hooks_word in
      -hook-spec* | --hook-spec* | -add-hook* | --add-hook*) container_hooks_creates=may ;;
    esac
  done
fi
[ -z "$container_hooks_creates" ] && [ -x "$container_hooks_runtime" ]@END_CHAIN@ && exec "$container_hooks_runtime" "$@"

# Ends with the sentence $1 for a person and $2 for the engine's log; the rest is the command line.
container_hooks_fail() {
  printf '%s\n' "$1" >&2
  container_hooks_sentence=$2 container_hooks_said=$1
  shift 2
  [ -z "$container_hooks_creates" ] || container_hooks_note refused "${container_hooks_said#container-hooks: }" "$@"
  container_hooks_find_log "$@"
  [ -n "$container_hooks_log" ] || exit 1
  # A named pipe would wait for a reader.
  [ -f "$container_hooks_log" ] || [ ! -e "$container_hooks_log" ] || exit 1
  [ ! -L "$container_hooks_log" ] || exit 1
  container_hooks_time=$(container_hooks_now 2>/dev/null)
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

# Finds what lets containers start until the program is mended; $1 says whether it can still be called.
container_hooks_find_way() {
  container_hooks_at=$container_hooks_run/@SWITCH@
  [ -d "$container_hooks_run" ] && [ -w "$container_hooks_run" ] || container_hooks_at=$container_hooks_config/@SWITCH@
  [ -z "$container_hooks_gates" ] || container_hooks_at=$container_hooks_gates
  # As a shell reads it, and a log.
  case $container_hooks_at in *[!A-Za-z0-9_/.+@:=,~-]*) container_hooks_at='@SWITCH@ beside config.toml' ;; esac
  case $container_hooks_gates,$1 in
    */@GATES@,*) container_hooks_way=@GATE_KEPT@ ;;
    ?*,*) container_hooks_way=@GATE_STANDS@ ;;
    ,works) container_hooks_way=@BYPASS@ ;;
    *) container_hooks_way=@SWITCH_BY_HAND@ ;;
  esac
}

@ASK_SERVICE@
# What the service answers is what the program would have said; where it does not, the program is started.
container_hooks_warm() {
  container_hooks_why='another user than root asks' && [ -O / ] || return 1
  container_hooks_why='the bypass is on, and a gate stands' && [ -z "$container_hooks_bypass" ] || return 1
  container_hooks_folder=$container_hooks_run/@SERVICE@
  case $container_hooks_creates,$container_hooks_starts in
    starts,*) container_hooks_folder=$container_hooks_run/@HANDLERS@ ;;
    *,?*) container_hooks_why='it may be a start' && return 1 ;;
  esac
  # The service sees the arguments that this process was started with, and files of ours in their usual places.
  container_hooks_why='options of ours stand in front of the command'
  [ $# -eq "$container_hooks_count" ] || return 1
  container_hooks_why='a variable of ours is in its environment' && [ -z "@ELSEWHERE@" ] || return 1
  set -C
  { container_hooks_ask "$container_hooks_folder" $# "$container_hooks_runtime"; } 2>/dev/null
  set +C
  case $container_hooks_said in
    "$container_hooks_place $$ "*) container_hooks_said=${container_hooks_said#* * } ;;
    "$container_hooks_place 0 cold "*) container_hooks_why=${container_hooks_said#* * * } && return 1 ;;
    *) return 1 ;;
  esac
  container_hooks_outcome=${container_hooks_said%% *}
  case $container_hooks_said in
    edited\ *) container_hooks_status=@EDITED@ ;;
    nothing\ *) container_hooks_status=@NOTHING@ ;;
    refused\ *)
      printf 'container-hooks: %s\n' "${container_hooks_said#refused }" >&2
      exit 1
      ;;
    *) container_hooks_why=${container_hooks_said#cold } && return 1 ;;
  esac
  container_hooks_said=${container_hooks_said#* }
  container_hooks_word=${container_hooks_said%% *}
  container_hooks_said=${container_hooks_said#* }
  # Where another process reads the same pipe, each gets some of the letters, of this answer and of its repetition.
  container_hooks_why='the answer of the service is torn'
  [ "$container_hooks_word" = "${#container_hooks_said}" ] || return 1
  container_hooks_word=${container_hooks_said%% *}
  container_hooks_last="end $container_hooks_outcome${container_hooks_said#"$container_hooks_word"}"
  container_hooks_said="$container_hooks_newline"
  [ "$container_hooks_word" = - ] ||
    container_hooks_said="${container_hooks_newline}entry $container_hooks_word$container_hooks_newline"
}

[ -x "$container_hooks_runtime" ] || container_hooks_fail @MISSING@ "$@"
@REFUSE_LOOP@
container_hooks_what='the container'
# Looks whether the program can be started, and finds what gives it an environment of its own.
container_hooks_find_program() {
  container_hooks_find_way broken
  [ -e "$container_hooks_program" ] || container_hooks_fail @PROGRAM_GONE@ "$@"
  [ -x "$container_hooks_program" ] || container_hooks_fail @PROGRAM_DENIED@ "$@"
  [ -e /proc/self/exe ] || container_hooks_fail @PROC_MISSING@ "$@"
  for container_hooks_env in @ENV@ ''; do
    [ ! -x "$container_hooks_env" ] || break
  done
  [ -n "$container_hooks_env" ] || container_hooks_fail @ENV_MISSING@ "$@"
}

# Starts the program. It gets an environment of its own: what preloads a library or sets an option of its engine in
# the caller's is not for it. What it says on descriptor @CHANNEL@ comes here, and nothing that it prints.
container_hooks_cold() {
  container_hooks_find_program "$@"
  container_hooks_said=$(
    set -- plan --launcher=@INTERFACE@ --runtime "$container_hooks_runtime" --parent $$ \
      --cold "$container_hooks_why" -- "$@"
    set -- "$container_hooks_program" "$@"
    if [ ! -O / ]; then
      set -- @USERS@ "$@"
    fi
    # Deno does not start in a folder that was removed; in this one, too, nothing is found. The runtime stays there.
    [ "${PWD:-/proc/self/lost}" -ef . ] || { [ -n "$PWD" ] && pwd -P >/dev/null 2>&1; } || {
      cd /proc/self/fdinfo 2>/dev/null || cd / && set -- CONTAINER_HOOKS_FOLDER=gone "$@"
    }
    set -- -i PATH=@PATH@ \
      @OURS@ \
      "$@"
    # Of a program that is many, the one that is wanted.
    case $container_hooks_env in */env) ;; *) set -- env "$@" ;; esac
    container_hooks_wait 2>/dev/null
    # What it cannot write for a limit is to be an error, and not its end.
    trap '' XFSZ
    exec "$container_hooks_env" "$@" @CHANNEL@>&1 </dev/null >/dev/null
  )
  container_hooks_status=$?
  container_hooks_last=${container_hooks_said##*"$container_hooks_newline"}
}

container_hooks_warm "$@" || container_hooks_cold "$@"

case $container_hooks_status:$container_hooks_last in
  @EDITED@:end\ edited | @EDITED@:end\ edited\ * | @NOTHING@:end\ nothing | @NOTHING@:end\ nothing\ *) ;;
  @REFUSED@:end\ refused) exit 1 ;;
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
    case $container_hooks_status,$container_hooks_where in
      # It was never started, or a part of it was not.
      126, | 127,) container_hooks_fail @NOT_STARTED@ "$@" ;;
      # SIGILL, SIGBUS, SIGFPE, SIGSEGV: no plugin, and no want of memory.
      132,* | 135,* | 136,* | 139,*) container_hooks_fail @DAMAGED@ "$@" ;;
    esac
    container_hooks_find_way works
    case $container_hooks_status,$container_hooks_where in
      # SIGTRAP, SIGABRT and SIGKILL: the loop that is killed, and what memory is too short for.
      133,* | 134,* | 137,*) container_hooks_fail @KILLED@ "$@" ;;
      129,* | 130,* | 131,* | 143,*) container_hooks_fail @ENDED_BY_SIGNAL@ "$@" ;;
      *,?*) container_hooks_fail @ENDED_BY_PLUGIN@ "$@" ;;
    esac
    container_hooks_find_way broken
    container_hooks_fail @ENDED@ "$@"
    ;;
esac

# The words that are our own options, as the program read the command line.
container_hooks_ours=" ${container_hooks_last#end [a-z]* } "
container_hooks_at=0
[ "$container_hooks_ours" = " $container_hooks_last " ] || for container_hooks_word do
  shift
  case $container_hooks_ours in
    *" $container_hooks_at "*) ;;
    *) set -- "$@" "$container_hooks_word" ;;
  esac
  container_hooks_at=$((container_hooks_at + 1))
done
@NAME_ENTRY@
exec "$container_hooks_runtime" "$@"
