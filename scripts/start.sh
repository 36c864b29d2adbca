#!/usr/bin/env bash
# Starts the mesh: installs and builds when needed, then runs `start.ts`. `--help` lists the options.
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
build_when_needed
find_node
exec "$NODE" dist/scripts/start.js "$@"
