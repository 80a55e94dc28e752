# All nodes of the allocation, once a job: `launch --stage` and `launch --clean` in a job script.

# How many nodes the allocation has; 1 outside of one.
pharos_count_nodes() {
  if [ -n "${SLURM_JOB_ID:-}" ]; then
    pharos_nodes=${SLURM_JOB_NUM_NODES:-${SLURM_NNODES:-1}}
  elif [ -n "${FLUX_URI:-}" ]; then
    pharos_nodes=$(flux resource list -no '{nnodes}' 2>/dev/null | sort -n | tail -n 1)
  elif [ -r "${PBS_NODEFILE:-}" ]; then
    pharos_nodes=$(sort -u "$PBS_NODEFILE" | wc -l)
  elif [ -n "${LSB_MCPU_HOSTS:-}" ]; then
    # shellcheck disable=SC2086
    set -- $LSB_MCPU_HOSTS
    pharos_nodes=$(($# / 2))
  else
    pharos_nodes=1
  fi
  case $pharos_nodes in
    '' | *[!0-9\ ]*) pharos_nodes=1 ;;
  esac
  pharos_nodes=$((pharos_nodes))
}

# pharos_on_each_node PROGRAM ARGUMENT...: once a node, by what starts processes here.
pharos_on_each_node() {
  if [ "$pharos_nodes" -eq 1 ]; then
    "$@"
  elif [ -n "${SLURM_JOB_ID:-}" ]; then
    srun --mpi=none --kill-on-bad-exit=0 --nodes="$pharos_nodes" --ntasks="$pharos_nodes" --ntasks-per-node=1 "$@"
  elif [ -n "${FLUX_URI:-}" ]; then
    flux exec -r all "$@"
  else
    pharos_by_mpiexec "$@"
  fi
}

# One process a node by the mpiexec that is there: each maker has an option of its own.
pharos_by_mpiexec() {
  case $(mpiexec --version 2>&1) in
    *Open\ MPI* | *OpenRTE* | *PRRTE*) mpiexec -n "$pharos_nodes" --map-by ppr:1:node "$@" ;;
    *) mpiexec -n "$pharos_nodes" -ppn 1 "$@" ;;
  esac
}

# Of lines `NODES TRANSPORT`, the last that begins with no more nodes than there are.
pharos_choose_transport() {
  [ -z "$pharos_transport" ] || return 0
  pharos_transport=archive-per-node
  while IFS=$pharos_tab read -r pharos_value pharos_rest; do
    [ -z "$pharos_value" ] || [ "$pharos_value" -gt "$pharos_nodes" ] || pharos_transport=$pharos_rest
  done <<END
$pharos_transports
END
}

# The image to every node's own storage by Slurm's daemons. Under a name that nobody can foresee: it will be run.
pharos_broadcast() {
  pharos_copy=${pharos_destination:-/tmp}/.pharos-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
  if pharos_said=$(sbcast "$pharos_image" "$pharos_copy" 2>&1); then
    pharos_program=$pharos_copy
  else
    pharos_say "sbcast did not bring the image to all nodes (${pharos_said%%"$pharos_newline"*}); each node reads it itself"
  fi
}

pharos_stage_all() {
  pharos_count_nodes
  pharos_choose_transport
  pharos_program=$pharos_image
  if [ "$pharos_nodes" -gt 1 ] && [ "$pharos_transport" = sbcast ] && [ -n "${SLURM_JOB_ID:-}" ]; then
    pharos_broadcast
  fi
  set -- "$pharos_program" --stage-here --image "${pharos_image%/*}"
  [ -z "$pharos_destination" ] || set -- "$@" --dest "$pharos_destination"
  pharos_names=$(pharos_on_each_node "$@" | sort -u)
  pharos_count=0
  for pharos_item in $pharos_names; do pharos_count=$((pharos_count + 1)); done
  [ "$pharos_count" -lt "$pharos_nodes" ] || return 0
  pharos_list_missing
  [ "$pharos_count" -ge "${pharos_least:-$pharos_nodes}" ] && [ "$pharos_count" -gt 0 ] || pharos_refuse \
    "the image is on $pharos_count of $pharos_nodes nodes; not on ${pharos_missing:-those that said why}" \
    "Leave these nodes out, or go on without them: launch --stage --min-nodes $pharos_count."
  pharos_say "the image is not on ${pharos_missing:-some nodes}: start the job without them"
  printf '%s\n' "$pharos_missing"
}

# The nodes that did not answer, with commas between, where the scheduler tells their names.
pharos_list_missing() {
  pharos_missing=
  [ -n "${SLURM_JOB_NODELIST:-}" ] || return 0
  for pharos_item in $(scontrol show hostnames "$SLURM_JOB_NODELIST" 2>/dev/null); do
    case " $(printf '%s' "$pharos_names" | tr '\n' ' ') " in
      *" $pharos_item "* | *" $pharos_item."*) ;;
      *) pharos_missing=$pharos_missing${pharos_missing:+,}$pharos_item ;;
    esac
  done
}
