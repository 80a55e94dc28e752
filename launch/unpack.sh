# The image into the stage: read once, verified while it is unpacked, renamed when it is whole.

# The program that tells a SHA-256: openssl uses the processor's own instructions, coreutils often does not.
pharos_digest_of_input() {
  if [ "$pharos_digester" = openssl ]; then
    openssl dgst -sha256 -r
  else
    sha256sum
  fi
}

pharos_choose_tools() {
  if command -v openssl >/dev/null 2>&1; then
    pharos_digester=openssl
  elif command -v sha256sum >/dev/null 2>&1; then
    pharos_digester=sha256sum
  else
    pharos_refuse 'neither openssl nor sha256sum is on this node' 'Install one of them, to tell a damaged image.'
  fi
  pharos_tar_options=-o
  case $(tar --version 2>/dev/null) in
    *GNU*) pharos_tar_options='-o --no-same-permissions --delay-directory-restore --warning=no-timestamp' ;;
  esac
}

# All of its input is read, the filling behind the archive too: else the digest's copy would be cut short.
pharos_untar() {
  # shellcheck disable=SC2086
  tar -x $pharos_tar_options -C "$pharos_part" -f - 2>"$pharos_part/.pharos/said"
  pharos_status=$?
  cat >/dev/null
  return $pharos_status
}

# pharos_unpack_layer NAME BLOCKS DIGEST: from standard input, which is at its first block. Its length is whole blocks.
pharos_unpack_layer() {
  pharos_pipe=$pharos_part/.pharos/pipe
  rm -f "$pharos_pipe"
  mkfifo "$pharos_pipe" || return 1
  pharos_digest_of_input <"$pharos_pipe" >"$pharos_part/.pharos/found" &
  dd bs=65536 count="$2" 2>/dev/null | tee "$pharos_pipe" | pharos_untar
  pharos_status=$?
  wait
  [ "$pharos_status" -eq 0 ] || return 1
  read -r pharos_value pharos_rest <"$pharos_part/.pharos/found"
  [ "$pharos_value" = "$3" ] || {
    pharos_because="its layer $1 is damaged: its digest is not the one that it was packed with"
    return 1
  }
}

# All layers, one after the other, through one open file: a node asks for the image once.
pharos_unpack_layers() {
  pharos_first=yes
  while IFS=$pharos_tab read -r pharos_layer pharos_block pharos_bytes pharos_value_expected pharos_rest <&9; do
    if [ "$pharos_first" = yes ]; then
      dd bs=65536 skip="$pharos_block" count=0 2>/dev/null || return 1
      pharos_first=no
    fi
    pharos_because="its layer $pharos_layer cannot be unpacked"
    pharos_unpack_layer "$pharos_layer" "$((pharos_bytes / 65536))" "$pharos_value_expected" || return 1
    printf '%s %s\n' "$pharos_layer" "$pharos_value_expected" >>"$pharos_part/.pharos/layers"
  done 9<<END
$pharos_layers
END
}

# Files that must name the stage: the token stands for it.
pharos_fill_templates() {
  [ -n "$pharos_templates" ] || return 0
  pharos_escaped=$(printf '%s\n' "$pharos_stage" | sed 's/[\\&|]/\\&/g')
  pharos_old_ifs=$IFS
  set -f
  IFS=$pharos_newline
  # shellcheck disable=SC2086
  set -- $pharos_templates
  IFS=$pharos_old_ifs
  set +f
  (cd "$pharos_part" && LC_ALL=C sed -i "s|@PHAROS-STAGE@|$pharos_escaped|g" "$@")
}

# The staged Python completes binaries that name their prefix.
pharos_fill_prefixes() {
  [ "$pharos_prefixes" = yes ] || return 0
  pharos_program=$pharos_base_python
  [ "$pharos_python_packed" = no ] || pharos_program=$pharos_part$pharos_base_python
  "$pharos_program" -I -S "$pharos_part/.pharos/staged/complete_prefixes.py" "$pharos_part" "$pharos_stage"
}

# Under the lock: makes the stage, whole or not at all.
pharos_make_stage() {
  pharos_sweep
  rm -rf "$pharos_home/.part.$pharos_name".* "$pharos_stage"
  pharos_part=$pharos_home/.part.$pharos_name.$$
  pharos_because="$pharos_home cannot be written to"
  mkdir -p "$pharos_part/.pharos/misses" "$pharos_part/.pharos/users" &&
    pharos_unpack_layers <"$pharos_image" &&
    pharos_because='what must name the stage could not be completed' &&
    pharos_fill_templates && pharos_fill_prefixes &&
    rm -f "$pharos_part/.pharos/pipe" "$pharos_part/.pharos/found" "$pharos_part/.pharos/said" &&
    printf '%s\n' "$pharos_folder" >"$pharos_part/.pharos/image" &&
    printf '%s\n' "$pharos_digest" >"$pharos_part/.pharos/complete" &&
    mv "$pharos_part" "$pharos_stage" && return 0
  read -r pharos_value <"$pharos_part/.pharos/said" && pharos_because="$pharos_because ($pharos_value)"
  rm -rf "$pharos_part"
  pharos_refuse "$pharos_image cannot be staged to $pharos_home: $pharos_because" \
    "Look whether there is space left, and pack the job again if the image is damaged."
}
