# What goes wrong is said on stderr: a fact, then what to do.

pharos_newline='
'
pharos_tab='	'

pharos_say() {
  printf 'pharos: %s\n' "$1" >&2
}

# pharos_refuse FACT HINT: the work cannot be done, and the command was not started.
pharos_refuse() {
  pharos_say "$1 (on $(uname -n))"
  pharos_say "$2"
  exit 2
}
