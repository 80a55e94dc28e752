# Layers that another stage of this node has already: they are linked from there, and only the others are read.

# pharos_measure_similar STAGE: what of the image it has; keeps the best in pharos_similar.
pharos_measure_similar() {
  [ -O "$1" ] && [ -r "$1/.pharos/complete" ] && [ -r "$1/.pharos/layers" ] && [ "$1" != "$pharos_stage" ] || return 0
  pharos_found=
  pharos_value=0
  while IFS=$pharos_tab read -r pharos_layer pharos_block pharos_bytes pharos_expected pharos_rest <&9; do
    while read -r pharos_line; do
      [ "$pharos_line" = "$pharos_layer $pharos_expected" ] || continue
      pharos_found=$pharos_found$pharos_line$pharos_newline
      pharos_value=$((pharos_value + pharos_bytes))
    done <"$1/.pharos/layers"
  done 9<<END
$pharos_layers
END
  [ "$pharos_value" -gt "$pharos_most" ] || return 0
  pharos_most=$pharos_value
  pharos_similar=$1
  pharos_kept=$pharos_found
}

# pharos_drop_layer NAME: its files, by the list that came with it. One that leads out of the folder is not believed.
pharos_drop_layer() {
  ! LC_ALL=C grep -q -E '^/|(^|/)\.\.(/|$)' ".pharos/files/$1" || return 1
  tr '\n' '\0' <".pharos/files/$1" | xargs -0 rm -f --
}

pharos_drop_layers() {
  cd "$pharos_part" || return 1
  while read -r pharos_layer pharos_rest; do
    case $pharos_newline$pharos_kept in
      *"$pharos_newline$pharos_layer $pharos_rest$pharos_newline"*) ;;
      *) pharos_drop_layer "$pharos_layer" || return 1 ;;
    esac
  done <.pharos/layers
}

# Fills the part with links to the files of a similar stage. Fails where there is none; what was begun is removed then.
# Binaries that were completed for another stage are not completed again: then all is read.
pharos_take_over() {
  pharos_similar=
  pharos_kept=
  pharos_most=0
  [ "$pharos_prefixes" != yes ] || return 1
  for pharos_old in "$pharos_home"/[0-9a-f]*; do pharos_measure_similar "$pharos_old"; done
  [ -n "$pharos_similar" ] && cp -al "$pharos_similar" "$pharos_part" 2>/dev/null || return 1
  for pharos_item in misses users keep watched image complete; do set -- "$@" "$pharos_part/.pharos/$pharos_item"; done
  rm -rf "$@" && mkdir "$pharos_part/.pharos/misses" "$pharos_part/.pharos/users" &&
    (pharos_drop_layers) && rm -f "$pharos_part/.pharos/layers"
}
