# Lists are one item a line; no path in them holds a newline. Nothing here starts a process.

# pharos_each_line FUNCTION LIST: calls it with each line that is not empty.
pharos_each_line() {
  pharos_function=$1
  pharos_old_ifs=$IFS
  set -f
  IFS=$pharos_newline
  # shellcheck disable=SC2086 # split at newlines, and only there
  set -- $2
  IFS=$pharos_old_ifs
  set +f
  for pharos_item; do
    "$pharos_function" "$pharos_item"
  done
}

# pharos_is_below PATH LIST: whether it is one of the folders of the list, or below one.
pharos_is_below() {
  pharos_path=$1
  pharos_old_ifs=$IFS
  set -f
  IFS=$pharos_newline
  # shellcheck disable=SC2086
  set -- $2
  IFS=$pharos_old_ifs
  set +f
  for pharos_folder; do
    case $pharos_path in
      "$pharos_folder" | "$pharos_folder"/*) return 0 ;;
    esac
  done
  return 1
}
