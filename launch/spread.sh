# Without a scheduler that starts processes: the image goes from node to node by ssh. Each node that has it gives it to two
# others, with half of the list each.

# pharos_quote WORD: sets pharos_quoted to what a shell on another node reads as this word.
pharos_quote() {
  pharos_quoted="'$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")'"
}

# pharos_command_there HOSTS: what the first of them runs, with the others for it to hand on to. The image comes by its
# standard input; a program that only cleans is read from where it is.
pharos_command_there() {
  pharos_options="--spread '$1'"
  if [ -n "$pharos_destination" ]; then
    pharos_quote "$pharos_destination"
    pharos_options="$pharos_options --dest $pharos_quoted"
  fi
  pharos_quote "$pharos_folder"
  if [ "$pharos_does" = clean_here ]; then
    pharos_there="sh $pharos_quoted/launch --clean-here $pharos_options"
    return
  fi
  pharos_options="--stage-here --image $pharos_quoted $pharos_options"
  pharos_quote "${pharos_destination:-/tmp}"
  pharos_there="copy=\$(mktemp $pharos_quoted/.pharos-XXXXXXXXXX) || exit; cat >\"\$copy\"; sh \"\$copy\" $pharos_options; status=\$?; rm -f \"\$copy\"; exit \$status"
  # Whatever shell the user has there.
  pharos_quote "$pharos_there"
  pharos_there="sh -c $pharos_quoted"
}

# pharos_hand_on HOSTS: to the first that can be reached.
pharos_hand_on() {
  pharos_left=$1
  while [ -n "$pharos_left" ]; do
    pharos_host=${pharos_left%%,*}
    pharos_left=${pharos_left#*,}
    pharos_command_there "$pharos_left"
    if [ "$pharos_does" = clean_here ]; then
      ssh -o BatchMode=yes "$pharos_host" "$pharos_there" </dev/null
    else
      ssh -o BatchMode=yes "$pharos_host" "$pharos_there" <"$pharos_image"
    fi
    # 255: ssh itself.
    [ $? -eq 255 ] || return 0
    pharos_say "$pharos_host cannot be reached by ssh"
  done
}

# Each host of the list ends with a comma.
pharos_spread_on() {
  [ -n "$pharos_spread" ] || return 0
  pharos_old_ifs=$IFS
  IFS=,
  # shellcheck disable=SC2086
  set -- $pharos_spread
  IFS=$pharos_old_ifs
  pharos_half=$((($# + 1) / 2))
  pharos_first=
  while [ "$pharos_half" -gt 0 ]; do
    pharos_first=$pharos_first$1,
    shift
    pharos_half=$((pharos_half - 1))
  done
  pharos_second=
  for pharos_item; do pharos_second=$pharos_second$pharos_item,; done
  pharos_hand_on "$pharos_first" &
  pharos_hand_on "$pharos_second" &
  wait
}
