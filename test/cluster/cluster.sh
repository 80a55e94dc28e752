#!/bin/bash
# A Slurm cluster on one machine: each node is a set of namespaces with its own host name, network, processes, /tmp.
#
#   cluster.sh up [NODES] [CPUS]          a login machine and NODES nodes of CPUS processors (default 4 of 8)
#   cluster.sh exec MACHINE -- COMMAND    runs COMMAND on `login` (srun and sbatch work there) or on a node (`n1`)
#   cluster.sh as USER MACHINE -- COMMAND the same as another user
#   cluster.sh down
#
# README.md tells what it needs, and which variables change it.
set -u

export CLUSTER_STATE=${CLUSTER_STATE:-/tmp/pharos-cluster}
export CLUSTER_VISIBLE=${CLUSTER_VISIBLE:-}      # folders below /tmp that the nodes share with the host
export CLUSTER_NODE_HOOKS=${CLUSTER_NODE_HOOKS:-} # programs that each node runs, with its name, before it joins
export CLUSTER_BIND=${CLUSTER_BIND:-}            # any value: Slurm binds tasks to processors
export CLUSTER_MEMORY_MB=${CLUSTER_MEMORY_MB:-8000}
BOOT_SECONDS=${CLUSTER_BOOT_SECONDS:-60}

here=$(dirname "$(readlink -f "$0")")
namespaces=(--mount --uts --net --pid --ipc)

give_up() {
  echo "cluster: $*" >&2
  exit 1
}

# A user who is not root brings the cluster up inside a user namespace; slurmd calls setgroups, so that needs sub-uids.
enter_user_namespace() { [ "$(id -u)" = 0 ] || namespaces=(--user "$@" "${namespaces[@]}"); }

# The login machine's first process, seen from here. Everything ends when it ends.
login_process() {
  local pid
  pid=$(cat "$CLUSTER_STATE/login.pid" 2>/dev/null) || return 1
  grep -qz "^CLUSTER_STATE=$CLUSTER_STATE\$" "/proc/$pid/environ" 2>/dev/null || return 1
  pgrep -P "$pid" | head -n 1 | grep .
}

prepare_state() {
  [ ! -e "$CLUSTER_STATE" ] || [ -e "$CLUSTER_STATE/.cluster" ] || give_up "$CLUSTER_STATE is not a cluster's folder"
  rm -rf "$CLUSTER_STATE"
  mkdir -p "$CLUSTER_STATE"/{munge,controller,spool,run,log,nodes}
  touch "$CLUSTER_STATE/.cluster"
  chmod 755 "$CLUSTER_STATE" "$CLUSTER_STATE"/{munge,spool,run,log}
  (umask 077 && head -c 128 /dev/urandom >"$CLUSTER_STATE/munge/key")
}

wait_until_up() {
  for _ in $(seq $((BOOT_SECONDS * 20))); do
    [ ! -e "$CLUSTER_STATE/up" ] || return 0
    [ ! -e "$CLUSTER_STATE/failed" ] || return 1
    sleep 0.05
  done
  return 1
}

up() {
  local nodes=${1:-4} processors=${2:-8}
  ! login_process >/dev/null || give_up "it is up already"
  prepare_state
  "$here/configuration.sh" "$nodes" "$processors"
  enter_user_namespace --map-root-user --map-auto
  setsid unshare "${namespaces[@]}" --fork --kill-child=KILL --mount-proc --propagation slave \
    "$here/login.sh" "$nodes" "$BOOT_SECONDS" </dev/null >"$CLUSTER_STATE/log/login" 2>&1 &
  echo $! >"$CLUSTER_STATE/login.pid"
  wait_until_up && return
  cat "$CLUSTER_STATE/log/login" >&2
  down
  give_up "it did not come up within $BOOT_SECONDS s"
}

execute() {
  local user=$1 machine=$2
  shift 2
  [ "${1:-}" != -- ] || shift
  local command=("$@") login node
  login=$(login_process) || give_up "it is not up"
  export SLURM_CONF=$CLUSTER_STATE/slurm.conf
  [ -z "$user" ] || command=(setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "${command[@]}")
  # nsenter starts in the root folder
  command=(bash -c 'cd "$0" 2>/dev/null || cd /; exec "$@"' "$PWD" "${command[@]}")
  if [ "$machine" != login ]; then
    node=$(cat "$CLUSTER_STATE/nodes/$machine") || give_up "there is no node $machine"
    command=(nsenter -t "$node" --mount --uts --net --pid --ipc -- "${command[@]}")
  fi
  enter_user_namespace --preserve-credentials
  exec nsenter -t "$login" "${namespaces[@]}" -- "${command[@]}"
}

down() {
  local login
  login=$(login_process) || return 0
  kill -KILL "$login"
  for _ in $(seq 100); do
    login_process >/dev/null || break
    sleep 0.05
  done
  rm -f "$CLUSTER_STATE/up" "$CLUSTER_STATE/failed"
}

case ${1:-} in
  up | down) "$@" ;;
  exec) shift && execute "" "$@" ;;
  as) shift && execute "$@" ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
