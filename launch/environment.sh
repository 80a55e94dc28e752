# The job's environment and command, with the stage in place of the folders that are in it.

# pharos_map PATH: sets pharos_mapped to the staged path, where the path is in a packed folder and is there.
pharos_map() {
  pharos_mapped=$1
  if pharos_is_below "$1" "$pharos_roots" && [ -e "$pharos_stage$1" ]; then
    pharos_mapped=$pharos_stage$1
  fi
}

# pharos_map_list VALUE: sets pharos_list, entry by entry; empty ones stay where they are.
pharos_map_list() {
  pharos_list=
  pharos_left=$1:
  pharos_between=
  while [ -n "$pharos_left" ]; do
    pharos_map "${pharos_left%%:*}"
    pharos_list=$pharos_list$pharos_between$pharos_mapped
    pharos_between=:
    pharos_left=${pharos_left#*:}
  done
}

pharos_map_environment() {
  if [ -n "${PATH+set}" ]; then pharos_map_list "$PATH" && PATH=$pharos_list; fi
  if [ -n "${PYTHONPATH+set}" ]; then pharos_map_list "$PYTHONPATH" && PYTHONPATH=$pharos_list; fi
  if [ -n "${LD_LIBRARY_PATH+set}" ]; then pharos_map_list "$LD_LIBRARY_PATH" && LD_LIBRARY_PATH=$pharos_list; fi
  if [ -n "${PYTHONHOME+set}" ]; then pharos_map_list "$PYTHONHOME" && PYTHONHOME=$pharos_list; fi
  if [ -n "${VIRTUAL_ENV+set}" ]; then pharos_map "$VIRTUAL_ENV" && VIRTUAL_ENV=$pharos_mapped; fi
  if [ -n "${CONDA_PREFIX+set}" ]; then pharos_map "$CONDA_PREFIX" && CONDA_PREFIX=$pharos_mapped; fi
}

# A cache that was packed warm: the job reads and writes the stage's copy, unless it keeps the cache somewhere else.
pharos_map_caches() {
  pharos_each_line pharos_map_cache "$pharos_caches"
}

pharos_map_cache() {
  pharos_key=${1%%"$pharos_tab"*}
  pharos_folder_of_cache=${1#*"$pharos_tab"}
  case $pharos_key in
    *[!A-Z_]*) return ;;
  esac
  eval "pharos_value=\${$pharos_key-}"
  case $pharos_value in
    '' | "$pharos_folder_of_cache" | "$pharos_folder_of_cache"/) export "$pharos_key=$pharos_stage$pharos_folder_of_cache" ;;
  esac
}

# pharos_absolute PATH: sets pharos_path_from_root. Links stay as they are: the stage has the same ones.
pharos_absolute() {
  case $1 in
    /*) pharos_path_from_root=$1 ;;
    *) pharos_path_from_root=$PWD/$1 ;;
  esac
  case $pharos_path_from_root/ in
    */./* | */../* | *//*) pharos_simplify "$pharos_path_from_root" ;;
  esac
}

# pharos_simplify PATH: without `.` and `..`, where that leads to the same file: above a link it may not.
pharos_simplify() {
  pharos_left=${1#/}/
  pharos_simple=
  while [ -n "$pharos_left" ]; do
    case ${pharos_left%%/*} in
      '' | .) ;;
      ..) pharos_simple=${pharos_simple%/*} ;;
      *) pharos_simple=$pharos_simple/${pharos_left%%/*} ;;
    esac
    pharos_left=${pharos_left#*/}
  done
  case $1/ in
    */../*) [ "$pharos_simple" -ef "$1" ] || return 0 ;;
  esac
  pharos_path_from_root=$pharos_simple
}

# pharos_find_script ARGUMENT...: of a Python's arguments, sets pharos_script_at to the number of the one that is the
# script, 0 where there is none or the staged start would not be there (-I, -E and -S leave it out).
pharos_find_script() {
  pharos_script_at=0
  pharos_at=0
  while [ $# -gt 0 ]; do
    pharos_at=$((pharos_at + 1))
    case $1 in
      -W | -X | --check-hash-based-pycs)
        shift
        pharos_at=$((pharos_at + 1)) ;;
      -W* | -X*) ;;
      -*[cmISE]* | -) return ;;
      --*) return ;;
      -*) ;;
      *)
        pharos_script_at=$pharos_at
        return ;;
    esac
    [ $# -eq 0 ] || shift
  done
}
