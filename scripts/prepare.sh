# shellcheck shell=bash
#
# What start.sh and test.sh share: installing and building, each only when needed. Sourced from the root of
# the checkout. Bash 3.2 and POSIX tools only, because that is what macOS has.

# npm writes this file at the end of every installation.
INSTALLED=node_modules/.package-lock.json
# The lock file that was installed last by us, so that a mere change of its date installs nothing.
INSTALLED_LOCK=node_modules/.cache/dataprime-mesh/package-lock.json
# `npm run build` leaves it, as old as the beginning of the last build that went well.
BUILD_STAMP=dist/.build-stamp
# A link whose target is the process that builds: making a link either succeeds or finds that there is one.
BUILD_LOCK=dist/.build-lock

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# To stderr, because stdout belongs to the result of the command.
say() {
  printf '%s\n' "$*" >&2
}

needs_install() {
  if [ ! -f "$INSTALLED" ]; then return 0; fi
  # A linked folder belongs to another checkout, which installs for itself.
  if [ -L node_modules ]; then return 1; fi
  if [ ! package-lock.json -nt "$INSTALLED" ]; then return 1; fi
  ! cmp -s package-lock.json "$INSTALLED_LOCK"
}

install_when_needed() {
  if ! needs_install; then return 0; fi
  command -v npm >/dev/null || fail 'npm is not on the PATH. Install Node.js from https://nodejs.org'
  say 'Installing packages (npm ci) ...'
  # Errors only: on a machine with an older Node.js npm warns of every package, while the mesh brings its own.
  npm ci --no-fund --no-audit --loglevel=error 1>&2
  mkdir -p "$(dirname "$INSTALLED_LOCK")"
  cp package-lock.json "$INSTALLED_LOCK"
}

# Sets NODE to the Node.js the mesh runs on: the one that was installed with it, or else the machine's own.
find_node() {
  NODE="$PWD/node_modules/.bin/node"
  if [ -x "$NODE" ]; then return 0; fi
  NODE="$(command -v node || true)"
  [ -n "$NODE" ] || fail 'There is no Node.js in node_modules nor on the PATH. Install it from https://nodejs.org'
  "$NODE" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)' ||
    fail "The mesh needs Node.js 24 or later; $NODE is $("$NODE" --version)."
}

# A folder counts too: its date changes when a file in it appears or goes.
needs_build() {
  if [ ! -f "$BUILD_STAMP" ]; then return 0; fi
  [ -n "$(find dataprime services shared inspector scripts test package.json tsconfig.json \
    ! -name '*.md' ! -name '*.sh' -newer "$BUILD_STAMP" -print 2>/dev/null | head -n 1)" ]
}

build() {
  command -v npm >/dev/null || fail 'npm is not on the PATH. Install Node.js from https://nodejs.org'
  say 'Building ...'
  npm run --silent build 1>&2
}

take_build_lock() {
  mkdir -p "$(dirname "$BUILD_LOCK")"
  until ln -s "$$" "$BUILD_LOCK" 2>/dev/null; do
    # One that was left behind by a process that is gone holds nobody up.
    holder="$(readlink "$BUILD_LOCK" || true)"
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -f "$BUILD_LOCK"; else sleep 0.1; fi
  done
  trap 'rm -f "$BUILD_LOCK"' EXIT
}

release_build_lock() {
  rm -f "$BUILD_LOCK"
  trap - EXIT
}

# Commands that are started at once, in a pipe for example, wait for the first of them to build: none may run
# what another is still writing.
build_when_needed() {
  if ! needs_build; then return 0; fi
  take_build_lock
  if needs_build; then build; fi
  release_build_lock
}
