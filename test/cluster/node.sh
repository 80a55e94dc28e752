#!/bin/bash
# A node, as the first process in its namespaces: own /tmp, /dev/shm, /run and network; the rest is the host's file system.
set -u
name=$1
number=$2
export SLURM_CONF=$CLUSTER_STATE/slurm.conf

# Built beside and then bound over /tmp, because what stays visible in it is below /tmp itself.
make_own_tmp() {
  local fresh=$CLUSTER_STATE/run/tmp-$name folder
  mkdir -p "$fresh"
  mount -t tmpfs -o mode=1777 "tmp-$name" "$fresh"
  for folder in "$CLUSTER_STATE" $CLUSTER_VISIBLE; do
    case $folder in
      /tmp/*) mkdir -p "$fresh/${folder#/tmp/}" && mount --rbind "$folder" "$fresh/${folder#/tmp/}" ;;
    esac
  done
  mount --rbind "$fresh" /tmp
}

join_network() {
  ip link set lo up
  for _ in $(seq 500); do
    ! ip link show eth0 >/dev/null 2>&1 || break
    sleep 0.02
  done
  ip address add "10.77.0.$((10 + number))/24" dev eth0 && ip link set eth0 up
}

hostname "$name"
make_own_tmp
mount -t tmpfs -o mode=1777 "shm-$name" /dev/shm
mount -t tmpfs -o mode=755 "run-$name" /run && mkdir -p /run/user
cd /
join_network
for hook in $CLUSTER_NODE_HOOKS; do "$hook" "$name"; done
slurmd -f "$SLURM_CONF" -N "$name" </dev/null

trap 'exit 0' TERM
while :; do
  sleep 3600 &
  wait
done
