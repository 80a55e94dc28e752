#!/bin/bash
# A node hook: the node $1 gets its own mount of SLOWFS_ROOT at SLOWFS_MOUNT. All nodes are clients of one server, whose
# model is SLOWFS_MODEL. SLOWFS is the program, SLOWFS_OPTIONS are more mount options.
set -eu
mkdir -p "$SLOWFS_MOUNT"
exec "$SLOWFS" "$SLOWFS_ROOT" "$SLOWFS_MOUNT" \
  -o "model=$SLOWFS_MODEL,client=$1,entry_timeout=3600,attribute_timeout=3600,allow_other${SLOWFS_OPTIONS:+,$SLOWFS_OPTIONS}"
