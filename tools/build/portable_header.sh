#!/bin/sh
# container-hooks @VERSION@, portable form: this script, then its modules and Deno @DENO@, compressed.
#
# The first start unpacks them into a folder named after their checksum; later starts go straight there and
# start no other process on the way. It needs sh, and for the first start tail, gzip and the commands that come
# with them (or busybox).
#
# Variables that live when the program is started carry a prefix: the environment goes on to the program.
# shellcheck disable=SC2030,SC2031 # what the first start sets in its subshell is for it alone

container_hooks_sha=@SHA@

# Ends with one sentence: $1 happened, do $2.
fail() {
  printf 'container-hooks: %s; %s\n' "$1" "$2" >&2
  exit 1
}

# Whether the unpacked program is there, ours, and can be run.
ready() {
  [ ! -L "$container_hooks_dir" ] && [ -O "$container_hooks_dir" ] && [ -x "$container_hooks_dir/deno" ]
}

# Whether anything comes by standard input, as a container's state does for a hook; people without a terminal get help.
given_state() {
  container_hooks_state=''
  IFS= read -r container_hooks_state 2>/dev/null || :
  [ -n "$container_hooks_state" ]
}

main() {
  container_hooks_called=${0##*/}
  case $container_hooks_called in
    container-hooks-runtime* | container-hooks-ctk) ;;
    # As a hook without arguments it is the older toolkit's marker, which does nothing.
    *) [ $# -eq 0 ] && [ ! -t 0 ] && given_state && exit 0 ;;
  esac
  container_hooks_nofile='' container_hooks_sigpipe='' container_hooks_umask=''
  case ${1-} in
    plan | dispatch) ;; # The launcher keeps all that by itself, and no runtime comes after a handler.
    *) read_inherited ;;
  esac
  case $container_hooks_nofile in
    ? | 1? | 2?) fail "only $container_hooks_nofile files may be open, too few for Deno" \
      "raise the limit of open files (ulimit -n) of whoever calls" ;;
  esac
  # What Deno caches is loaded as code: it is not made by the umask of whoever comes first.
  umask 022
  find_self
  leave_lost_folder
  [ -e /proc/self/exe ] || fail "there is no /proc, without which Deno cannot start" "mount -t proc proc /proc"
  find_installed || { find_folder && { ready || unpack; }; } || exit 1
  usable_cache
  find_door "$@"

  # Deno would look for a newer one on the network. Its cache, without which it reads our modules anew at each
  # start (a quarter of a create), lies beside them; where it cannot be written, Deno goes on without. It puts a
  # folder of that cache in front of PATH. What these variables were is handed over, and the program puts it
  # back: what Deno makes of them is not for the runtime below.
  container_hooks_was_path=${PATH+=$PATH}
  container_hooks_was_dir=${DENO_DIR+=$DENO_DIR}
  container_hooks_was_check=${DENO_NO_UPDATE_CHECK+=$DENO_NO_UPDATE_CHECK}
  export DENO_DIR="$container_hooks_dir/cache" DENO_NO_UPDATE_CHECK=1
  # Functions compiled ahead come from that cache; V8's own way is to compile each when it is first called, anew in
  # each process. A process of 20 ms ends before better code for what it calls often is made, and before garbage is
  # worth collecting.
  container_hooks_options='run --quiet --no-check --no-config --no-lock --no-npm --no-remote --no-prompt -A --unstable-worker-options
    --v8-flags=--enable-experimental-regexp-engine,--no-lazy,--no-sparkplug,--no-maglev,--min-semi-space-size=8'
  [ -e "$container_hooks_dir/cache/made" ] || make_cache
  case "${1-} ${2-}" in
    # These live as long as the machine runs, with a heap for each isolate, and without that cache: what is compiled
    # by other settings would take the place of what the others find there.
    "serve " | "serve --handlers")
      container_hooks_options="${container_hooks_options%--v8-flags=*} --no-code-cache
        --v8-flags=--enable-experimental-regexp-engine,--max-semi-space-size=1"
      ;;
  esac
  # shellcheck disable=SC2086 # options are wanted
  set -- "$container_hooks_dir/deno" $container_hooks_options "$container_hooks_dir/$container_hooks_door.js" \
    "--portable=2:$container_hooks_nofile:$container_hooks_sigpipe:$container_hooks_umask" "$container_hooks_self" \
    "$container_hooks_called" "$container_hooks_was_path" "$container_hooks_was_dir" \
    "$container_hooks_was_check" "$@"
  if needs_glibc; then
    set -- "$container_hooks_dir/@LOADER@" --library-path "$container_hooks_dir/glibc" "$@"
  fi
  exec "$@"
}

# Whether this host has no C library that Deno runs with, so that it is started with the one that came with it: found
# out when it was unpacked, or seen now, where that was done for another root.
needs_glibc() {
  [ -e "$container_hooks_dir/glibc/used" ] || [ ! -e @INTERPRETER@ ]
}

# Deno does not start in a folder that was removed. In this one, too, nothing is found and nothing can be made, and
# the program knows what it stands for. Where PWD leads elsewhere, the folder may just not be ours to look at.
leave_lost_folder() {
  [ "${PWD:-/proc/self/lost}" -ef . ] || { [ -n "$PWD" ] && pwd -P >/dev/null 2>&1; } || {
    cd /proc/self/fdinfo 2>/dev/null || cd / && export CONTAINER_HOOKS_FOLDER=gone
  }
}

# Finds the module of what containers wait for. Of every other call main.js finds it, as mod/entry_points.ts tells.
find_door() {
  container_hooks_door=main
  case $container_hooks_called in
    container-hooks-runtime*)
      container_hooks_door=@WRAPPER@
      # Most likely a container is made: what that needs comes in the same file. Either of the two does the same.
      for container_hooks_word do
        case $container_hooks_word in create | run | restore) container_hooks_door=@CREATOR@ ;; esac
      done
      ;;
  esac
  case ${1-} in
    plan) [ "${2#--launcher=}" = "${2-}" ] || container_hooks_door=@CREATOR@ ;;
    dispatch) [ "${3-}" != --journal ] || container_hooks_door=@HANDLERS@ ;;
    manifest-of | parse-plugin | test-plugin) container_hooks_door=main ;;
  esac
}

find_self() {
  case $0 in
    /*) container_hooks_self=$0 ;;
    */*) container_hooks_self=$PWD/$0 ;;
    *)
      container_hooks_self=$PWD/$0
      # `sh container-hooks` reads the file of the current folder, if there is one, before it looks on PATH.
      [ -f "$container_hooks_self" ] || container_hooks_self=$(command -v "$0")
      ;;
  esac
}

# `container-hooks install` puts this file beside its Deno and modules, in a folder named after their checksum.
# Whoever could write there could write this script too, so whose they are is not asked again.
find_installed() {
  [ -z "${CONTAINER_HOOKS_PORTABLE_DIR-}" ] || return 1
  container_hooks_dir=$container_hooks_self
  # /usr/bin/container-hooks is a link; launcher and hooks name the file itself, which costs no process.
  [ ! -L "$container_hooks_self" ] || container_hooks_dir=$(
    PATH=/usr/bin:/bin
    command -v readlink >/dev/null || readlink() { busybox readlink "$@"; }
    readlink -f "$container_hooks_self" 2>/dev/null
  )
  container_hooks_dir=${container_hooks_dir%/*}
  [ "${container_hooks_dir##*/}" = "$container_hooks_sha" ] && [ -x "$container_hooks_dir/deno" ]
}

find_folder() {
  # Not "is the uid 0": it is in a user namespace too, where the host's /var/lib is somebody else's.
  if [ -n "${CONTAINER_HOOKS_PORTABLE_DIR-}" ]; then
    container_hooks_dir=$CONTAINER_HOOKS_PORTABLE_DIR
  elif [ -O / ]; then
    container_hooks_dir=/var/lib/container-hooks/portable
  elif [ -n "${XDG_DATA_HOME-}" ]; then
    container_hooks_dir=$XDG_DATA_HOME/container-hooks/portable
  elif [ -n "${HOME-}" ]; then
    container_hooks_dir=$HOME/.local/share/container-hooks/portable
  else
    fail "there is no folder to unpack into: HOME is not set" "set HOME or CONTAINER_HOOKS_PORTABLE_DIR"
  fi
  case $container_hooks_dir in
    /*) container_hooks_dir=$container_hooks_dir/$container_hooks_sha ;;
    *) fail "the folder to unpack into, $container_hooks_dir, is not an absolute path" \
      "correct CONTAINER_HOOKS_PORTABLE_DIR, XDG_DATA_HOME or HOME" ;;
  esac
}

# What Deno changes at its start, or we do, and a runtime must not inherit changed. Empty where /proc does not tell.
read_inherited() {
  if [ -r /proc/self/status ]; then read_umask; else container_hooks_umask=$(umask); fi
  [ -r /proc/self/stat ] && [ -r /proc/self/limits ] || return 0
  read -r container_hooks_line </proc/self/stat
  # shellcheck disable=SC2086 # fields are wanted
  set -- ${container_hooks_line##*) }
  # Of field 33, the ignored signals, the 13th bit.
  container_hooks_sigpipe=$((${31} >> 12 & 1))
  while read -r container_hooks_line; do
    case $container_hooks_line in
      "Max open files"*)
        # shellcheck disable=SC2086 # fields are wanted
        set -- $container_hooks_line
        container_hooks_nofile=$4
        break
        ;;
    esac
  done </proc/self/limits
}

# The umask, without another process where /proc tells it: Linux does from 4.7 on.
read_umask() {
  container_hooks_umask=
  while read -r container_hooks_line container_hooks_umask; do
    [ "$container_hooks_line" != Umask: ] || return 0
  done </proc/self/status
  container_hooks_umask=$(umask)
}

# Has V8 compile what containers wait for. No call does that by the way: one that becomes the runtime ends before Deno
# would keep what was compiled. The first that comes makes it, and only once, whatever becomes of that.
make_cache() (
  [ -w "$container_hooks_dir/cache" ] && : 2>/dev/null >"$container_hooks_dir/cache/made" || exit 0
  # shellcheck disable=SC2086 # options are wanted
  set -- "$container_hooks_dir/deno" $container_hooks_options "$container_hooks_dir/@WARM@"
  if needs_glibc; then
    set -- "$container_hooks_dir/@LOADER@" --library-path "$container_hooks_dir/glibc" "$@"
  fi
  "$@" </dev/null >/dev/null 2>&1
)

# Whoever could put a cache of his own there would have his code run by root. Its mode keeps others out.
usable_cache() {
  [ -O / ] && [ -e "$container_hooks_dir/cache" ] || return 0
  [ ! -L "$container_hooks_dir/cache" ] && [ -O "$container_hooks_dir/cache" ] ||
    fail "the cache $container_hooks_dir/cache is not root's own folder" "find out who made it and remove it"
}

# A subshell: PATH, umask and the variables of the first start stay out of the later ones.
unpack() (
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export LC_ALL=C
  umask 077
  parent=${container_hooks_dir%/*}
  remedy="make $parent writable, or name another folder with CONTAINER_HOOKS_PORTABLE_DIR"
  find_tools tail gzip mkdir mv rm ls chmod sleep
  refuse_unusable
  why=$(mkdir -p "$parent" 2>&1) || fail "cannot unpack: ${why##*mkdir: }" "$remedy"
  refuse_untrusted || exit 1

  namespace=$(ls -l /proc/self/ns/pid 2>/dev/null)
  namespace=${namespace##*'['} namespace=${namespace%']'}
  me=$$.$(started $$).$namespace
  temporary=$parent/.unpack.$me
  why=$(mkdir "$temporary" 2>&1) || fail "cannot unpack: ${why##*mkdir: }" "$remedy"
  trap 'rm -rf "$temporary"; unlock' EXIT
  lock
  ready && exit 0
  sweep
  extract
  ready || refuse_unusable
)

# Makes functions that call busybox of those commands that are not there by themselves.
find_tools() {
  for tool do
    command -v "$tool" >/dev/null && continue
    command -v busybox >/dev/null ||
      fail "cannot unpack: there is neither $tool nor busybox" "install gzip and coreutils, or busybox"
    eval "$tool() { busybox $tool \"\$@\"; }"
  done
}

# Says what is wrong with a folder that is there and not ready. One that appears meanwhile is ready.
refuse_unusable() {
  dir=$container_hooks_dir
  [ ! -L "$dir" ] || fail "the unpacked program $dir is a symbolic link" "find out who made it and remove it"
  if [ ! -e "$dir" ] || ready; then return; fi
  [ -O "$dir" ] || fail "the unpacked program $dir belongs to somebody else" "find out who made it and remove it"
  [ ! -f "$dir/deno" ] || fail "$dir/deno cannot be executed: its mode or a noexec mount forbids it" \
    "remove $dir, or name a folder elsewhere with CONTAINER_HOOKS_PORTABLE_DIR"
  fail "the unpacked program $dir is incomplete" "remove that folder; the next start unpacks it again"
}

# Whoever may write a folder on the way could exchange what root runs.
refuse_untrusted() (
  set -f
  cd -P "$parent" || fail "the folder $parent cannot be entered" "$remedy"
  at=$PWD
  while :; do
    # shellcheck disable=SC2046 # mode, links, uid
    set -- $(ls -ldn "$at/.")
    [ "$3" = 0 ] || [ -O "$at/." ] || overflow "$3" "$at/." ||
      fail "cannot unpack into $parent: ${at:-/} belongs to uid $3" "chown it, or set CONTAINER_HOOKS_PORTABLE_DIR"
    case $1 in
      ?????????[tT]*) ;; # Only an entry's owner renames it, and the entry on our way has been checked.
      ????????w*) shared=everybody ;;
      # A user's own group is common with a umask of 002; root's folders have no such excuse.
      ?????w*) [ ! -O / ] || shared="its group" ;;
    esac
    [ -z "${shared-}" ] || fail "cannot unpack into $parent: $shared may write ${at:-/}" \
      "chmod go-w it, or set CONTAINER_HOOKS_PORTABLE_DIR"
    [ -n "$at" ] && [ "$at" != / ] || break
    at=${at%/*}
  done
)

# Whether uid $1 stands for the host's root in our user namespace: overflow uid, and $2 not ours to write.
overflow() {
  read -r _ _ size </proc/self/uid_map && [ "$size" != 4294967295 ] || return 1
  # Not `read`: it reads byte by byte, and the kernel gives such a file's first byte alone.
  uid=$(tail -n 1 /proc/sys/kernel/overflowuid) && [ "$1" = "$uid" ] && [ ! -w "$2" ]
}

# Prints when process $1 started, which tells it from a later one of that number; nothing where it is gone.
started() {
  [ -r "/proc/$1/stat" ] || return 0
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
  # shellcheck disable=SC2086 # fields are wanted
  set -- ${stat##*) }
  echo "${20}"
}

# Whether the process named $1, PID.START.NAMESPACE, still runs. One of another PID namespace may.
lives() {
  [ "${1##*.}" = "$namespace" ] || return 0
  kill -0 "${1%%.*}" 2>/dev/null && [ "$1" = "${1%%.*}.$(started "${1%%.*}").$namespace" ]
}

# Waits until nobody else unpacks. It only saves work: two that unpack at once do each other no harm, since
# the folder is renamed into place whole. So it need not hold against every race, and waits a minute at most.
lock() {
  waited=0 nameless=0
  # Whoever has it says so in any case, also where another has just got ready: a lock without a name stays.
  until ready || { mkdir "$parent/.lock" 2>/dev/null && { echo "$me" 2>/dev/null >"$parent/.lock/holder" || :; }; }; do
    holder=
    read -r holder 2>/dev/null <"$parent/.lock/holder"
    if [ -z "$holder" ]; then nameless=$((nameless + 1)); else nameless=0; fi
    # Without a name: its holder has just made it, or was killed right then.
    if [ "$nameless" -gt 10 ] || [ "$waited" -ge 300 ] || { [ -n "$holder" ] && ! lives "$holder"; }; then
      mv "$parent/.lock" "$parent/.dead.$me.$waited" 2>/dev/null && rm -rf "$parent/.dead.$me.$waited"
    fi
    [ "$waited" -lt 300 ] || return 0
    waited=$((waited + 1))
    sleep 0.2 2>/dev/null || sleep 1
  done
}

unlock() {
  holder=
  read -r holder 2>/dev/null <"$parent/.lock/holder"
  [ "$holder" != "$me" ] || rm -rf "$parent/.lock"
}

# Removes what killed ones left. Renamed first: an orphan of one may be about to rename its folder into place.
sweep() {
  for left in "$parent"/.unpack.*; do
    lives "${left##*/.unpack.}" || mv "$left" "$parent/.dead.$me.${left##*/.unpack.}" 2>/dev/null
  done
  rm -rf "$parent"/.dead.*
}

extract() {
  file="$container_hooks_self"
  [ -r "$file" ] || fail "cannot unpack: $file cannot be read" "chmod a+r $file"
  why=$({ tail -c +@DENO_START@ "$file" 2>/dev/null | gzip -dc >"$temporary/deno"; } 2>&1) || why_not_extracted
  chmod 700 "$temporary/deno"
  mkdir "$temporary/cache"
  run_unpacker
  status=$?
  case $status in
    0 | 3 | 126) ;;
    # The host's C library may be missing, older than what Deno needs, or another one. Where it is not that, what
    # Deno said first is what is wrong.
    *)
      first=$why
      extract_glibc
      if run_unpacker "$temporary/@LOADER@" --library-path "$temporary/glibc"; then status=0; else why=$first; fi
      ;;
  esac
  case $status in
    0) ;;
    3) why_not_extracted ;;
    126) fail "cannot run what was unpacked into $parent: it is on a noexec mount or of another architecture" \
      "name a folder elsewhere with CONTAINER_HOOKS_PORTABLE_DIR" ;;
    127) fail "Deno cannot run here, with the C library that it brings either: ${why%%"$newline"*}" \
      "try it with another form of container-hooks" ;;
    *) fail "Deno cannot run here: ${why%%"$newline"*}" "try it with another form of container-hooks" ;;
  esac
}

# Checks and places everything by Deno; what is given starts it. Sets why to what it said.
run_unpacker() {
  why=$(DENO_DIR="$file/none" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 \
    "$@" "$temporary/deno" eval --quiet --no-config --no-lock --no-npm --no-remote "$unpacker" \
    "$file" "$temporary" "$container_hooks_dir" @MODULES_START@ @MODULES_LENGTH@ @GLIBC_START@ @GLIBC_LENGTH@ \
    "$files" 2>&1 </dev/null)
}

# Gets the C library out that came with Deno, for a host that has none, or another one. The unpacker checks it.
extract_glibc() {
  find_tools head
  mkdir "$temporary/glibc"
  all=$temporary/glibc/used
  why=$({ tail -c +@GLIBC_START@ "$file" | head -c @GLIBC_LENGTH@ | gzip -dc >"$all"; } 2>&1) || why_not_extracted
  at=1
  for part in @GLIBC_FILES@; do
    why=$({ tail -c +$at "$all" | head -c "${part##*:}" >"$temporary/${part%:*}"; } 2>&1) || why_not_extracted
    at=$((at + ${part##*:}))
  done
  chmod 700 "$temporary/@LOADER@"
  # Empty, it tells later starts that this library is used.
  : >"$all"
}

newline='
'

why_not_extracted() {
  why=${why##*"$newline"} # GNU's gzip begins with an empty line
  case $why in
    *[Nn]"o space"* | *[Qq]uota*) remedy="free @MEGABYTES@ MB there, or name another folder with CONTAINER_HOOKS_PORTABLE_DIR" ;;
    *"Read-only"* | *"ermission denied"* | *"cannot create"* | *"can't create"*) ;;
    *) remedy="copy the file anew" ;;
  esac
  fail "cannot unpack $file into $parent: $why" "$remedy"
}

# JavaScript, run by the Deno that was just unpacked: it checks and places everything.
unpacker=@UNPACKER@

# What is unpacked, with the checksums.
files=@FILES@

main "$@"
exit 1
