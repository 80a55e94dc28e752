# Whether this node can run what is in the image. Asked once a node, before staging.

# pharos_older A B: whether version A (as 2.28) comes before B. A third number, as in glibc 2.2.5, is of another age.
pharos_older() {
  pharos_value=${1#*.}
  pharos_rest=${2#*.}
  [ "${1%%.*}" -lt "${2%%.*}" ] ||
    { [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${pharos_value%%.*}" -lt "${pharos_rest%%.*}" ]; }
}

pharos_check_machine() {
  pharos_machine=$(uname -m)
  [ "$pharos_machine" = "$pharos_architecture" ] || pharos_refuse \
    "the image was made for $pharos_architecture, and this node is $pharos_machine" \
    "Pack the job again on a machine like this node."
  if [ -n "$pharos_glibc" ]; then
    pharos_found=$(getconf GNU_LIBC_VERSION 2>/dev/null) || pharos_found=
    pharos_found=${pharos_found#glibc }
    case $pharos_found in
      [0-9]*.[0-9]*)
        ! pharos_older "$pharos_found" "$pharos_glibc" || pharos_refuse \
          "the image needs glibc $pharos_glibc, and this node has $pharos_found" \
          "Pack the job again on a machine like this node." ;;
    esac
  fi
  [ "$pharos_python_packed" = yes ] || pharos_check_python
  pharos_each_line pharos_check_site "$pharos_site"
}

# The base interpreter is each node's own: the same version must be there.
pharos_check_python() {
  [ -x "$pharos_base_python" ] || pharos_refuse \
    "$pharos_base_python is not on this node, and the image does not hold it" \
    "Start where that Python is installed, or pack an environment whose Python is on shared storage."
  pharos_found=$("$pharos_base_python" -I -S -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) ||
    pharos_found='no working Python'
  [ "$pharos_found" = "$pharos_python_version" ] || pharos_refuse \
    "the image is for Python $pharos_python_version, and $pharos_base_python is $pharos_found here" \
    "Pack the job again with the Python of these nodes."
}

pharos_check_site() {
  [ -e "$1" ] || pharos_refuse \
    "$1 is not on this node; the job loads it and the image leaves it to the site" \
    "Load the modules that the job was packed with, or pack it again on a machine like this node."
}
