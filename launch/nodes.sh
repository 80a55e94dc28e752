# All nodes of the allocation, once a job: `launch --stage` and `launch --clean` in a job script.

# How many nodes the allocation has, 1 outside of one; what starts a process on each; names where ssh is to reach them.
pharos_count_nodes() {
  pharos_hosts=
  if [ -n "${SLURM_JOB_ID:-}" ]; then
    pharos_way=srun
    pharos_nodes=${SLURM_JOB_NUM_NODES:-${SLURM_NNODES:-1}}
    pharos_hosts=$(scontrol show hostnames "${SLURM_JOB_NODELIST:-}" 2>/dev/null)
  elif [ -n "${FLUX_URI:-}" ]; then
    pharos_way=flux
    pharos_nodes=$(flux resource list -no '{nnodes}' 2>/dev/null | sort -n | tail -n 1)
  else
    pharos_list_hosts
    # shellcheck disable=SC2086
    set -- $pharos_hosts
    pharos_nodes=$#
    if [ -n "${LSB_MCPU_HOSTS:-}" ] && command -v jsrun >/dev/null 2>&1; then
      pharos_way=jsrun
    elif command -v mpiexec >/dev/null 2>&1; then
      pharos_way=mpiexec
    else
      pharos_way=ssh
    fi
  fi
  [ "$pharos_transport" != ssh-fan-out ] || [ -z "$pharos_hosts" ] || pharos_way=ssh
  case $pharos_nodes in
    '' | 0 | 1 | *[!0-9]*)
      pharos_nodes=1
      pharos_way=here ;;
  esac
}

# PBS has a file with a line a slot, LSF pairs of host and slots; this node is the first of its job. With jsrun that can be
# a launch node with one slot, which no task runs on (https://docs.olcf.ornl.gov/systems/summit_user_guide.html).
pharos_list_hosts() {
  if [ -r "${PBS_NODEFILE:-}" ]; then
    pharos_hosts=$(awk '!seen[$1]++ { print $1 }' "$PBS_NODEFILE")
  elif [ -n "${LSB_MCPU_HOSTS:-}" ]; then
    pharos_hosts=$(printf '%s\n' "$LSB_MCPU_HOSTS" | awk '{ for (at = 1; at < NF; at += 2) print $at, $(at + 1) }')
    ! command -v jsrun >/dev/null 2>&1 ||
      pharos_hosts=$(printf '%s\n' "$pharos_hosts" | awk '{ line[NR] = $0; if ($2 > 1) most = 1 }
        END { for (at = 1; at <= NR; at++) if (at > 1 || !most || line[at] !~ / 1$/) print line[at] }')
    pharos_hosts=$(printf '%s\n' "$pharos_hosts" | awk '{ print $1 }')
  fi
}

# pharos_on_each_node COMMAND...: once a node. A node that is lost would be waited for until the scheduler misses it: once
# the first has answered, the others have PHAROS_STAGE_WAIT seconds.
pharos_on_each_node() {
  case $pharos_way in
    here) "$@" ;;
    srun) srun --mpi=none --kill-on-bad-exit=0 --no-kill --nodes="$pharos_nodes" --ntasks="$pharos_nodes" \
      --ntasks-per-node=1 --wait="${PHAROS_STAGE_WAIT:-120}" "$@" ;;
    flux) flux exec -r all "$@" ;;
    mpiexec) pharos_by_mpiexec "$@" ;;
    # https://www.ibm.com/docs/en/SSWRJV_10.1.0/jsm/jsrun.html
    jsrun) jsrun --nrs "$pharos_nodes" --rs_per_host 1 --tasks_per_rs 1 --cpu_per_rs 1 "$@" ;;
    # This node is one of them, and the first to hand on.
    ssh) "$@" --spread "$(pharos_list_others)" ;;
  esac </dev/null
}

# One process a node by the mpiexec that is there: each maker has an option of its own.
pharos_by_mpiexec() {
  case $(mpiexec --version 2>&1) in
    *Open\ MPI* | *OpenRTE* | *PRRTE*) mpiexec -n "$pharos_nodes" --map-by ppr:1:node "$@" ;;
    *) mpiexec -n "$pharos_nodes" -ppn 1 "$@" ;;
  esac
}

# The hosts of the job but this one, with commas between.
pharos_list_others() {
  pharos_said=$(uname -n)
  for pharos_item in $pharos_hosts; do
    case $pharos_said in
      "$pharos_item" | "$pharos_item".*) continue ;;
    esac
    case $pharos_item in
      "$pharos_said".*) ;;
      *) printf '%s,' "$pharos_item" ;;
    esac
  done
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

# A name that nobody can foresee: it will be run.
pharos_name_copy() {
  pharos_copy=${pharos_destination:-/tmp}/.pharos-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
}

# The image to every node's own storage. Where that does not succeed, each node reads it from where it is.
pharos_broadcast() {
  pharos_name_copy
  if [ "$pharos_transport,$pharos_way" = sbcast,srun ]; then
    pharos_said=$(sbcast "$pharos_image" "$pharos_copy" 2>&1 </dev/null) && pharos_program=$pharos_copy && return
    pharos_on_each_node rm -f "$pharos_copy" 2>/dev/null
  elif [ "$pharos_transport,$pharos_way" = flux-archive,flux ]; then
    pharos_said=$(pharos_broadcast_by_flux 2>&1 </dev/null) && pharos_program=$pharos_copy/launch && return
    pharos_on_each_node rm -rf "$pharos_copy" 2>/dev/null
  elif [ "$pharos_transport,$pharos_way" = mpi-broadcast,mpiexec ] || [ "$pharos_transport,$pharos_way" = mpi-broadcast,jsrun ]; then
    pharos_said=$(pharos_broadcast_by_mpi 2>&1) && pharos_program=$pharos_copy && return
    pharos_on_each_node rm -f "$pharos_copy" 2>/dev/null
  else
    pharos_transport_used=archive-per-node
    return
  fi
  pharos_say "$pharos_transport did not bring the image to all nodes (${pharos_said%%"$pharos_newline"*}); each node reads it itself"
  pharos_transport_used=archive-per-node
}

# https://flux-framework.readthedocs.io/projects/flux-core/en/latest/man1/flux-archive.html
pharos_broadcast_by_flux() {
  pharos_value=${pharos_copy##*/.}
  flux archive create --name="$pharos_value" -C "$pharos_folder" launch &&
    flux exec -r all mkdir -m 700 "$pharos_copy" &&
    flux exec -r all flux archive extract --waitcreate --name="$pharos_value" -C "$pharos_copy"
  pharos_status=$?
  flux archive remove -f --name="$pharos_value"
  return $pharos_status
}

# By the Python of the job, where it always was: nothing is staged yet.
pharos_broadcast_by_mpi() {
  "$pharos_python" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("mpi4py") is None)' 2>/dev/null || {
    printf '%s\n' "$pharos_python has no mpi4py"
    return 1
  }
  pharos_on_each_node sh "$pharos_image" --broadcast-here "$pharos_copy" "$pharos_nodes"
}

pharos_broadcast_here() {
  exec "$pharos_python" -c "$pharos_broadcast_text" "$pharos_image" "$@"
}

pharos_stage_all() {
  pharos_count_nodes
  pharos_choose_transport
  pharos_transport_used=$pharos_transport
  pharos_program=$pharos_image
  case $pharos_way in
    ssh) pharos_transport_used=ssh-fan-out ;;
    here) pharos_transport_used=archive-per-node ;;
    *) pharos_broadcast ;;
  esac
  # Through sh: where it was copied to, programs may not be allowed to run.
  set -- sh "$pharos_program" --stage-here --image "$pharos_folder"
  [ -z "$pharos_destination" ] || set -- "$@" --dest "$pharos_destination"
  pharos_names=$(pharos_on_each_node "$@" | sort -u)
  pharos_count=0
  for pharos_item in $pharos_names; do pharos_count=$((pharos_count + 1)); done
  if [ "$pharos_count" -ge "$pharos_nodes" ]; then
    pharos_say "the image is on $pharos_count node$([ "$pharos_count" -eq 1 ] || printf s), by $pharos_transport_used"
    return 0
  fi
  pharos_list_missing
  [ "$pharos_count" -ge "${pharos_least:-$pharos_nodes}" ] && [ "$pharos_count" -gt 0 ] || pharos_refuse \
    "the image is on $pharos_count of $pharos_nodes nodes; not on ${pharos_missing:-those that said why}" \
    "Leave these nodes out, or go on without them: launch --stage --min-nodes $pharos_count."
  pharos_say "the image is not on ${pharos_missing:-some nodes}: start the job without them"
  printf '%s\n' "$pharos_missing"
}

pharos_clean_all() {
  pharos_count_nodes
  set -- sh "$pharos_image" --clean-here
  [ -z "$pharos_destination" ] || set -- "$@" --dest "$pharos_destination"
  pharos_on_each_node "$@"
}

# The nodes that did not answer, with commas between, where the scheduler tells their names.
pharos_list_missing() {
  pharos_missing=
  for pharos_item in $pharos_hosts; do
    case " $(printf '%s' "$pharos_names" | tr '\n' ' ') " in
      *" ${pharos_item%%.*} "* | *" ${pharos_item%%.*}."*) ;;
      *) pharos_missing=$pharos_missing${pharos_missing:+,}$pharos_item ;;
    esac
  done
}
