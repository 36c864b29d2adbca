#!/usr/bin/env bash
# Installs when needed, builds, and runs every test. Ends with the exit code of the tests.
set -euo pipefail

# The script may be called through a link from anywhere; `readlink -f` is not on every macOS.
script="${BASH_SOURCE[0]}"
while [ -L "$script" ]; do
  target="$(readlink "$script")"
  case "$target" in
    /*) script="$target" ;;
    *) script="$(dirname "$script")/$target" ;;
  esac
done
CDPATH='' cd -P "$(dirname "$script")/.."
. scripts/prepare.sh

install_when_needed
build
exec npm test -- "$@"
