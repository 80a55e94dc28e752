#!/bin/bash
# The login machine, as the first process in its namespaces: bridge, munged, slurmctld, and the nodes below it.
set -u
nodes=$1
boot_seconds=$2
here=$(dirname "$(readlink -f "$0")")
export SLURM_CONF=$CLUSTER_STATE/slurm.conf

give_up() {
  echo "cluster: $*"
  touch "$CLUSTER_STATE/failed"
  exit 1
}

make_bridge() {
  ip link set lo up && ip link add bridge0 type bridge && ip address add 10.77.0.1/24 dev bridge0 && ip link set bridge0 up
}

start_munge() {
  munged --force --key-file="$CLUSTER_STATE/munge/key" --socket="$CLUSTER_STATE/munge/socket" \
    --pid-file="$CLUSTER_STATE/munge/pid" --log-file="$CLUSTER_STATE/munge/log" --seed-file="$CLUSTER_STATE/munge/seed"
}

start_node() {
  unshare --mount --uts --net --pid --ipc --fork --kill-child=KILL --mount-proc --propagation slave \
    "$here/node.sh" "n$1" "$1" </dev/null >"$CLUSTER_STATE/log/n$1" 2>&1 &
  node_parents[$1]=$!
}

# Waits for the node's first process and lays its cable to the bridge.
connect_node() {
  local process=""
  for _ in $(seq 200); do
    process=$(pgrep -P "${node_parents[$1]}" | head -n 1)
    [ -z "$process" ] || break
    sleep 0.02
  done
  [ -n "$process" ] || return 1
  echo "$process" >"$CLUSTER_STATE/nodes/n$1"
  ip link add "cable$1" type veth peer name eth0 netns "$process" && ip link set "cable$1" master bridge0 up
}

wait_until_idle() {
  for _ in $(seq $((boot_seconds * 10))); do
    [ "$(sinfo --noheader --states idle --format %N --Node 2>/dev/null | sort -u | wc -l)" != "$nodes" ] || return 0
    sleep 0.1
  done
  return 1
}

hostname login
make_bridge || give_up "no bridge could be made"
mount --bind "$CLUSTER_STATE/hosts" /etc/hosts
declare -A node_parents
for number in $(seq "$nodes"); do start_node "$number"; done
start_munge || give_up "munged did not start"
slurmctld -f "$SLURM_CONF" -i </dev/null || give_up "slurmctld did not start"
for number in $(seq "$nodes"); do connect_node "$number" || give_up "node n$number did not start"; done
wait_until_idle || { sinfo && give_up "not every node became idle"; }
touch "$CLUSTER_STATE/up"

# The first process of a PID namespace reaps what the others leave.
trap 'exit 0' TERM
while :; do
  sleep 3600 &
  wait
done
