#!/bin/bash
# A GlusterFS of one brick for tests, from volume files written here: neither glusterd nor its services are needed.
#   glusterfs.sh serve STATE BRICK      serves the folder BRICK at 127.0.0.1 and writes the port to STATE/port
#   glusterfs.sh mount STATE MOUNTPOINT [options of glusterfs]
#   glusterfs.sh stop STATE
# GLUSTER_DELAY (microseconds; none if absent): each call holds one thread of the server so long (translator
# debug/delay-gen); GLUSTER_DELAYED=names: all but reads and writes. GLUSTER_THREADS (1 if absent): calls that the server
# works on at the same time. Clients have no caches of their own. Debian: glusterfs-server glusterfs-client. Needs root.
set -eu
state=$2
calls=lookup,stat,fstat,open,opendir,readdir,readdirp,readlink,access,create,mkdir,symlink,rename,unlink,rmdir
if [ "${GLUSTER_DELAYED:-all}" = all ]; then calls=$calls,read,write; fi

volume() { # NAME TYPE BELOW [OPTION VALUE]…
  local name=$1 type=$2 below=$3
  shift 3
  printf 'volume %s\n  type %s\n' "$name" "$type"
  while [ $# -gt 0 ]; do printf '  option %s %s\n' "$1" "$2" && shift 2; done
  if [ -n "$below" ]; then printf '  subvolumes %s\n' "$below"; fi
  printf 'end-volume\n'
}

serve() { # BRICK
  local top=locks port
  mkdir -p "$state"
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  {
    volume posix storage/posix '' directory "$1"
    volume locks features/locks posix
    if [ -n "${GLUSTER_DELAY:-}" ]; then
      volume delay debug/delay-gen locks delay-duration "$GLUSTER_DELAY" delay-percentage 100 enable "$calls"
      top=delay
    fi
    volume brick performance/io-threads "$top" thread-count "${GLUSTER_THREADS:-1}"
    volume server protocol/server brick transport-type tcp transport.socket.bind-address 127.0.0.1 \
      transport.socket.listen-port "$port" 'auth.addr.brick.allow' '*'
  } >"$state/server.vol"
  volume client protocol/client '' transport-type tcp remote-host 127.0.0.1 remote-port "$port" \
    remote-subvolume brick >"$state/client.vol"
  glusterfsd -f "$state/server.vol" --log-file="$state/server.log" -p "$state/pid"
  echo "$port" >"$state/port"
}

mount_client() { # MOUNTPOINT [OPTION…]
  local point=$1
  shift
  mkdir -p "$point"
  glusterfs -f "$state/client.vol" --log-file="$state/client.log" "$@" "$point"
  for _ in $(seq 200); do
    if mountpoint -q "$point" && stat "$point/." >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  echo "glusterfs.sh: $point was not mounted; see $state/client.log" >&2
  return 1
}

case $1 in
  serve) serve "$3" ;;
  mount) shift 2 && mount_client "$@" ;;
  stop) if [ -s "$state/pid" ]; then kill "$(cat "$state/pid")"; fi ;;
  *) echo "glusterfs.sh: $1 is not serve, mount or stop" >&2 && exit 2 ;;
esac
