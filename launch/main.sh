# Stages where nobody has, then becomes the command.

pharos_usage() {
  cat <<'END'
Usage: launch [OPTION...] COMMAND [ARGUMENT...]
Puts the image on this node's own storage, once a node, and starts COMMAND from there.

  --dest DIR     stage below this folder (also PHAROS_STAGE_DIR)
  --keep         leave the stage there for the next job
  --no-check     start packed user code even where the original has changed
  --check        only tell whether packed user code has changed
  --help         this text
END
}

pharos_is_first_rank() {
  for pharos_item in "${SLURM_PROCID:-}" "${OMPI_COMM_WORLD_RANK:-}" "${PMIX_RANK:-}" "${PMI_RANK:-}" \
    "${PALS_RANKID:-}" "${FLUX_TASK_RANK:-}" "${JSM_NAMESPACE_RANK:-}"; do
    case $pharos_item in
      '') ;;
      0) return 0 ;;
      *) return 1 ;;
    esac
  done
}

# Old code must not start silently: size and time of each packed file of the user's own are compared.
pharos_check_user_code() {
  [ -n "$pharos_user_files" ] || return 0
  pharos_old_ifs=$IFS
  set -f
  IFS=$pharos_newline
  # shellcheck disable=SC2086
  set -- $pharos_user_files
  IFS=$pharos_old_ifs
  set +f
  for pharos_item; do
    shift
    pharos_rest=${pharos_item#*"$pharos_tab"}
    set -- "$@" "${pharos_rest#*"$pharos_tab"}"
  done
  pharos_found=$(stat -L -c "%s$pharos_tab%Y$pharos_tab%n" -- "$@" 2>/dev/null)
  [ "$pharos_found" != "$pharos_user_files" ] || return 0
  for pharos_item; do
    pharos_value=$(stat -L -c "%s$pharos_tab%Y$pharos_tab%n" -- "$pharos_item" 2>/dev/null)
    case $pharos_newline$pharos_user_files$pharos_newline in
      *"$pharos_newline$pharos_value$pharos_newline"*) ;;
      *) pharos_refuse "$pharos_item has changed since it was packed" \
        "Pack the job again (only the user's own code is packed anew), or start the old code with launch --no-check." ;;
    esac
  done
}

# pharos_start COMMAND ARGUMENT...: from the stage.
pharos_start() {
  pharos_map_environment
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
    *) pharos_script_at=0 ;;
  esac
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

pharos_main() {
  pharos_image=$0
  pharos_name=${pharos_digest%"${pharos_digest#????????????????}"}
  pharos_destination=${PHAROS_STAGE_DIR:-}
  pharos_check=yes
  pharos_only_check=no
  while [ $# -gt 0 ]; do
    case $1 in
      --help)
        pharos_usage
        exit 0 ;;
      --dest)
        [ $# -ge 2 ] || pharos_refuse 'launch --dest is without a folder' 'Write launch --dest DIR COMMAND.'
        pharos_destination=${2%/}
        shift ;;
      --no-check) pharos_check=no ;;
      --check) pharos_only_check=yes ;;
      --)
        shift
        break ;;
      -*) pharos_refuse "launch has no option $1" 'See launch --help.' ;;
      *) break ;;
    esac
    shift
  done
  if [ "$pharos_only_check" = yes ]; then
    pharos_check_user_code
    exit 0
  fi
  [ $# -gt 0 ] || pharos_refuse 'there is no command to start' 'Write launch COMMAND, as launch python app.py.'
  [ "$pharos_check" = no ] || ! pharos_is_first_rank || pharos_check_user_code
  pharos_old_umask=$(umask)
  umask 077
  pharos_find_uid
  if ! pharos_find_stage; then
    pharos_check_machine
    pharos_choose_tools
    pharos_choose_destination
    pharos_with_lock pharos_stage_once
  fi
  umask "$pharos_old_umask"
  pharos_start "$@"
}

pharos_main "$@"
exit 2
