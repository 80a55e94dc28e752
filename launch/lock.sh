# One process a node makes the stage, the others wait for it. The kernel gives a lock back when its holder dies.

# Where all of a node meet, before anybody has looked which destination serves: the first that can be written to. Not
# what the job has for itself first: that may be on storage where all nodes would wait for each other.
pharos_choose_meeting() {
  pharos_meeting=
  pharos_own_home=
  pharos_list_destinations
  [ -n "$pharos_destination" ] || pharos_destinations=/tmp$pharos_newline/dev/shm$pharos_newline$pharos_destinations
  pharos_each_line pharos_try_meeting "$pharos_destinations"
  pharos_list_destinations
  [ -n "$pharos_meeting" ]
}

pharos_try_meeting() {
  [ -z "$pharos_meeting" ] || return 0
  ! pharos_make_home "$1" || pharos_meeting=$pharos_home/.lock.$pharos_name
}

# pharos_with_lock FUNCTION: by one process at a time, unless the stage is there by then.
pharos_with_lock() {
  if ! pharos_choose_meeting; then
    "$@"
  elif command -v flock >/dev/null 2>&1 && pharos_take_lock; then
    pharos_find_stage || "$@"
    # Whoever waits for this file finds the stage, or makes a file anew.
    [ ! "$pharos_meeting" -ef /proc/self/fd/8 ] || rm -f "$pharos_meeting"
    exec 8>&-
  else
    pharos_take_link
    # Whoever refuses ends only this process: the link must go.
    pharos_find_stage || ("$@")
    pharos_status=$?
    rm -f "$pharos_meeting.holder"
    [ "$pharos_status" -eq 0 ] || exit "$pharos_status"
  fi
}

# A lock of a file that is no longer there keeps nobody out.
pharos_take_lock() {
  while :; do
    { exec 8>"$pharos_meeting"; } 2>/dev/null && flock 8 8>&8 2>/dev/null || return 1
    if [ "$pharos_meeting" -ef /proc/self/fd/8 ] || pharos_find_stage; then return 0; fi
  done
}

# Without flock: a link that names the process that made it. A holder that has died is relieved by whoever gets to
# rename its link.
pharos_take_link() {
  pharos_waits=0
  until ln -s "$$.$pharos_mark" "$pharos_meeting.holder" 2>/dev/null; do
    pharos_holder=$(readlink "$pharos_meeting.holder")
    ! pharos_is_relieved || pharos_relieve
    sleep 0.05 2>/dev/null || sleep 1
    pharos_waits=$((pharos_waits + 1))
  done
}

# Of a holder that nobody can look after, after five minutes at least: two at once do the work twice, and no harm.
pharos_is_relieved() {
  [ -n "$pharos_holder" ] || return 1
  pharos_is_alive "$pharos_holder"
  case $? in
    1) return 0 ;;
    2) [ "$pharos_waits" -gt 6000 ] ;;
    *) return 1 ;;
  esac
}

pharos_relieve() {
  mv "$pharos_meeting.holder" "$pharos_meeting.relieved.$$" 2>/dev/null && rm -f "$pharos_meeting.relieved.$$"
}
