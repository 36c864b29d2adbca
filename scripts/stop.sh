#!/usr/bin/env bash
# Stops the mesh that was started from this checkout, whatever the folder it is called from. `--help` lists the options.
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

# What was never built never ran.
if [ ! -f dist/scripts/stop.js ] && [ ! -f .run/mesh.json ]; then
  echo 'No mesh of this checkout is running.'
  exit 0
fi
install_when_needed
build_when_needed
find_node
exec "$NODE" dist/scripts/stop.js "$@"
