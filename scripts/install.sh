#!/bin/sh
# Installs the tina-daemon executable from a release, or removes it. A release that is damaged, is made for another
# machine, or does not start is refused before anything is changed; the files are then put in place by rename.
set -eu
umask 022

usage() {
  cat <<'USAGE'
usage: install.sh SOURCE [--sha256 SUM] [--prefix DIR] [--yes]
       install.sh --uninstall [--prefix DIR] [--yes]

SOURCE        a release archive (.tar.gz), or a directory of them with SHA256SUMS; a path or a URL
--sha256 SUM  the archive's SHA-256, or a file or URL that lists it; SHA256SUMS beside the archive if left out
--prefix DIR  installs DIR/bin/tina-daemon and DIR/share/tina-daemon; /usr/local if left out
--uninstall   removes the service and these files; settings and state stay
--yes         asks nothing; uses sudo where DIR belongs to root
USAGE
}

say() {
  printf '==> %s\n' "$*"
}

fail() {
  printf 'error: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '  try: %s\n' "$2" >&2
  exit 1
}

# --- what is asked for

source=''
sum=''
prefix=/usr/local
uninstall=no
assume_yes=no

while [ $# -gt 0 ]; do
  case $1 in
    --sha256 | --prefix)
      [ -n "${2-}" ] || fail "$1 needs a value" "install.sh --help"
      if [ "$1" = --sha256 ]; then sum=$2; else prefix=$2; fi
      shift
      ;;
    --uninstall) uninstall=yes ;;
    --yes | -y) assume_yes=yes ;;
    --help | -h)
      usage
      exit 0
      ;;
    -*) fail "there is no option $1" "install.sh --help" ;;
    *)
      [ -z "$source" ] || fail "more than one SOURCE: $source and $1" "install.sh --help"
      source=$1
      ;;
  esac
  shift
done

case $prefix in
  /*) ;;
  *) prefix=$PWD/$prefix ;;
esac
bin=$prefix/bin
share=$prefix/share/tina-daemon

# --- who may write there

# The nearest directory above `$1` that exists.
existing_directory() {
  directory=$1
  while [ ! -d "$directory" ]; do directory=$(dirname -- "$directory"); done
  printf '%s\n' "$directory"
}

# Files of root in a person's directory would be in that person's way for ever.
refuse_foreign_home() {
  [ "$(id -u)" -eq 0 ] || return 0
  for directory in "$bin" "$prefix/share" "${HOME:-/}"; do
    directory=$(existing_directory "$directory")
    # shellcheck disable=SC2012 # stat has other options on each system
    owner=$(ls -ldn -- "$directory" | awk '{ print $3 }')
    [ "$owner" -eq 0 ] ||
      fail "you are root, and $directory belongs to another user" "run this without sudo, as that user"
  done
}

sudo=''

use_sudo_where_needed() {
  [ ! -w "$(existing_directory "$bin")" ] || [ ! -w "$(existing_directory "$share")" ] || return 0
  command -v sudo >/dev/null ||
    fail "$prefix cannot be written, and there is no sudo" "install.sh ... --prefix \"\$HOME/.local\""
  if [ "$assume_yes" = no ]; then
    [ -t 0 ] || fail "$prefix takes root's rights, and there is nobody to ask" "install.sh ... --yes"
    printf '%s cannot be written by you. Use sudo? [y/N] ' "$prefix"
    read -r answer
    case $answer in
      y | Y | yes) ;;
      *) fail "nothing was changed" "install.sh ... --prefix \"\$HOME/.local\"" ;;
    esac
  fi
  sudo=sudo
}

# Runs a command with the rights that the prefix takes.
with_rights() {
  ${sudo:+"$sudo"} "$@"
}

# --- getting the release

detect_platform() {
  case $(uname -s) in
    Darwin) os=darwin ;;
    Linux) os=linux ;;
    *) fail "there is no release for $(uname -s)" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) arch=x64 ;;
    arm64 | aarch64) arch=arm64 ;;
    *) fail "there is no release for $(uname -m)" ;;
  esac
  # A shell that runs under Rosetta is told of the wrong processor.
  if [ "$os" = darwin ] && [ "$(sysctl -n hw.optional.arm64 2>/dev/null || :)" = 1 ]; then arch=arm64; fi
  platform=$os-$arch
}

is_url() {
  case $1 in
    http://* | https://*) return 0 ;;
    *) return 1 ;;
  esac
}

# Puts the file or URL `$1` at the path `$2`.
fetch() {
  if ! is_url "$1"; then
    [ -f "$1" ] || fail "there is no file $1"
    cp -- "$1" "$2" || fail "cannot read $1"
  elif command -v curl >/dev/null; then
    curl --fail --silent --show-error --location --output "$2" -- "$1" || fail "cannot download $1"
  elif command -v wget >/dev/null; then
    wget -q -O "$2" -- "$1" || fail "cannot download $1"
  else
    fail "cannot download $1: there is neither curl nor wget"
  fi
}

checksum_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum -- "$1"
  else
    shasum -a 256 -- "$1"
  fi | awk '{ print tolower($1) }'
}

is_checksum() {
  [ ${#1} -eq 64 ] && case $1 in *[!0-9a-fA-F]*) return 1 ;; esac
}

# Sets `archive`: SOURCE itself, or the one for this machine that SOURCE's list names.
choose_archive() {
  case $source in
    *.tar.gz)
      archive=$source
      [ -n "$sum" ] || sum=$(dirname -- "$source")/SHA256SUMS
      return
      ;;
  esac
  [ -n "$sum" ] || sum=${source%/}/SHA256SUMS
  fetch "$sum" "$work/list"
  name=$(awk -v end="-$platform.tar.gz" \
    'substr($2, length($2) - length(end) + 1) == end { print $2; exit }' "$work/list")
  [ -n "$name" ] || fail "$sum names no archive for $platform"
  archive=${source%/}/$name
}

# The checksum that the archive must have: given, or from `SUM  NAME` lines, or from a file that holds nothing else.
find_checksum() {
  expected=$sum
  if ! is_checksum "$sum"; then
    fetch "$sum" "$work/sums"
    expected=$(awk -v name="$(basename -- "$archive")" \
      '$2 == name || $2 == "*" name || NF == 1 { print $1; exit }' "$work/sums")
  fi
  is_checksum "$expected" || fail "$sum gives no SHA-256 for $(basename -- "$archive")"
  expected=$(printf '%s' "$expected" | tr 'A-F' 'a-f')
}

verify_checksum() {
  find_checksum
  actual=$(checksum_of "$work/release.tar.gz")
  [ "$actual" = "$expected" ] ||
    fail "the archive is not the one that was released: its SHA-256 is $actual, not $expected"
}

unpack() {
  mkdir "$work/release"
  tar -xzof "$work/release.tar.gz" -C "$work/release" || fail "the archive is damaged"
  unpacked=$(find "$work/release" -type f -name tina-daemon | head -n 1)
  [ -n "$unpacked" ] || fail "the archive holds no tina-daemon"
  unpacked=$(dirname -- "$unpacked")
  for file in dev.tina.daemon.plist tina-daemon.service; do
    [ -f "$unpacked/$file" ] || fail "the archive holds no $file"
  done
}

# The signature of a build for Intel Macs that was made on another system does not fit; macOS kills such a process.
sign_for_intel_mac() {
  [ "$platform" = darwin-x64 ] || return 0
  codesign --force --sign - "$unpacked/tina-daemon" 2>"$work/problem" ||
    fail "the new tina-daemon cannot be signed: $(head -n 1 "$work/problem")"
}

verify_starts() {
  chmod 755 "$unpacked/tina-daemon"
  version=$("$unpacked/tina-daemon" --version 2>"$work/problem") ||
    fail "the new tina-daemon does not start here ($platform): $(head -n 1 "$work/problem")"
}

# --- putting it in place

# Copies under another name first, so that a full disk or an interrupt changes nothing.
stage() {
  with_rights cp -- "$1" "$2.new.$$"
  with_rights chmod "$3" "$2.new.$$"
}

remove_staged() {
  for file in "$bin/tina-daemon" "$share/dev.tina.daemon.plist" "$share/tina-daemon.service"; do
    for staged in "$file".new.*; do
      [ ! -e "$staged" ] || with_rights rm -f -- "$staged"
    done
  done
}

place() {
  with_rights mkdir -p -- "$bin" "$share"
  remove_staged
  stage "$unpacked/tina-daemon" "$bin/tina-daemon" 755
  stage "$unpacked/dev.tina.daemon.plist" "$share/dev.tina.daemon.plist" 644
  stage "$unpacked/tina-daemon.service" "$share/tina-daemon.service" 644
  sync
  with_rights mv -f -- "$share/dev.tina.daemon.plist.new.$$" "$share/dev.tina.daemon.plist"
  with_rights mv -f -- "$share/tina-daemon.service.new.$$" "$share/tina-daemon.service"
  with_rights mv -f -- "$bin/tina-daemon.new.$$" "$bin/tina-daemon"
}

cleanup() {
  status=$?
  trap '' INT TERM HUP
  if [ "$placing" = yes ]; then
    remove_staged
    [ ! -d "$share" ] || with_rights rmdir -- "$share" 2>/dev/null || :
  fi
  rm -rf -- "$work"
  exit "$status"
}

install_release() {
  [ -n "$source" ] || {
    usage >&2
    exit 2
  }
  detect_platform
  placing=no
  work=$(mktemp -d)
  trap cleanup EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  choose_archive
  say "Getting $archive"
  fetch "$archive" "$work/release.tar.gz"
  verify_checksum
  unpack
  sign_for_intel_mac
  verify_starts
  use_sudo_where_needed
  placing=yes
  place
  placing=no
  say "Installed $version in $bin"
  case :$PATH: in
    *:"$bin":*) say "Next: tina-daemon install (starts it at login), or tina-daemon start" ;;
    *) say "Next: put $bin on your PATH, then run: tina-daemon install" ;;
  esac
}

# --- and away again

# The service would otherwise be started at each login, from a file that is gone.
remove_service() {
  plist=$HOME/Library/LaunchAgents/dev.tina.daemon.plist
  unit=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/tina-daemon.service
  [ -e "$plist" ] || [ -e "$unit" ] || return 0
  "$bin/tina-daemon" uninstall || fail "the service could not be removed: nothing else was changed"
}

uninstall_release() {
  [ -z "$source" ] || fail "--uninstall takes no SOURCE" "install.sh --help"
  if [ ! -e "$bin/tina-daemon" ] && [ ! -d "$share" ]; then
    say "There is no tina-daemon in $prefix"
    return
  fi
  use_sudo_where_needed
  [ ! -x "$bin/tina-daemon" ] || remove_service
  remove_staged
  with_rights rm -f -- "$bin/tina-daemon" "$bin/tina-daemon.previous" "$share/dev.tina.daemon.plist" "$share/tina-daemon.service"
  [ ! -d "$share" ] || with_rights rmdir -- "$share" 2>/dev/null || :
  say "Removed tina-daemon from $prefix; settings and state are still in ~/.config/tina and ~/.local/state/tina"
}

refuse_foreign_home
if [ "$uninstall" = yes ]; then uninstall_release; else install_release; fi
