#!/bin/sh
# Makes dist/ ready: Node packages, the pinned Node, the command line, the collector.
# Safe to run twice, at the same time, and after an interruption. Talks on stderr only.
#   --if-needed   does nothing where dist/ is ready and not older than the checkout
set -eu
unset CDPATH
cd "$(dirname "$0")/.."

say() { echo "pharos set-up: $1" >&2; }
fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 2
}

is_ready() {
  [ -f dist/ready ] && [ -x dist/node ] && ! [ .git/logs/HEAD -nt dist/ready ] && ! [ package-lock.json -nt dist/ready ]
}

check_tools() {
  command -v node >/dev/null || fail 'node is missing' 'Install Node.js 20 or later, on Debian: apt-get install nodejs npm.'
  command -v npm >/dev/null || fail 'npm is missing' 'Install npm, on Debian: apt-get install npm.'
  command -v python3 >/dev/null || fail 'python3 is missing' 'Install Python 3.8 or later, on Debian: apt-get install python3.'
  node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' ||
    fail "node $(node --version) is too old" 'Install Node.js 20 or later.'
}

# `npm install`, not `npm ci`: the lock file leaves out packages of other platforms, which a registry may lack.
install_packages() {
  lock=$(cksum <package-lock.json)
  if [ -f node_modules/.package-lock.json ] && [ "$lock" = "$(cat dist/installed 2>/dev/null)" ]; then return; fi
  # npm takes a half-extracted package for a whole one: after an interruption begin afresh.
  if [ -f dist/installing ]; then rm -rf node_modules; fi
  : >dist/installing
  say 'installing Node packages (the first time: up to a few minutes)'
  npm install --ignore-scripts --no-save --no-audit --no-fund --loglevel=error >&2 ||
    fail 'npm install did not succeed' 'Check that the npm registry can be reached (npm ping), then run the command again.'
  echo "$lock" >dist/installed
  rm -f dist/installing
}

# The pinned Node, else the system's where that is new enough; a link, so that the launcher need not look for it.
choose_node() {
  for candidate in node_modules/node-linux-*/bin/node "$(command -v node)"; do
    if "$candidate" -e 'process.exit(parseInt(process.versions.node) >= 24 ? 0 : 1)' 2>/dev/null; then
      case $candidate in /*) ;; *) candidate=../$candidate ;; esac
      ln -s "$candidate" "dist/node.$$"
      mv -f "dist/node.$$" dist/node
      return
    fi
  done
  fail "no Node.js 24 runs on this machine ($(uname -m))" 'Install Node.js 24 or later and run the command again.'
}

build() {
  say 'building'
  dist/node scripts/build.ts >&2 || fail 'the command line could not be built' 'Remove node_modules and dist, then run the command again.'
  python3 scripts/build-collector.py >&2 || fail 'the collector could not be built' 'Check that python3 is Python 3.8 or later.'
}

if [ "${1:-}" = --if-needed ] && is_ready; then exit 0; fi
mkdir -p dist 2>/dev/null && [ -w dist ] || fail "$PWD/dist cannot be written" 'Clone the repository to a folder that you can write to.'
check_tools

# The lock goes with the last process that holds it, however that one ends.
exec 9>dist/lock
if command -v flock >/dev/null && ! flock -n 9; then
  say 'waiting for another set-up to end'
  flock 9
fi
if [ "${1:-}" = --if-needed ] && is_ready; then exit 0; fi

trap 'rm -f "dist/ready.$$" "dist/node.$$"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
: >"dist/ready.$$"
install_packages
choose_node
build
mv -f "dist/ready.$$" dist/ready
