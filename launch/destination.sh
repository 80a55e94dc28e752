# Where the stage is: DESTINATION/pharos-UID/DIGEST16, on storage of the node's own.

# In the order of preference: what the user names, what the job has for itself, the node's own. The paths are those of
# Frontier (https://docs.olcf.ornl.gov/systems/frontier_user_guide.html, burst buffers) and Polaris
# (https://docs.alcf.anl.gov/polaris/, local scratch); elsewhere they are not there.
pharos_list_destinations() {
  pharos_destinations=$pharos_destination
  [ -z "$pharos_destination" ] || return 0
  for pharos_item in "${SLURM_TMPDIR:-}" "${PBS_JOBFS:-}" "${LOCAL_SCRATCH:-}" "${TMPDIR:-}" \
    "/mnt/bb/${USER:-none}" /local/scratch /tmp /dev/shm; do
    case $pharos_item in
      *[:\"\'\\]* | *"$pharos_newline"*) ;;
      /*) pharos_destinations=$pharos_destinations${pharos_destinations:+$pharos_newline}${pharos_item%/} ;;
    esac
  done
}

# pharos_is_staged DESTINATION: whether the whole image is there, and it is ours.
pharos_is_staged() {
  pharos_home=$1/pharos-$pharos_uid
  pharos_stage=$pharos_home/$pharos_name
  [ -O "$pharos_home" ] && [ ! -L "$pharos_home" ] && [ -r "$pharos_stage/.pharos/complete" ] || return 1
  read -r pharos_value <"$pharos_stage/.pharos/complete" || return 1
  [ "$pharos_value" = "$pharos_digest" ]
}

# Sets pharos_stage where some destination has the image.
pharos_find_stage() {
  pharos_list_destinations
  pharos_old_ifs=$IFS
  set -f
  IFS=$pharos_newline
  # shellcheck disable=SC2086
  set -- $pharos_destinations
  IFS=$pharos_old_ifs
  set +f
  for pharos_item; do
    ! pharos_is_staged "$pharos_item" || return 0
  done
  return 1
}

# pharos_make_home DESTINATION: a folder of our own there, that nobody else can look into. Sets pharos_because where it cannot be.
pharos_make_home() {
  pharos_home=$1/pharos-$pharos_uid
  [ "$pharos_home" != "$pharos_own_home" ] || return 0
  pharos_because='it is no folder'
  [ -d "$1" ] || return 1
  if [ ! -e "$pharos_home" ] && mkdir -m 700 "$pharos_home" 2>/dev/null; then
    pharos_own_home=$pharos_home
    return 0
  fi
  pharos_because="$pharos_home belongs to somebody else, or is a link"
  if [ ! -d "$pharos_home" ]; then
    pharos_because='it cannot be written to'
    return 1
  fi
  [ -O "$pharos_home" ] && [ ! -L "$pharos_home" ] || return 1
  pharos_because="$pharos_home can be looked into or written to by others"
  case $(ls -ld "$pharos_home") in
    # A folder can inherit its group.
    drwx--[-S]---*) pharos_own_home=$pharos_home ;;
    *) return 1 ;;
  esac
}

# pharos_look_at DESTINATION: sets pharos_kind, its file system as coreutils and busybox name it, and pharos_free, in KiB.
pharos_look_at() {
  pharos_kind=
  pharos_free=
  # shellcheck disable=SC2046
  set -- $(stat -f -c '%T %a %S' "$1" 2>/dev/null)
  [ $# -eq 3 ] || return 0
  pharos_kind=$1
  pharos_free=$(($2 * ($3 / 512) / 2))
}

# Network file systems: the stage is to spare them.
pharos_is_far() {
  case $pharos_kind in
    nfs | nfs4 | lustre | gpfs | ceph | smb* | cifs | afs | beegfs* | panfs | fuseblk | fuse* | 0xbd00bd0 | gfs* | wekafs | v9fs) return 0 ;;
  esac
  return 1
}

# pharos_has_room DESTINATION: a tenth more than the files, for folders and blocks that are not full.
pharos_has_room() {
  pharos_needed=$((pharos_stage_bytes / 1024 * 11 / 10))
  pharos_because="it has ${pharos_free:-no} KiB free, and the image takes $pharos_needed"
  [ "${pharos_free:-0}" -gt "$pharos_needed" ] || return 1
  case $pharos_kind in
    tmpfs | ramfs) pharos_has_memory ;;
  esac
}

# What is put there is charged to the job, and cannot be given back while it is there.
pharos_has_memory() {
  pharos_find_memory
  pharos_because="it is memory, of which the job has $pharos_memory KiB left, and the image takes $pharos_needed"
  [ -z "$pharos_memory" ] || [ "$pharos_memory" -gt "$pharos_needed" ]
}

# Programs and libraries must be allowed to run from there: a copied one is run, and its loader maps it from there. It
# keeps its name: busybox goes by it.
pharos_can_run() {
  pharos_probe=$pharos_home/.probe.$$.$pharos_mark
  pharos_because='programs cannot be run from it (noexec)'
  for pharos_item in /bin/true /usr/bin/true; do
    [ -x "$pharos_item" ] || continue
    mkdir "$pharos_probe" 2>/dev/null && cp "$pharos_item" "$pharos_probe/true" 2>/dev/null && "$pharos_probe/true" 2>/dev/null
    pharos_status=$?
    rm -rf "$pharos_probe"
    return $pharos_status
  done
}

pharos_try_destination() {
  [ -z "$pharos_chosen" ] || return 0
  pharos_look_at "$1"
  if [ -z "$pharos_destination" ] && pharos_is_far; then
    pharos_because='it is on a network file system'
  elif pharos_make_home "$1" && pharos_has_room "$1" && pharos_can_run; then
    pharos_chosen=$1
    return 0
  fi
  pharos_refusals=$pharos_refusals${pharos_refusals:+; }"$1: $pharos_because"
}

# Sets pharos_home and pharos_stage, or refuses with what was wrong with each destination.
pharos_choose_destination() {
  pharos_chosen=
  pharos_refusals=
  pharos_each_line pharos_try_destination "$pharos_destinations"
  [ -n "$pharos_chosen" ] || pharos_refuse \
    "there is no place for the image: $pharos_refusals" \
    "Name a folder on this node's own storage: launch --dest DIR COMMAND."
  pharos_home=$pharos_chosen/pharos-$pharos_uid
  pharos_stage=$pharos_home/$pharos_name
}
