# One process a node makes the stage, the others wait for it. The kernel gives a lock back when its holder dies.

pharos_with_lock() {
  pharos_lock=$pharos_home/.lock.$pharos_name
  if command -v flock >/dev/null 2>&1; then
    exec 8>"$pharos_lock"
    flock 8
    "$@"
    exec 8>&-
  else
    pharos_take_folder_lock
    "$@"
    rm -rf "$pharos_lock.d"
  fi
}

# Without flock: a folder, with the process that made it. A holder that has died is relieved.
pharos_take_folder_lock() {
  until mkdir "$pharos_lock.d" 2>/dev/null; do
    pharos_holder=
    read -r pharos_holder <"$pharos_lock.d/holder" 2>/dev/null || :
    if [ -n "$pharos_holder" ] && [ ! -d "/proc/$pharos_holder" ]; then
      # Only one of those that wait gets to rename it.
      mv "$pharos_lock.d" "$pharos_lock.d.$$" 2>/dev/null && rm -rf "$pharos_lock.d.$$"
    fi
    sleep 0.05 2>/dev/null || sleep 1
  done
  printf '%s\n' "$$" >"$pharos_lock.d/holder"
}

# Another process may have made it while this one waited.
pharos_stage_once() {
  pharos_is_staged "$pharos_chosen" || pharos_make_stage
}
