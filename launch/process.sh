# Which process this is, and whether another one is still there. A number alone does not say it: containers and job
# containers can share the folder of the stages and have process numbers of their own. So what a process makes carries
# `PID.NAMESPACE-BOOT`: the inode of its PID namespace, and the beginning of the kernel's boot_id
# (https://man7.org/linux/man-pages/man7/pid_namespaces.7.html, https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html).

# Sets pharos_uid and pharos_mark (NAMESPACE-BOOT). Without a process: every rank asks.
pharos_find_self() {
  pharos_uid=
  pharos_namespace=
  pharos_boot=
  while read -r pharos_key pharos_value pharos_rest; do
    case $pharos_key in
      # A /proc of another namespace knows us by another number, and tells nothing about ours.
      Pid:) [ "$pharos_value" = $$ ] || pharos_namespace=0 ;;
      # Real, effective: files are made by the effective user.
      Uid:)
        pharos_uid=${pharos_rest%%[!0-9]*}
        break ;;
    esac
  done </proc/self/status
  [ -n "$pharos_uid" ] || pharos_uid=$(id -u)
  # Linux 5.14 and later say an open file's inode: https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html.
  [ -n "$pharos_namespace" ] || {
    while read -r pharos_key pharos_value; do
      [ "$pharos_key" != ino: ] || pharos_namespace=$pharos_value
    done 7</proc/self/ns/pid </proc/self/fdinfo/7
  } 2>/dev/null
  [ -n "$pharos_namespace" ] || pharos_namespace=$(pharos_use_own_tools && exec stat -L -c %i /proc/self/ns/pid 2>/dev/null)
  read -r pharos_boot 2>/dev/null </proc/sys/kernel/random/boot_id || :
  pharos_boot=${pharos_boot%%-*}
  pharos_mark=${pharos_namespace:-0}-$pharos_boot
}

# pharos_is_alive NAME: whether the process is there that a name ends with; 2 where nobody can tell. Of another namespace
# only this is certain: it has not outlived the machine's start. An age would tell nothing, for a job may run for weeks.
pharos_is_alive() {
  pharos_value=${1%.*}
  case ${1##*.} in
    "0-$pharos_boot") return 2 ;;
    "$pharos_mark") [ -d "/proc/${pharos_value##*[./]}" ] ;;
    *"-$pharos_boot") return 2 ;;
    *) return 1 ;;
  esac
}
