# Stages where nobody has, then becomes the command.

pharos_usage() {
  cat <<'END'
Usage: launch [OPTION...] COMMAND [ARGUMENT...]
Puts the image on this node's own storage, once a node, and starts COMMAND from there.

  --dest DIR     stage below this folder (also PHAROS_STAGE_DIR)
  --keep         leave the stage there for the next job
  --no-check     start packed user code even where the original has changed
  --help         this text

Once in a job script, instead of a command:
  --stage        put the image on all nodes of the allocation, by the best way, and keep it
    --transport NAME   sbcast, flux-archive, mpi-broadcast, ssh-fan-out or
                       archive-per-node, whatever the image advises
    --min-nodes N      go on with so many nodes; the others are printed
  --clean        remove it from all nodes of the allocation
  --check        only tell whether packed user code has changed
END
}

# What started this process says it itself; Slurm last, for its number is also in the environment of an mpiexec within.
pharos_is_first_rank() {
  for pharos_item in "${OMPI_COMM_WORLD_RANK:-}" "${PMIX_RANK:-}" "${PMI_RANK:-}" "${MV2_COMM_WORLD_RANK:-}" \
    "${PALS_RANKID:-}" "${FLUX_TASK_RANK:-}" "${JSM_NAMESPACE_RANK:-}" "${SLURM_PROCID:-}"; do
    case $pharos_item in
      '') ;;
      0) return 0 ;;
      *) return 1 ;;
    esac
  done
}

# Programs of ours: the job's own search paths lead to shared storage, and its libraries are not for them. A site whose
# tools are elsewhere names the folders in PHAROS_TOOL_PATH.
pharos_use_own_tools() {
  PATH=${PHAROS_TOOL_PATH:-/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin}
  unset LD_LIBRARY_PATH LD_PRELOAD LD_AUDIT
  export PATH
}

# Size and time of files as in pharos_user_files, which is given. One process where they fit on its command line.
pharos_tell_files() {
  pharos_use_own_tools
  if [ "${#1}" -gt 50000 ]; then
    printf '%s\n' "$1" | cut -f 3- | tr '\n' '\0' | xargs -0 stat -L -c "%s$pharos_tab%Y$pharos_tab%n" -- 2>/dev/null
    return
  fi
  set -f
  IFS=$pharos_newline
  # shellcheck disable=SC2086
  set -- $1
  for pharos_item; do
    shift
    pharos_item=${pharos_item#*"$pharos_tab"}
    set -- "$@" "${pharos_item#*"$pharos_tab"}"
  done
  exec stat -L -c "%s$pharos_tab%Y$pharos_tab%n" -- "$@" 2>/dev/null
}

# Old code must not start silently: size and time of each packed file of the user's own are compared.
pharos_check_user_code() {
  [ -n "$pharos_user_files" ] || return 0
  pharos_found=$(pharos_tell_files "$pharos_user_files")
  [ "$pharos_found" != "$pharos_user_files" ] || return 0
  pharos_each_line pharos_check_user_file "$pharos_user_files"
}

pharos_check_user_file() {
  case $pharos_newline$pharos_found$pharos_newline in
    *"$pharos_newline$1$pharos_newline"*) return 0 ;;
  esac
  pharos_rest=${1#*"$pharos_tab"}
  pharos_refuse "${pharos_rest#*"$pharos_tab"} has changed since it was packed" \
    "Pack the job again (only the user's own code is packed anew), or start the old code with launch --no-check."
}

# pharos_start COMMAND ARGUMENT...: from the stage.
pharos_start() {
  pharos_map_environment
  pharos_map_caches
  pharos_command=$1
  shift
  case $pharos_command in
    */*)
      pharos_absolute "$pharos_command"
      pharos_map "$pharos_path_from_root"
      [ "$pharos_mapped" = "$pharos_path_from_root" ] || pharos_command=$pharos_mapped ;;
  esac
  case ${pharos_command##*/} in
    python | python[0-9]*) pharos_find_script "$@" ;;
    *)
      pharos_script_at=0
      pharos_watch ;;
  esac
  # The shell says it and ends; nobody is there to clean.
  command -v "$pharos_command" >/dev/null 2>&1 || pharos_watch
  if [ "$pharos_script_at" -gt 0 ]; then
    pharos_at=0
    for pharos_item; do
      pharos_at=$((pharos_at + 1))
      shift
      if [ "$pharos_at" -eq "$pharos_script_at" ]; then
        pharos_absolute "$pharos_item"
        if pharos_is_below "$pharos_path_from_root" "$pharos_user_roots" &&
          [ -f "$pharos_stage$pharos_path_from_root" ] && [ ! -L "$pharos_stage$pharos_path_from_root" ]; then
          export PHAROS_STAGED_SCRIPT="$$:$pharos_item"
          pharos_item=$pharos_stage$pharos_path_from_root
        fi
      fi
      set -- "$@" "$pharos_item"
    done
  fi
  exec "$pharos_command" "$@"
}

# pharos_read_options ARGUMENT...: sets pharos_taken to how many of them are options of ours.
pharos_read_options() {
  pharos_taken=0
  while [ $# -gt 0 ]; do
    case $1 in
      --dest | --image | --spread | --transport | --min-nodes)
        [ $# -ge 2 ] || pharos_refuse "launch $1 is without a value" 'See launch --help.' ;;
    esac
    case $1 in
      --help) pharos_does=usage ;;
      --stage) pharos_does=stage_all ;;
      --stage-here) pharos_does=stage_here ;;
      --clean) pharos_does=clean_all ;;
      --clean-here) pharos_does=clean_here ;;
      --broadcast-here) pharos_does=broadcast_here ;;
      --check) pharos_does=check_user_code ;;
      --keep) pharos_keep=yes ;;
      --no-check) pharos_check=no ;;
      --dest) pharos_destination=${2%/} ;;
      --image) pharos_folder=$2 ;;
      --spread) pharos_spread=$2 ;;
      --transport) pharos_transport=$2 ;;
      --min-nodes) pharos_least=$2 ;;
      --)
        pharos_taken=$((pharos_taken + 1))
        return ;;
      -*) pharos_refuse "launch has no option $1" 'See launch --help.' ;;
      *) return ;;
    esac
    case $1 in
      --dest | --image | --spread | --transport | --min-nodes)
        shift
        pharos_taken=$((pharos_taken + 1)) ;;
    esac
    shift
    pharos_taken=$((pharos_taken + 1))
  done
}

pharos_check_options() {
  case $pharos_destination in
    '') ;;
    *[:\"\'\\]* | *"$pharos_newline"*) pharos_refuse "$pharos_destination has a sign that search paths or Python would misread" 'Name another folder.' ;;
    /*) ;;
    *) pharos_destination=$PWD/$pharos_destination ;;
  esac
  case $pharos_transport in
    '' | sbcast | flux-archive | mpi-broadcast | ssh-fan-out | archive-per-node) ;;
    *) pharos_refuse "there is no transport $pharos_transport" 'Use sbcast, flux-archive, mpi-broadcast, ssh-fan-out or archive-per-node.' ;;
  esac
  case $pharos_least in
    *[!0-9]*) pharos_refuse "--min-nodes $pharos_least is no number" 'Write launch --stage --min-nodes 60.' ;;
  esac
}

# Sets pharos_stage: where the image is already, or where it now was put.
pharos_provide_stage() {
  pharos_find_stage && return 0
  # A process of its own: the job's search paths and open files, which can be its launcher's, stay as they are.
  (
    pharos_use_own_tools
    pharos_with_lock pharos_stage_once
  ) </dev/null || exit $?
  pharos_find_stage || pharos_refuse 'the stage was removed as soon as it was there' \
    'Look which job cleans it, or keep it: launch --keep COMMAND.'
}

pharos_stage_once() {
  pharos_check_machine
  pharos_choose_tools
  pharos_choose_destination
  pharos_make_stage
}

pharos_stage_here() {
  (
    umask 077
    pharos_provide_stage
    : >"$pharos_stage/.pharos/keep"
    uname -n
  )
  pharos_status=$?
  pharos_spread_on
  # A copy that was brought here for this.
  [ "${pharos_image%/*}" = "$pharos_folder" ] || {
    rm -f "$pharos_image"
    rmdir "${pharos_image%/*}"
  } 2>/dev/null
  return $pharos_status
}

pharos_launch() {
  [ $# -gt 0 ] || pharos_refuse 'there is no command to start' 'Write launch COMMAND, as launch python app.py.'
  [ "$pharos_check" = no ] || ! pharos_is_first_rank || pharos_check_user_code
  pharos_old_umask=$(umask)
  umask 077
  pharos_provide_stage
  # The last process of another job may have cleaned in between.
  for pharos_try in 1 2 3; do
    ! pharos_enter || break
    pharos_provide_stage
  done
  [ "$pharos_keep" = no ] || : >"$pharos_stage/.pharos/keep"
  umask "$pharos_old_umask"
  pharos_start "$@"
}

pharos_main() {
  case $0 in
    /*) pharos_image=$0 ;;
    *) pharos_image=$PWD/$0 ;;
  esac
  pharos_folder=${pharos_image%/*}
  pharos_name=${pharos_digest%"${pharos_digest#????????????????}"}
  pharos_destination=${PHAROS_STAGE_DIR:-}
  pharos_does=launch
  pharos_check=yes
  pharos_keep=no
  pharos_transport=
  pharos_spread=
  pharos_least=
  pharos_read_options "$@"
  shift "$pharos_taken"
  pharos_check_options
  pharos_find_self
  "pharos_$pharos_does" "$@"
}

pharos_main "$@"
exit
