#!/bin/sh
# Installs what the third ring (npm run test:real) asks of a Debian 12 machine. Needs root and Debian's archive.
set -eu
export DEBIAN_FRONTEND=noninteractive

examples='python3-venv python3-dev gcc gfortran libc6-dev'
cluster='slurmctld slurmd slurm-client munge libpmix-dev openmpi-bin iproute2 procps uidmap busybox'
mpi='mpich python3-mpi4py hwloc-nox libgomp1'
packaging='libopenmpi-dev libmpich-dev libhdf5-openmpi-dev libhdf5-mpich-dev lmod tcl'
file_system='make pkg-config libfuse3-dev fuse3'
network_file_systems='glusterfs-server glusterfs-client'
watching='strace libtree bubblewrap chromium fonts-dejavu-core'
# CPython's own tests, that Debian leaves out of its Python.
cpython_tests='libpython3.11-testsuite'

# An archive can be out of reach for a moment: three attempts, half a minute apart.
attempt() {
  for pause in 30 30 0; do
    if "$@"; then return 0; fi
    echo "install-debian: $1 $2 did not succeed" >&2
    sleep "$pause"
  done
  return 1
}

attempt apt-get -q -o Acquire::Retries=3 update
# shellcheck disable=SC2086 # words on purpose
attempt apt-get -q -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install --no-install-recommends \
  $examples $cluster $mpi $packaging $file_system $network_file_systems $watching $cpython_tests
