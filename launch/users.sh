# Who uses the stage, and its end. Each process has a file of its number and mark (process.sh) in `.pharos/users`; the staged Python removes it
# when it ends, and the stage with the last one (python/staged/leave.py). A stage with `.pharos/keep` stays until --clean.

# Before the command starts: nobody may clean from here on. Fails where somebody just has.
pharos_enter() {
  { : >"$pharos_stage/.pharos/users/$$.$pharos_mark"; } 2>/dev/null && [ -e "$pharos_stage/.pharos/complete" ]
}

# pharos_is_used STAGE [seen]: whether a process that entered it is there still, or may be; `seen`: of those that can be seen.
# Files of the dead are removed: processes of another namespace cannot tell.
pharos_is_used() {
  for pharos_item in "$1"/.pharos/users/*; do
    [ -e "$pharos_item" ] || continue
    pharos_is_alive "$pharos_item"
    case $?,${2:-} in
      0,* | 2,) return 0 ;;
      1,*) rm -f "$pharos_item" ;;
    esac
  done
  return 1
}

# pharos_tell_misses STAGE: one file a node beside the image, as leave.py does where a Python ends last.
pharos_tell_misses() {
  set -- "$1" "$1"/.pharos/misses/*
  [ -e "$2" ] && read -r pharos_value <"$1/.pharos/image" || return 0
  shift
  pharos_misses=$pharos_value/misses
  pharos_value=$(uname -n).$$
  mkdir -m 700 "$pharos_misses" 2>/dev/null
  LC_ALL=C sort -u "$@" 2>/dev/null >"$pharos_misses/.$pharos_value" &&
    mv "$pharos_misses/.$pharos_value" "$pharos_misses/$pharos_value"
}

# pharos_remove_stage STAGE: away from its name first, so that nobody enters what is half gone.
pharos_remove_stage() {
  pharos_tell_misses "$1" 2>/dev/null
  mv "$1" "$1.gone.$$.$pharos_mark" 2>/dev/null && rm -rf "$1.gone.$$.$pharos_mark"
}

# What was being made by processes that are no more.
pharos_sweep_parts() {
  for pharos_item in "$pharos_home"/.part.* "$pharos_home"/.probe.* "$pharos_home"/.gone.* "$pharos_home"/*.gone.*; do
    [ -e "$pharos_item" ] || continue
    pharos_is_alive "$pharos_item"
    [ $? -ne 1 ] || rm -rf "$pharos_item"
  done
}

# pharos_is_outdated STAGE: nobody asked to keep it, or the image was packed anew since.
pharos_is_outdated() {
  [ -e "$1/.pharos/keep" ] || return 0
  pharos_value=
  read -r pharos_value <"$1/.pharos/image" && [ "$pharos_value" = "$pharos_folder" ]
}

# When a new stage is there: what jobs left here that were killed, and older stages of the same image.
pharos_sweep() {
  for pharos_old in "$pharos_home"/[0-9a-f]*; do
    case ${pharos_old##*/} in
      "$pharos_name" | *[!0-9a-f]*) continue ;;
    esac
    [ -d "$pharos_old/.pharos" ] && pharos_is_outdated "$pharos_old" || continue
    pharos_is_used "$pharos_old" || pharos_remove_stage "$pharos_old"
  done
}

# A command that is no Python may end last, and cannot clean: a process beside the job waits for its end.
pharos_watch() {
  (set -C && : >"$pharos_stage/.pharos/watched") 2>/dev/null || return 0
  (
    (
      # Of another namespace, only those see the end who are there.
      while pharos_is_used "$pharos_stage" seen; do sleep 1; done
      rm -f "$pharos_stage/.pharos/watched"
      [ -e "$pharos_stage/.pharos/keep" ] || pharos_is_used "$pharos_stage" || pharos_remove_stage "$pharos_stage"
    ) &
  ) </dev/null >/dev/null 2>&1
}

pharos_clean_here() {
  pharos_status=0
  while pharos_find_stage; do
    pharos_remove_stage "$pharos_stage" || {
      pharos_status=1
      break
    }
  done
  pharos_spread_on
  return $pharos_status
}
