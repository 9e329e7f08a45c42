#!/bin/sh
## Template of the script that config.json names as a hook; hook_text.ts fills in what stands between two @, and
## leaves out these lines.
##
## Names are long for the same reason as in launcher.sh, with which it shares the lines that ask the service.
# The hook of container-hooks @VERSION@, written by "container-hooks launcher --hook"; write it anew, do not edit.
#
# It has the service call the handlers of a container's plugins. Where none can be asked it becomes the program, which
# calls them itself. The container's state, on standard input, is read by whoever calls them, and by nobody else.

PATH=@PATH@
container_hooks_program=@PROGRAM@
container_hooks_newline='
'
# The folder of the container may be gone at its end, and nothing here lies in it.
cd / 2>/dev/null

# Becomes the program, with the words of a hook.
container_hooks_cold() {
  [ -x "$container_hooks_program" ] && exec "$container_hooks_program" "$@"
  printf '%s\n' @PROGRAM_MISSING@ >&2
  exit 1
}

@ASK_SERVICE@
if [ $# -ne 4 ] || [ "$1" != dispatch ] || [ "$3" != --journal ] || [ ! -O / ]; then container_hooks_cold "$@"; fi

set -C
# Standard input has a second number, since a shell that reads from elsewhere has that as 0.
{ container_hooks_ask "${4%/journal/*}/@HANDLERS@" $# @HOOK@; } 5<&0 2>/dev/null
set +C
case $container_hooks_said in
  "$container_hooks_place $$ ended "*[!0-9]* | "$container_hooks_place $$ ended ") ;;
  "$container_hooks_place $$ ended "*)
    printf '%s' "$container_hooks_told" >&2
    exit "${container_hooks_said##* }"
    ;;
esac
[ -n "$container_hooks_begun" ] || container_hooks_cold "$@"
# What the service has begun is not begun again: the program says so, and takes back what is on record.
container_hooks_cold "$@" --lost </dev/null
