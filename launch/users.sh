# Who uses the stage, and its end. Each process has a file of its number in `.pharos/users`; the staged Python removes it
# when it ends, and the stage with the last one (python/staged/leave.py). A stage with `.pharos/keep` stays until --clean.

# Before the command starts: nobody may clean from here on. Fails where somebody just has.
pharos_enter() {
  { : >"$pharos_stage/.pharos/users/$$"; } 2>/dev/null && [ -e "$pharos_stage/.pharos/complete" ]
}

# pharos_is_used STAGE: whether a process that entered it is there still.
pharos_is_used() {
  for pharos_item in "$1"/.pharos/users/*; do
    [ ! -d "/proc/${pharos_item##*/}" ] || [ "${pharos_item##*/}" = '*' ] || return 0
  done
  return 1
}

# pharos_remove_stage STAGE: away from its name first, so that nobody enters what is half gone.
pharos_remove_stage() {
  mv "$1" "$pharos_home/.gone.$$" 2>/dev/null && rm -rf "$pharos_home/.gone.$$"
}

# Under the lock, when a new stage is made: what jobs left here that were killed.
pharos_sweep() {
  for pharos_item in "$pharos_home"/.gone.*; do
    [ ! -e "$pharos_item" ] || rm -rf "$pharos_item"
  done
  for pharos_old in "$pharos_home"/[0-9a-f]*; do
    [ -d "$pharos_old/.pharos" ] && [ ! -e "$pharos_old/.pharos/keep" ] && [ "$pharos_old" != "$pharos_stage" ] || continue
    pharos_is_used "$pharos_old" || pharos_remove_stage "$pharos_old"
  done
}

# A command that is no Python may end last, and cannot clean: a process beside the job waits for its end.
pharos_watch() {
  (set -C && : >"$pharos_stage/.pharos/watched") 2>/dev/null || return 0
  (
    (
      while pharos_is_used "$pharos_stage"; do sleep 1; done
      [ -e "$pharos_stage/.pharos/keep" ] || pharos_remove_stage "$pharos_stage"
    ) &
  ) </dev/null >/dev/null 2>&1
}

pharos_clean_here() {
  ! pharos_find_stage || pharos_remove_stage "$pharos_stage"
}
