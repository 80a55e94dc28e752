#!/bin/bash
# Writes slurm.conf and the hosts file of a cluster of $1 nodes with $2 processors each.
set -eu
nodes=$1
processors=$2
network=10.77.0

# Binding needs processors that are there; without it a node may pretend to have any number of them.
task_plugin=task/none
if [ -n "$CLUSTER_BIND" ]; then
  [ "$processors" -le "$(nproc)" ] || { echo "cluster: binding needs $processors processors, there are $(nproc)" >&2 && exit 1; }
  task_plugin=task/affinity
fi

# Intervals are short and batch delays off, so that tests do not wait for the scheduler. The process tracker that needs no
# cgroup is used, for the nodes have none of their own. Munge, not the host's: it must not meet a cluster that is there.
cat >"$CLUSTER_STATE/slurm.conf" <<CONFIGURATION
ClusterName=pharos
SlurmctldHost=login($network.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$CLUSTER_STATE/munge/socket
CredType=cred/munge
MpiDefault=pmix
ProctrackType=proctrack/linuxproc
TaskPlugin=$task_plugin
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
StateSaveLocation=$CLUSTER_STATE/controller
SlurmdSpoolDir=$CLUSTER_STATE/spool/%n
SlurmctldPidFile=$CLUSTER_STATE/run/slurmctld.pid
SlurmdPidFile=$CLUSTER_STATE/run/slurmd-%n.pid
SlurmctldLogFile=$CLUSTER_STATE/log/slurmctld
SlurmdLogFile=$CLUSTER_STATE/log/slurmd-%n
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,bf_interval=2,sched_interval=2
ReturnToService=2
KillWait=5
InactiveLimit=0
Waittime=0
PropagateResourceLimits=NONE
NodeName=n[1-$nodes] NodeAddr=$network.[11-$((10 + nodes))] CPUs=$processors Boards=1 SocketsPerBoard=1 CoresPerSocket=$processors ThreadsPerCore=1 RealMemory=$CLUSTER_MEMORY_MB State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONFIGURATION

{
  echo "127.0.0.1 localhost"
  echo "$network.1 login"
  for number in $(seq "$nodes"); do echo "$network.$((10 + number)) n$number"; done
} >"$CLUSTER_STATE/hosts"
