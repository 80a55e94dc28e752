# How much memory a job has left on this node: files on tmpfs are charged to it.

# pharos_least KIB: keeps the least in pharos_memory.
pharos_limit_memory() {
  [ -n "$pharos_memory" ] && [ "$pharos_memory" -le "$1" ] || pharos_memory=$1
}

# pharos_read_group FOLDER LIMIT STATISTICS: of one control group, what its limit leaves. Cached files can be given back.
pharos_read_group() {
  [ -r "$1/$2" ] && [ -r "$1/memory.stat" ] && read -r pharos_value <"$1/$2" || return 0
  case $pharos_value in
    # `max`, and in version 1 a number near the largest.
    *[!0-9]* | ????????????????*) return 0 ;;
  esac
  pharos_taken_bytes=0
  while read -r pharos_key pharos_rest; do
    case " $3 " in
      *" $pharos_key "*) pharos_taken_bytes=$((pharos_taken_bytes + pharos_rest)) ;;
    esac
  done <"$1/memory.stat"
  pharos_limit_memory $(((pharos_value - pharos_taken_bytes) / 1024))
}

# pharos_read_groups FOLDER PATH LIMIT STATISTICS: the group and those above it.
pharos_read_groups() {
  pharos_group=$2
  while [ -n "$pharos_group" ]; do
    pharos_read_group "$1$pharos_group" "$3" "$4"
    pharos_group=${pharos_group%/*}
  done
}

# Sets pharos_memory: KiB that the node, the scheduler and the control groups leave; empty where nobody says.
pharos_find_memory() {
  pharos_memory=
  while read -r pharos_key pharos_value pharos_rest; do
    [ "$pharos_key" != MemAvailable: ] || pharos_limit_memory "$pharos_value"
  done </proc/meminfo
  case ${SLURM_MEM_PER_NODE:-0} in
    0 | *[!0-9]*) ;;
    *) pharos_limit_memory $((SLURM_MEM_PER_NODE * 1024)) ;;
  esac
  [ -r /proc/self/cgroup ] || return 0
  while IFS=: read -r pharos_key pharos_value pharos_rest; do
    case $pharos_key:,$pharos_value, in
      0:,,) pharos_read_groups /sys/fs/cgroup "$pharos_rest" memory.max 'anon shmem' ;;
      *,memory,*) pharos_read_groups /sys/fs/cgroup/memory "$pharos_rest" memory.limit_in_bytes 'total_rss total_shmem' ;;
    esac
  done </proc/self/cgroup
}
