#!/usr/bin/env bash
# Stops the mesh that was started from this checkout, whatever the folder it is called from. `--help` lists the options.
set -euo pipefail
CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.."
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
