# The image into the stage: read once, verified while it is unpacked, renamed when it is whole.

# openssl uses the processor's own instructions for SHA-256, coreutils often does not.
pharos_choose_tools() {
  if command -v openssl >/dev/null 2>&1; then
    pharos_digester='openssl dgst -sha256 -r'
  elif command -v sha256sum >/dev/null 2>&1; then
    pharos_digester=sha256sum
  else
    pharos_refuse 'neither openssl nor sha256sum is on this node' 'Install one of them, to tell a damaged image.'
  fi
  # Other environments must not change what tar does.
  unset TAR_OPTIONS
  pharos_tar=each
  pharos_tar_options=-o
  case $(tar --version 2>/dev/null) in
    *GNU*)
      pharos_tar=one
      pharos_tar_options='-o --no-same-permissions --delay-directory-restore --warning=no-timestamp' ;;
  esac
}

# pharos_untar OPTION...: what standard input has. GNU tar makes links that lead out of the folder only when it ends, so
# that nothing is written through them.
pharos_untar() {
  # shellcheck disable=SC2086
  tar -x $pharos_tar_options "$@" -C "$pharos_part" -f - 2>>"$pharos_part/.pharos/said"
}

# The filling behind an archive is read too: else the digest's copy of it would be cut short.
pharos_untar_each() {
  pharos_untar
  pharos_status=$?
  cat >/dev/null
  return $pharos_status
}

# pharos_read_layer NAME FIRST BLOCKS: of the image on standard input to standard output; its digest beside it.
pharos_read_layer() {
  $pharos_digester <"$pharos_part/.pharos/pipe" >"$pharos_part/.pharos/found.$1" 2>/dev/null &
  # Where the open file stands: what was read before.
  dd bs=65536 skip="$(($2 - pharos_position))" count="$3" 2>/dev/null | tee "$pharos_part/.pharos/pipe"
  pharos_position=$(($2 + $3))
  wait
}

# pharos_digest_layer NAME FIRST BLOCKS: of what comes, layer after layer, on standard input.
pharos_digest_layer() {
  dd bs=65536 count="$3" iflag=fullblock 2>/dev/null | $pharos_digester >"$pharos_part/.pharos/found.$1" 2>/dev/null
}

# pharos_find_end NAME FIRST BLOCKS: sets pharos_from to the first block that is wanted; a layer that is there already
# in between makes pharos_gap.
pharos_find_end() {
  [ -n "$pharos_from" ] || pharos_from=$2
  [ "$2" -eq "${pharos_next:-$2}" ] || pharos_gap=yes
  pharos_next=$(($2 + $3))
}

# Whether the image is on a network file system, by the longest mount point above it: nothing is asked of it for that.
pharos_is_image_far() {
  pharos_kind=
  pharos_value=
  while read -r pharos_key pharos_point pharos_type pharos_rest; do
    case $pharos_image in
      "${pharos_point%/}"/*) ;;
      *) continue ;;
    esac
    [ "${#pharos_point}" -lt "${#pharos_value}" ] || { pharos_value=$pharos_point && pharos_kind=$pharos_type; }
  done </proc/self/mounts
  pharos_is_far
}

# From where the open file stands to the image's end. Large requests that go past the page cache are twice as fast where
# a file system reads little ahead; where it does not take them, cat tells the kernel that all will be read.
pharos_read_on() {
  if ! pharos_is_image_far; then
    cat
  elif dd bs=4194304 count=1 iflag=direct 2>/dev/null; then
    dd bs=4194304 iflag=direct 2>/dev/null
  else
    dd bs=65536 skip="$pharos_from" <"$pharos_image" 2>/dev/null
  fi
}

# What is wanted, up to the image's end. To read the header again asks for nothing more, to skip it for the file's size.
pharos_read_rest() {
  (pharos_each_layer pharos_digest_layer) <"$pharos_part/.pharos/pipe" &
  {
    if [ "$pharos_from" -le 16 ]; then
      dd bs=65536 count="$pharos_from" of=/dev/null 2>/dev/null
    else
      dd bs=65536 skip="$pharos_from" count=0 2>/dev/null
    fi
    pharos_read_on
  } | tee "$pharos_part/.pharos/pipe"
  wait
}

# pharos_each_layer FUNCTION: calls it with name, first block and blocks of each layer that is not there yet.
pharos_each_layer() {
  pharos_position=0
  while IFS=$pharos_tab read -r pharos_layer pharos_block pharos_bytes pharos_expected pharos_rest <&9; do
    case $pharos_newline$pharos_kept in
      *"$pharos_newline$pharos_layer $pharos_expected$pharos_newline"*) ;;
      *) "$1" "$pharos_layer" "$pharos_block" "$((pharos_bytes / 65536))" || return 1 ;;
    esac
  done 9<<END
$pharos_layers
END
}

pharos_unpack_layer() {
  pharos_because="its layer $1 cannot be unpacked"
  pharos_read_layer "$@" | pharos_untar_each || return 1
  pharos_position=$(($2 + $3))
}

# All layers through one open file: a node asks for the image once.
pharos_unpack_layers() {
  mkfifo "$pharos_part/.pharos/pipe" || return 1
  pharos_because='it cannot be unpacked'
  pharos_from=
  pharos_next=
  pharos_gap=
  pharos_each_layer pharos_find_end
  [ -n "$pharos_from" ] || return 0
  # The last layer is the one that changes: what is wanted nearly always goes on to the end.
  IFS=$pharos_tab read -r pharos_layer pharos_block pharos_bytes pharos_rest <<END
${pharos_layers##*"$pharos_newline"}
END
  [ "$pharos_next" -eq "$((pharos_block + pharos_bytes / 65536))" ] || pharos_gap=yes
  if [ "$pharos_tar,$pharos_gap" = one, ]; then
    pharos_read_rest <"$pharos_image" | pharos_untar -i -b 128 || return 1
  elif [ "$pharos_tar" = one ]; then
    pharos_each_layer pharos_read_layer <"$pharos_image" | pharos_untar -i || return 1
  else
    pharos_each_layer pharos_unpack_layer <"$pharos_image" || return 1
  fi
}

# What was read is what was packed.
pharos_compare_digests() {
  while IFS=$pharos_tab read -r pharos_layer pharos_block pharos_bytes pharos_expected pharos_rest <&9; do
    if [ -e "$pharos_part/.pharos/found.$pharos_layer" ]; then
      pharos_value=
      read -r pharos_value pharos_rest <"$pharos_part/.pharos/found.$pharos_layer" || :
      pharos_because="its layer $pharos_layer is damaged: its digest is not the one that it was packed with"
      [ "$pharos_value" = "$pharos_expected" ] || return 1
    fi
    printf '%s %s\n' "$pharos_layer" "$pharos_expected"
  done 9<<END >"$pharos_part/.pharos/layers"
$pharos_layers
END
  rm -f "$pharos_part/.pharos/found".* "$pharos_part/.pharos/pipe" "$pharos_part/.pharos/said"
}

# Files that must name the stage: the token stands for it, or what stood for it where the file was taken from.
pharos_fill_templates() {
  [ -n "$pharos_templates" ] || return 0
  pharos_escaped=$pharos_stage
  case $pharos_stage in
    # A destination has no backslash.
    *'&'* | *'|'*) pharos_escaped=$(printf '%s\n' "$pharos_stage" | sed 's/[&|]/\\&/g') ;;
  esac
  pharos_edit="s|@PHAROS-STAGE@|$pharos_escaped|g"
  [ -z "$pharos_similar" ] ||
    pharos_edit="$pharos_edit;s|$(printf '%s\n' "$pharos_similar" | sed 's/[][\\.*^$|]/\\&/g')|$pharos_escaped|g"
  (cd "$pharos_part" && printf '%s\n' "$pharos_templates" | tr '\n' '\0' | LC_ALL=C xargs -0 sed -i "$pharos_edit" --)
}

# The staged Python completes binaries that name their prefix.
pharos_fill_prefixes() {
  [ "$pharos_prefixes" = yes ] || return 0
  pharos_program=$pharos_base_python
  [ "$pharos_python_packed" = no ] || pharos_program=$pharos_part$pharos_base_python
  "$pharos_program" -I -S "$pharos_part/.pharos/staged/complete_prefixes.py" "$pharos_part" "$pharos_stage"
}

# Others may have made it in a place where they do not meet us.
pharos_place_stage() {
  pharos_because="it cannot be renamed to $pharos_stage"
  mv -T "$pharos_part" "$pharos_stage" 2>/dev/null && return 0
  if pharos_is_staged "$pharos_chosen"; then
    rm -rf "$pharos_part"
  else
    [ ! -e "$pharos_stage" ] && mv "$pharos_part" "$pharos_stage"
  fi
}

pharos_fill_part() {
  pharos_unpack_layers && pharos_compare_digests &&
    pharos_because='what must name the stage could not be completed' &&
    pharos_fill_templates && pharos_fill_prefixes &&
    pharos_because="$pharos_home cannot be written to" &&
    printf '%s\n' "$pharos_folder" >"$pharos_part/.pharos/image" &&
    printf '%s\n' "$pharos_digest" >"$pharos_part/.pharos/complete" &&
    pharos_place_stage
}

# Under the lock: makes the stage, whole or not at all.
pharos_make_stage() {
  [ ! -e "$pharos_stage" ] || pharos_is_staged "$pharos_chosen" || rm -rf "$pharos_stage"
  pharos_sweep_parts
  pharos_part=$pharos_home/.part.$pharos_name.$$.$pharos_mark
  ! pharos_take_over || { pharos_fill_part && pharos_sweep && return 0; }
  pharos_similar=
  pharos_kept=
  [ ! -e "$pharos_part" ] || rm -rf "$pharos_part"
  pharos_because="$pharos_home cannot be written to"
  mkdir -p "$pharos_part/.pharos/misses" "$pharos_part/.pharos/users" && pharos_fill_part && pharos_sweep && return 0
  pharos_value=
  read -r pharos_value 2>/dev/null <"$pharos_part/.pharos/said" && pharos_because="$pharos_because ($pharos_value)"
  rm -rf "$pharos_part"
  pharos_refuse "$pharos_image cannot be staged to $pharos_home: $pharos_because" \
    "Look whether there is space left, and pack the job again if the image is damaged."
}
