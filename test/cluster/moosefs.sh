#!/bin/bash
# A MooseFS for tests: a master (its one metadata server) and one chunk server, of files written here, without services.
#   moosefs.sh serve STATE           serves an empty file system
#   moosefs.sh mount STATE MOUNTPOINT [options of mfsmount]
#   moosefs.sh stop STATE
# MooseFS takes no address of 127.0.0.0/8: ADDRESS is given to the loopback interface, and taken from it again.
# Debian: moosefs-master moosefs-chunkserver moosefs-client iproute2. Needs root.
set -eu
state=$2
ADDRESS=${MOOSEFS_ADDRESS:-10.213.27.1}
port=${MOOSEFS_PORT:-19420} # and the nine after it

serve() {
  mkdir -p "$state/master" "$state/chunk" "$state/data"
  ip address add "$ADDRESS/32" dev lo 2>/dev/null || true
  printf 'MFSM NEW' >"$state/master/metadata.mfs"
  echo '* / rw,alldirs,admin,maproot=0:0' >"$state/exports.cfg"
  echo "$state/data" >"$state/disks.cfg"
  : >"$state/topology.cfg"
  local common="WORKING_USER=$(id -un)
WORKING_GROUP=$(id -gn)
LOCK_MEMORY=0
NICE_LEVEL=0"
  cat >"$state/master.cfg" <<END
$common
DATA_PATH=$state/master
EXPORTS_FILENAME=$state/exports.cfg
TOPOLOGY_FILENAME=$state/topology.cfg
MATOML_LISTEN_HOST=$ADDRESS
MATOML_LISTEN_PORT=$((port + 9))
MATOCS_LISTEN_HOST=$ADDRESS
MATOCS_LISTEN_PORT=$port
MATOCL_LISTEN_HOST=$ADDRESS
MATOCL_LISTEN_PORT=$((port + 1))
END
  cat >"$state/chunk.cfg" <<END
$common
DATA_PATH=$state/chunk
HDD_CONF_FILENAME=$state/disks.cfg
HDD_LEAVE_SPACE_DEFAULT=64MiB
MASTER_HOST=$ADDRESS
MASTER_PORT=$port
CSSERV_LISTEN_HOST=$ADDRESS
CSSERV_LISTEN_PORT=$((port + 2))
END
  mfsmaster -c "$state/master.cfg" start >"$state/master.log" 2>&1
  mfschunkserver -c "$state/chunk.cfg" start >"$state/chunk.log" 2>&1
}

stop() {
  mfschunkserver -c "$state/chunk.cfg" stop >>"$state/chunk.log" 2>&1 || true
  mfsmaster -c "$state/master.cfg" stop >>"$state/master.log" 2>&1 || true
  ip address del "$ADDRESS/32" dev lo 2>/dev/null || true
}

mount_client() { # MOUNTPOINT [OPTION…]
  local point=$1
  shift
  mkdir -p "$point"
  mfsmount "$point" -H "$ADDRESS" -P $((port + 1)) "$@" >>"$state/mount.log" 2>&1
}

case $1 in
  serve) serve ;;
  mount) shift 2 && mount_client "$@" ;;
  stop) stop ;;
  *) echo "moosefs.sh: $1 is not serve, mount or stop" >&2 && exit 2 ;;
esac
