## Part of the launcher and of the hook's script: asks the service of serve/ at one of its places, see
## serve/places.ts. It starts no process. launcher_text.ts leaves out these lines.
##
## Pipes are opened first and the lock is made last, since a lock whose pipe nobody reads is a dead one's. A bare
## `exec N<` that fails would end dash and ash, and 6 to 9 may be the caller's own: a group gives them back. Closing 8
## is for `exec`: of one that a group closes bash keeps a copy, and with that no end of the pipe would ever be read.
# Asks the service in the folder $1 with the last $2 arguments of this process, about $3; what it says is in
# container_hooks_said: "N PID WORD ...", or anything else where this process has to do the work itself, and then
# container_hooks_why tells why. Once container_hooks_begun is set, the service has begun what must not be done twice;
# container_hooks_told is then what it says for people. A service of another program is not asked.
container_hooks_ask() {
  container_hooks_said='' container_hooks_begun='' container_hooks_told='' container_hooks_why='no service runs'
  [ -f "$1/now" ] || return 1
  IFS=' ' read -r container_hooks_word container_hooks_at container_hooks_places container_hooks_rest <"$1/now" || return 1
  [ "$container_hooks_word" != @COLD@ ] || {
    container_hooks_why="$container_hooks_at $container_hooks_places $container_hooks_rest"
    return 1
  }
  container_hooks_why="the service speaks version $container_hooks_word, and this launcher @SERVICE_VERSION@"
  [ "$container_hooks_word" = @SERVICE_VERSION@ ] || return 1
  container_hooks_why="the service is of another program, $container_hooks_rest"
  [ "$container_hooks_rest" = "$container_hooks_program" ] || return 1
  container_hooks_why='the service does not say where it is'
  case $container_hooks_at,$container_hooks_places in */* | ,* | *, | *,*[!0-9]* | *,0*) return 1 ;; esac
  container_hooks_at=$1/$container_hooks_at
  container_hooks_place=$(($$ % container_hooks_places)) container_hooks_tried=0
  while [ "$container_hooks_tried" -lt "$container_hooks_places" ]; do
    container_hooks_mine=
    {
      container_hooks_mine=yes
      exec 8>&-
      printf '%s\n' "$container_hooks_place $$ $2 $3" >&9
      IFS= read -r container_hooks_said <&7 || container_hooks_said=
      while :; do
        case $container_hooks_said in
          "$container_hooks_place $$ begun") container_hooks_begun=yes ;;
          "$container_hooks_place $$ says "*)
            container_hooks_told=$container_hooks_told${container_hooks_said#* * says }$container_hooks_newline
            ;;
          *) break ;;
        esac
        IFS= read -r container_hooks_said <&7 || container_hooks_said=
      done
      printf '%s\n' "$container_hooks_place $$ done" >&9
    } 9<>"$container_hooks_at/ask" 8<>"$container_hooks_at/reply-$container_hooks_place" \
      7<"$container_hooks_at/reply-$container_hooks_place" 6>"$container_hooks_at/lock-$container_hooks_place"
    container_hooks_why='the service ended before it answered'
    [ -z "$container_hooks_mine" ] || return 0
    [ -e "$container_hooks_at/ask" ] || return 1
    container_hooks_place=$(((container_hooks_place + 1) % container_hooks_places))
    container_hooks_tried=$((container_hooks_tried + 1))
  done
  container_hooks_why='all places of the service are taken'
  return 1
}
